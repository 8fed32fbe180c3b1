"""One evening of one account, played by the real daemon, with or without a fault in it."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from pydantic import SecretStr

from nurture import log
from nurture.core.account import Account, Limits, Owner
from nurture.core.contact import Contact
from nurture.daemon import Daemon
from nurture.demo.sandbox import Sandbox
from nurture.flows.enroll import enroll
from nurture.house import House, Post, Rhythm
from nurture.register import Register
from nurture.settings import AccountSettings, Endpoint, Settings
from nurture.wiring.house import house_of
from nurture.wiring.world import World, world_of
from tests.fakes.story import ALLOWED
from tests.faults.trip import Trip, Tripping, TrippingCourier

OWNER = "anna@example.org"
PASSWORD = "only-on-loopback"
ADA, BOB, CLEO, DAN = (f"{name}@{name}.example.net" for name in ("ada", "bob", "cleo", "dan"))
STRANGER = "eve@example.com"
START = datetime(2026, 3, 3, 9, tzinfo=UTC)
PEOPLE = (ADA, BOB, CLEO, DAN)
LIMITS = Limits(
    gap=timedelta(0),
    contact_gap=timedelta(0),
    company_gap=timedelta(0),
    per_contact_month=100,
    per_company_year=1_000_000,
    per_day=1_000_000,
)
ACCOUNT = Account(
    name="anna",
    address=OWNER,
    owner=Owner("Anna Carter", OWNER, "UTC", "12 Mill Lane, York YO1 7AB, United Kingdom"),
    limits=LIMITS,
    pauses_colleagues=False,
    since=datetime(2026, 1, 1, tzinfo=UTC),
)
SEQUENCE = """\
sequence: notes
why: you once asked us for an offer
window:
  days: monday to sunday
  hours: 00:00 to 23:59
steps:
  - id: first
    email: first.md
"""
_MAIL = "---\nsubject: The first note\n---\nDear {{ given_name }},\n\nall the best.\n"
_DAY = timedelta(days=1)
_NAP = 0.005
_MOST_RESTS = 15
_PATIENCE = 30


class HastyClock:
    """ports.Clock that leaps: who sleeps wakes after a nap, and that much later.

    Nobody lives to see the end of a sleep of more than a day.
    """

    def __init__(self, start: datetime) -> None:
        self._ahead = start - datetime.now(UTC)
        self._count = 0

    def now(self) -> datetime:
        """The instant to which somebody has leapt."""
        return datetime.now(UTC) + self._ahead

    async def sleep_until(self, when: datetime) -> None:
        """A nap, and it is `when`."""
        if when - self.now() > _DAY:
            await asyncio.Event().wait()
        await asyncio.sleep(min(_NAP, max(0, (when - self.now()).total_seconds())))
        self._ahead += max(timedelta(0), when - self.now())

    def mint_id(self, domain: str) -> str:
        """Never given out before: the evening's own instant stands in it."""
        self._count += 1
        return f"{self._count:06d}.{self.now():%Y%m%d%H%M%S%f}@{domain}"


def settings(folder: Path, smtp_port: int, imap_port: int, account: Account = ACCOUNT) -> Settings:
    """What points to this folder and these servers."""

    def endpoint(port: int) -> Endpoint:
        return Endpoint("127.0.0.1", port, "none", account.address, SecretStr(PASSWORD))

    return Settings(
        file=folder / "nurture.toml",
        storage_url=f"sqlite:///{folder / 'nurture.db'}",
        key=b"the installation key of a test, 32",
        sequences=folder / "sequences",
        accounts=(AccountSettings(account, endpoint(smtp_port), endpoint(imap_port)),),
    )


async def prepare(folder: Path, start: datetime) -> None:
    """A folder with a database in which four people are due."""
    write_sequence(folder, SEQUENCE, first=_MAIL)
    await fill(settings(folder, 1, 1), PEOPLE, start)


def write_sequence(folder: Path, text: str, **mails: str) -> None:
    """The one sequence of an installation, and its mails by their names."""
    (folder / "sequences").mkdir()
    (folder / "sequences" / "notes.yaml").write_text(text)
    for name, words in mails.items():
        (folder / "sequences" / f"{name}.md").write_text(words)


async def fill(told: Settings, people: Sequence[str], start: datetime) -> None:
    """These people are known, and due at this instant."""
    clock = HastyClock(start - timedelta(hours=1))
    async with world_of(told, clock) as world:
        names = {address: address.partition("@")[0].title() for address in people}
        new = [Contact(each, given_name=name, consent=ALLOWED) for each, name in names.items()]
        await world.store.people.merge(new, clock.now())
        known = [await world.store.people.contact(address) for address in people]
        register = Register(
            world.store.outgoing, world.store.people, world.shelf, world.accounts, clock
        )
        found = [each for each in known if each]
        await enroll(register, found, world.shelf.sequences["notes"], ACCOUNT, reason="a test")


