"""The only module that knows concrete classes: it builds the world once and takes it down."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import field
from datetime import datetime, timedelta
from functools import partial
from os import environ, getpid
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from nurture import __version__, journal, ports
from nurture.core.account import Account
from nurture.core.contact import Contact
from nurture.core.contact.address import BadAddress, address_key
from nurture.core.spelling import did_you_mean
from nurture.errors import Misconfigured, Problem, Refused, Unreachable
from nurture.flows.carry_over import Crossing, carry_over
from nurture.flows.reconcile import Archive, Reconciled, reconcile
from nurture.flows.shelve import NO_CALENDAR, Shelf, complain, restock, shelve
from nurture.flows.work_handoff import Workdesk
from nurture.house import House, Newsstand, Post, Rhythm
from nurture.mail.cursor import Folder
from nurture.mail.delivery import Answer, Phase
from nurture.mail.write.smtp_status import advice_on
from nurture.notify.apprise import AppriseChannel
from nurture.notify.mail import MailChannel
from nurture.pulse import Unsupervised, patience
from nurture.settings import AccountSettings, Endpoint, Settings, load_settings
from nurture.settings.channel import ChannelSettings, signing_key
from nurture.storage import Store, open_store
from nurture.transport.clock import ClockGuard, SystemClock
from nurture.transport.folder_watch import FolderWatch
from nurture.transport.imap import ImapEndpoint, ImapMailbox
from nurture.transport.security import Login, Secret, Tls
from nurture.transport.sequence_folder import load_folder
from nurture.transport.smtp import SmtpCourier
from nurture.transport.smtp_endpoint import SmtpEndpoint
from nurture.transport.smtp_opening import open_dialogue
from nurture.transport.systemd import Notifier
from nurture.value import frozen

if TYPE_CHECKING:
    from nurture.transport.oauth import OAuthTokens
    from nurture.transport.oauth_client import OAuthClient
    from nurture.transport.web import SafeWeb


@frozen
class World:
    """Everything a command needs; `problems` are those of sequence files that were left out."""

    settings: Settings
    accounts: Mapping[str, Account]
    store: Store
    shelf: Shelf
    problems: tuple[Problem, ...]
    clock: ports.Clock
    key: bytes
    supervisor: ports.Supervisor = field(default_factory=Unsupervised)

    @property
    def zone(self) -> str:
        """The zone in which times are shown: the first owner's."""
        return next((each.owner.zone for each in self.accounts.values()), "UTC")

    def account(self, name: str | None) -> Account:
        """The account of that name, or the only one; raises Misconfigured with words."""
        if name is None and len(self.accounts) == 1:
            return next(iter(self.accounts.values()))
        if name is None:
            raise Misconfigured(f"say which with --account: {', '.join(self.accounts) or 'none'}")
        if name not in self.accounts:
            hint = did_you_mean(name, self.accounts)
            raise Misconfigured(f"no account is called {name!r}{hint}")
        return self.accounts[name]


@asynccontextmanager
async def opened(config: Path | None, *, with_passwords: bool = False) -> AsyncIterator[World]:
    """The world of this settings file, its database open and migrated; closed at the end.

    Only who speaks to mail servers needs `with_passwords`.
    """
    journal.configure("silent")  # a command speaks for itself; `run` gives the daemon its voice
    settings = load_settings(config, environ, with_passwords=with_passwords)
    supervisor = Notifier(environ.get("NOTIFY_SOCKET", ""))
    async with world_of(settings, SystemClock(), supervisor) as world:
        yield world


@asynccontextmanager
async def world_of(
    settings: Settings,
    clock: ports.Clock,
    supervisor: ports.Supervisor | None = None,
    *,
    is_spare: bool = False,
) -> AsyncIterator[World]:
    """The world of these settings under this clock; `supervisor` is whoever started us.

    One that `is_spare` stands on a copy of the database that is thrown away.
    """
    watching = supervisor or Unsupervised()
    async with patience(watching, clock):
        store = await open_store(settings.storage_url, settings.key, clock.now(), is_spare=is_spare)
    try:
        folder = load_folder(settings.sequences)
        shelf = await shelve(
            folder.sequences,
            folder.sources,
            folder.templates,
            store.outgoing,
            clock.now(),
            folder.calendar or NO_CALENDAR,
            folder.attachments,
            folder.thesaurus,
        )
        accounts = {each.account.name: each.account for each in settings.accounts}
        yield World(
            settings, accounts, store, shelf, folder.problems, clock, settings.key, watching
        )
    finally:
        await store.close()


async def everybody(people: ports.People) -> AsyncIterator[Contact]:
    """Every contact in the order of addresses, a page at a time."""
    page = await people.page()
    while page:
        for contact in page:
            yield contact
        page = await people.page(after=page[-1].address)


async def conversations(world: World, *, open_only: bool = True) -> list[ports.Conversation]:
    """Handoffs with the people and the words they are about, the oldest first."""
    found = [
        await world.store.desk.conversation(each.id)
        for each in await world.store.desk.handoffs(open_only=open_only)
    ]
    return [talk for talk in found if talk]


