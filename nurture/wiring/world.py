"""What every command works with: settings, database, sequences, clock; built once, taken down."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import field
from datetime import datetime
from os import environ
from pathlib import Path

from nurture import log, ports
from nurture.core.account import Account
from nurture.core.spelling import did_you_mean
from nurture.errors import Misconfigured, Problem
from nurture.flows.shelve import NO_CALENDAR, Shelf, shelve
from nurture.pulse import Unsupervised, patience
from nurture.settings import Settings, load_settings
from nurture.storage import Store, open_store
from nurture.transport.clock import SystemClock
from nurture.transport.sequence_folder import Folder, load_folder
from nurture.transport.systemd import Notifier
from nurture.value import frozen


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
    log.configure("silent")  # a command speaks for itself; `run` gives the daemon its voice
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
        shelf = await shelf_of(folder, store.outgoing, clock.now())
        accounts = {each.account.name: each.account for each in settings.accounts}
        yield World(
            settings, accounts, store, shelf, folder.problems, clock, settings.key, watching
        )
    finally:
        await store.close()


async def shelf_of(folder: Folder, outgoing: ports.Outgoing, now: datetime) -> Shelf:
    """What could be used of a folder, once its texts are kept."""
    return await shelve(
        folder.sequences,
        folder.sources,
        folder.templates,
        outgoing,
        now,
        folder.calendar or NO_CALENDAR,
        folder.attachments,
        folder.thesaurus,
    )
