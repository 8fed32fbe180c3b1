"""What the daemon works with: the accounts' connections, the stores, and how often to look up."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import field
from datetime import datetime, timedelta

from nurture import ports
from nurture.core.account import Account
from nurture.pulse import Unsupervised, nothing_edited
from nurture.value import frozen


@frozen
class Rhythm:
    """How often the loops look up when nothing wakes them.

    A lease lasts so long after its last renewal: what a worker that was killed holds back.
    """

    lease: timedelta = timedelta(seconds=30)
    tell: timedelta = timedelta(seconds=15)
    glance: timedelta = timedelta(seconds=5)
    admit: timedelta = timedelta(hours=1)


@frozen
class Post:
    """One account and its own two connections; `tokens` where its login is by OAuth.

    `place` is the digest of where they lead: what a proof of its hearing is good for.
    """

    account: Account
    mailbox: ports.Mailbox
    courier: ports.Courier
    tokens: ports.TokenSource | None = None
    place: str = ""


def no_doubt() -> str:
    """The clock is right."""
    return ""


def never_backed_up() -> datetime | None:
    """Nobody keeps backups where we would see them."""
    return None


async def unchanged() -> bool:
    """Nobody edits anything."""
    return False


@frozen
class Newsstand:
    """Where proposals for the library come from; each source is looked at once in `every`."""

    sources: ports.Sources
    web: ports.Web
    every: timedelta


@frozen
class House:
    """Everything the daemon works with.

    `reread` takes over what was edited and returns one line on what it refused, else nothing;
    `has_changed` tells once for each edit that there is one; `clock_doubt` says why nobody should
    act on the time that it is, or nothing; `last_backup` when the newest one was made, where we
    know of any.  Without a newsstand, as long as the owner did not ask
    for it, nothing is ever fetched.
    """

    posts: Sequence[Post]
    store: ports.Stores
    catalog: ports.Catalog
    routes: Sequence[ports.Route]
    clock: ports.Clock
    key: bytes
    worker: str
    version: str = ""
    rhythm: Rhythm = Rhythm()
    reread: Callable[[], Awaitable[str]] = nothing_edited
    has_changed: Callable[[], Awaitable[bool]] = unchanged
    clock_doubt: Callable[[], str] = no_doubt
    last_backup: Callable[[], datetime | None] = never_backed_up
    supervisor: ports.Supervisor = field(default_factory=Unsupervised)
    newsstand: Newsstand | None = None