@dataclass(frozen=True, slots=True)
class Evening:
    """A copy of the prepared folder, and the provider with three mails in the owner's inbox."""

    folder: Path
    sandbox: Sandbox

    @property
    def settings(self) -> Settings:
        """What the daemon is told."""
        return settings(self.folder, self.sandbox.smtp_port, self.sandbox.imap_port)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database holds."""
        with sqlite3.connect(self.folder / "nurture.db") as connection:
            return connection.execute(query).fetchall()

    def copies(self) -> list[tuple[str, str]]:
        """Who got which note, in the order in which the server took them."""
        taken = [each for each in self.sandbox.received if each.recipient in PEOPLE]
        return [(each.recipient, subject(each.raw)) for each in taken]


def subject(raw: bytes) -> str:
    """The unfolded subject of a mail of ours."""
    return raw.partition(b"Subject: ")[2].partition(b"\r\n")[0].decode()


@asynccontextmanager
async def evening(prepared: Path, folder: Path, mails: Mapping[str, str]) -> AsyncIterator[Evening]:
    """The beginning of an evening, these mails in the owner's inbox."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(prepared, folder)
    provider = Sandbox(lambda: datetime.now(UTC))
    await provider.start({OWNER: PASSWORD})
    for sender, words in mails.items():
        await provider.deliver(OWNER, mail_from(sender, words))
    try:
        yield Evening(folder, provider)
    finally:
        await provider.close()


def mail_from(sender: str, words: str) -> bytes:
    """What somebody writes to the owner."""
    rows = (
        f"From: {sender}", f"To: {OWNER}", "Subject: Your offer",
        f"Message-ID: <{sender}>", "Date: Mon, 02 Mar 2026 08:00:00 +0000", "", words, "",
    )  # fmt: skip
    return "\r\n".join(rows).encode()


async def play(told: Settings, start: datetime, trip: Trip) -> None:
    """Runs the daemon from this instant on until nobody is due, or it does not get further."""
    log.configure("silent", "error")
    async with world_of(told, HastyClock(start)) as world:
        house, ending = _tripping(world, trip)
        daemon = Daemon(house)
        running = asyncio.create_task(daemon.run())
        trip.victim = running
        ended = asyncio.create_task(ending.wait())
        # wait_for of Python 3.11 may swallow a cancellation: then, as at the end of the grace
        # in the daemon itself, the order to stop ends it.
        either = {running, ended}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED, timeout=_PATIENCE)
        daemon.stop()
        ended.cancel()
        await asyncio.gather(running, return_exceptions=True)


class _Resting:
    """A mailbox that looks, whenever the daemon comes to rest, whether the evening is over."""

    def __init__(self, inner: Any, world: World, over: asyncio.Event) -> None:
        self._inner = inner
        self._world = world
        self._over = over
        self._rests = 0
        self._woken = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def wake(self) -> None:
        """Ends the wait under way, which here begins with the look whether all is over."""
        self._woken = True
        self._inner.wake()

    async def wait(self, seconds: float) -> bool:
        """See the port."""
        self._woken = False
        self._rests += 1
        store = self._world.store
        is_idle = not await store.outgoing.next_due(ACCOUNT.name)
        if (is_idle and not await store.desk.notices_due(self._world.clock.now())) or (
            self._rests > _MOST_RESTS
        ):
            self._over.set()
        # The inbox itself forgets whoever woke it before it began to listen, and they never do
        # so again: without this the evening would hang until its patience ends.
        if self._woken:
            return False
        heard: bool = await self._inner.wait(seconds)
        return heard


def _tripping(world: World, trip: Trip) -> tuple[House, asyncio.Event]:
    over = asyncio.Event()
    slow = Rhythm(lease=_DAY, tell=2 * _DAY, glance=2 * _DAY)
    house = house_of(world, slow)
    posts = [
        Post(
            post.account,
            cast("Any", _Resting(Tripping(post.mailbox, trip), world, over)),
            cast("Any", TrippingCourier(post.courier, trip)),
        )
        for post in house.posts
    ]
    wrapped = {
        name: cast("Any", Tripping(getattr(house.store, name), trip))
        for name in ("accounts", "people", "outgoing", "incoming", "desk", "switch", "copies")
    }
    routes = [
        replace(each, channel=cast("Any", Tripping(each.channel, trip))) for each in house.routes
    ]
    store = replace(house.store, **wrapped)
    return replace(house, posts=posts, routes=routes, store=store), over
