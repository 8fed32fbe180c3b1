"""What the daemon works with, made from the world."""

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from os import getpid

from nurture import __version__
from nurture.errors import Unreachable
from nurture.flows.carry_over import Crossing, carry_over
from nurture.flows.reconcile import Archive, Reconciled, reconcile
from nurture.flows.shelve import complain, restock
from nurture.house import House, Newsstand, Rhythm
from nurture.settings import Settings
from nurture.storage import Store
from nurture.storage.backup import newest_backup
from nurture.transport.clock import ClockGuard
from nurture.transport.folder_watch import FolderWatch
from nurture.transport.sequence_folder import load_folder
from nurture.wiring.channel import routes_of
from nurture.wiring.server import mailbox_of, post_of, tokens_of
from nurture.wiring.world import World


def house_of(world: World, rhythm: Rhythm | None = None) -> House:
    """What the daemon works with: each account with its own connections, and the ways to tell."""
    tokens = tokens_of(world.settings, world.clock)
    posts = [post_of(each, tokens.get(each.account.name)) for each in world.settings.accounts]
    return House(
        posts=posts,
        store=world.store,
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
        last_backup=partial(newest_backup, world.settings.storage_url),
        supervisor=world.supervisor,
        newsstand=newsstand_of(world.settings, world.store) if world.settings.fetch_every else None,
    )


def newsstand_of(settings: Settings, store: Store) -> Newsstand:
    """Where proposals come from, for a command; the rhythm counts once the daemon looks as well."""
    from nurture.transport.web import SafeWeb

    web = SafeWeb(frozenset(settings.private_hosts))
    return Newsstand(store.sources, web, settings.fetch_every or timedelta(days=1))


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