def workdesk_of(world: World) -> Workdesk:
    """What it takes to work on handoffs."""
    store = world.store
    return Workdesk(store.desk, store.people, store.outgoing, world.shelf, world.accounts)


async def known_contact(world: World, email: str) -> Contact:
    """The contact of this address or alias; raises Misconfigured with words."""
    try:
        key = address_key(email)
    except BadAddress as error:
        raise Misconfigured(str(error)) from error
    contact = await world.store.people.contact(key)
    if contact is None:
        raise Misconfigured(f"{key} is no contact: see `nurture contacts list`")
    return contact


def house_of(world: World, rhythm: Rhythm | None = None) -> House:
    """What the daemon works with: each account with its own connections, and the ways to tell."""
    tokens = _tokens(world.settings, world.clock)
    posts = [_post(each, tokens.get(each.account.name)) for each in world.settings.accounts]
    return House(
        posts=posts,
        accounts=world.store.accounts,
        people=world.store.people,
        permits=world.store.permits,
        reconnections=world.store.reconnections,
        outgoing=world.store.outgoing,
        drafts=world.store.drafts,
        copies=world.store.copies,
        incoming=world.store.incoming,
        desk=world.store.desk,
        tasks=world.store.tasks,
        cues=world.store.cues,
        promises=world.store.promises,
        instructions=world.store.instructions,
        switch=world.store.switch,
        catalog=world.shelf,
        routes=routes_of(world.settings, world.clock, tokens),
        clock=world.clock,
        key=world.key,
        worker=f"{socket.gethostname()}/{getpid()}",
        version=__version__,
        rhythm=rhythm or Rhythm(),
        reread=partial(reread, world),
        has_changed=FolderWatch(world.settings.sequences).has_changed,
        clock_doubt=ClockGuard().doubt,
        supervisor=world.supervisor,
        newsstand=newsstand_of(world.settings, world.store) if world.settings.fetch_every else None,
    )


def routes_of(
    settings: Settings, clock: ports.Clock, tokens: "Mapping[str, OAuthTokens] | None" = None
) -> list[ports.Route]:
    """Every way to reach the owners; none of them needs the database.

    `tokens` are shared with whoever logs in besides: a login is refreshed once for all.
    """
    known = tokens if tokens is not None else _tokens(settings, clock)
    accounts = {each.account.name: each.account for each in settings.accounts}
    couriers = {
        each.account.name: SmtpCourier(_smtp(each, known.get(each.account.name)))
        for each in settings.accounts
    }
    return [
        ports.Route(ports.MAIL, MailChannel(accounts, couriers, clock), told_by_mail(settings)),
        *(_route(each, clock) for each in settings.channels if each.kind != ports.MAIL),
    ]


def told_by_mail(settings: Settings) -> dict[str, frozenset[ports.NoticeKind]]:
    """Everything, where the owner did not say otherwise; answers to their mails all the same."""
    everything = frozenset(ports.NoticeKind)
    said = [each for each in settings.channels if each.kind == ports.MAIL]
    told = {each.account.name: everything for each in settings.accounts}
    return told | {
        name: each.tells | {ports.NoticeKind.ANSWER} for each in said for name in each.accounts
    }


def _route(settings: ChannelSettings, clock: ports.Clock) -> ports.Route:
    secret = settings.secret.get_secret_value()
    channel: ports.Channel
    if settings.kind == "webhook":
        from nurture.notify.webhook import WebhookChannel

        web = hook_web(settings)
        channel = WebhookChannel(settings.url, signing_key(secret), web, clock)
    else:
        channel = AppriseChannel(secret)
    return ports.Route(settings.name, channel, dict.fromkeys(settings.accounts, settings.tells))


def hook_web(settings: ChannelSettings) -> "SafeWeb":
    """The web for one webhook, whose host may be private where its owner says so.

    It has less time than a page: the next notice waits behind it.
    """
    from nurture.transport.web import Bounds, SafeWeb

    host = urlsplit(settings.url).hostname if settings.is_private else None
    return SafeWeb(frozenset([host]) if host else frozenset(), Bounds(whole=15))


def newsstand_of(settings: Settings, store: Store) -> Newsstand:
    """Where proposals come from, for a command; the rhythm counts once the daemon looks as well."""
    from nurture.transport.web import SafeWeb

    web = SafeWeb(frozenset(settings.private_hosts))
    return Newsstand(store.sources, web, settings.fetch_every or timedelta(days=1))


def _tokens(settings: Settings, clock: ports.Clock) -> "dict[str, OAuthTokens]":
    found = [(each.account.name, each.oauth) for each in settings.accounts]
    return {name: token_source(settings, client, clock) for name, client in found if client}


def courier_of(world: World, name: str) -> ports.Courier:
    """A courier of its own for this account; raises Misconfigured with words."""
    account = world.account(name)
    settings = next(each for each in world.settings.accounts if each.account == account)
    return SmtpCourier(endpoints_of(world.settings, settings, world.clock)[1])


async def reconcile_all(world: World, halted_at: datetime) -> AsyncIterator[tuple[str, Reconciled]]:
    """Compares every account's Sent with what this database knows, one account after another."""
    store = world.store
    own = frozenset[str]().union(*(each.own_addresses for each in world.accounts.values()))
    for each in world.settings.accounts:
        mailbox = mailbox_of(world, each)
        archive = Archive(
            account=each.account,
            own=own,
            halted_at=halted_at,
            recovery=store.recovery,
            incoming=store.incoming,
            people=store.people,
            desk=store.desk,
            mailbox=mailbox,
            catalog=world.shelf,
            clock=world.clock,
            key=world.key,
        )
        try:
            yield each.account.name, await reconcile(archive)
        finally:
            await mailbox.close()


def token_source(settings: Settings, client: "OAuthClient", clock: ports.Clock) -> "OAuthTokens":
    """The OAuth login of one account; several of them, in any process, share one file."""
    from nurture.transport.oauth import OAuthTokens
    from nurture.transport.token_file import TokenFile

    return OAuthTokens(client, TokenFile(settings.tokens, client.account, settings.key), clock)


async def try_token(settings: AccountSettings, token: str) -> None:
    """Logs in to the mailbox and the submission server once, where those want a token.

    Raises Refused with the server's words and what to do, Unreachable where it cannot be known.
    """
    if settings.imap.is_by_token:
        mailbox = ImapMailbox(_imap_of(settings, token))
        await mailbox.open()
        await mailbox.close()
    if not settings.smtp.is_by_token:
        return
    opened = await open_dialogue(_smtp(settings, token))
    if isinstance(opened, Answer):
        words = f"{opened} {advice_on(opened)}".strip()
        raise Refused(words) if opened.phase is Phase.AUTH else Unreachable(words)
    opened.leave()


async def reread(world: World) -> str:
    """Takes over what was edited in the sequences folder; one line on what was refused (P9)."""
    shelf, folder = world.shelf, await asyncio.to_thread(load_folder, world.settings.sequences)
    now = world.clock.now()
    try:
        await restock(
            shelf,
            folder.sequences,
            folder.sources,
            folder.templates,
            now,
            folder.calendar,
            folder.attachments,
            folder.thesaurus,
            [*folder.texts],
        )
        if world.settings.applies_edits:
            await _apply_edits(world)
        await complain(folder.problems, world.accounts.values(), world.store.desk, now)
    except Unreachable as error:
        return f"the sequences were not reread: {error}"
    count = len(folder.problems)
    return f"problems in the sequences: {count}, see the journal" if count else ""


async def _apply_edits(world: World) -> None:
    """Everybody under way goes on by today's texts, as the settings say."""
    account = next(iter(world.accounts.values()), None)
    if account is not None:
        crossing = Crossing(world.store.outgoing, world.shelf, account, world.clock)
        for sequence in world.shelf.all_today():
            await carry_over(crossing, sequence)


def endpoints_of(
    settings: Settings, account: AccountSettings, clock: ports.Clock
) -> tuple[ImapEndpoint, SmtpEndpoint]:
    """Where and as whom the account is read, and where its mail is handed in."""
    tokens = token_source(settings, account.oauth, clock) if account.oauth else None
    return _imap_of(account, tokens), _smtp(account, tokens)


def _post(settings: AccountSettings, tokens: ports.TokenSource | None) -> Post:
    return Post(
        settings.account,
        ImapMailbox(_imap_of(settings, tokens)),
        SmtpCourier(_smtp(settings, tokens), settings.account.limits.connections),
        tokens,
        settings.place,
    )


def mailbox_of(world: World, settings: AccountSettings) -> ImapMailbox:
    """A reading connection of its own, for a command beside the daemon."""
    return ImapMailbox(endpoints_of(world.settings, settings, world.clock)[0])


def _imap_of(settings: AccountSettings, tokens: Secret | None) -> ImapEndpoint:
    endpoint = settings.imap
    login, secret = _way_in(endpoint, tokens)
    return ImapEndpoint(
        daily_bytes=settings.account.limits.daily_bytes,
        host=endpoint.host,
        port=endpoint.port,
        user=endpoint.user,
        secret=secret,
        tls=Tls(endpoint.tls),
        login=login,
        folders={Folder(name): path for name, path in endpoint.folders.items()},
        ca_file=endpoint.ca_file,
    )


def _smtp(settings: AccountSettings, tokens: Secret | None) -> SmtpEndpoint:
    endpoint, profile = settings.smtp, settings.provider
    login, secret = _way_in(endpoint, tokens)
    return SmtpEndpoint(
        host=endpoint.host,
        port=endpoint.port,
        user=endpoint.user,
        secret=secret,
        tls=Tls(endpoint.tls),
        login=login,
        ca_file=endpoint.ca_file,
        provider=profile.replies,
        per_connection=profile.per_connection.number if profile.per_connection else 0,
    )


def _way_in(endpoint: Endpoint, tokens: Secret | None) -> tuple[Login, Secret]:
    if endpoint.is_by_token and tokens is not None:
        return Login.XOAUTH2, tokens
    return Login.PASSWORD, endpoint.secret.get_secret_value()
