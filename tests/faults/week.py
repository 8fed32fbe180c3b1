"""A week of one account under a clock that jumps, with everything that befalls a small machine."""

import asyncio
import heapq
import inspect
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, cast

from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import OperationalError

from nurture import log, ports
from nurture.core.account import Account
from nurture.core.contact import Contact
from nurture.core.decision import Advance
from nurture.core.touch import TouchMove
from nurture.daemon import Daemon
from nurture.demo.sandbox import Sandbox
from nurture.demo.story_clock import StoryClock
from nurture.flows.enroll import Register, enroll
from nurture.house import House, Rhythm
from nurture.speech import one_by_one
from nurture.transport.clock import ClockGuard
from nurture.wiring.house import house_of
from nurture.wiring.world import World, world_of
from tests.fakes.story import ALLOWED
from tests.faults.evening import ACCOUNT, LIMITS, OWNER, PASSWORD, START, settings

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PEOPLE = tuple(f"p{number:02d}@example.net" for number in range(12))
STEPS = ("first", "second", "third")
WEEKLY: Account = replace(ACCOUNT, limits=replace(LIMITS, sweep_every=2 * HOUR))
_RHYTHM = Rhythm(lease=6 * HOUR, tell=HOUR, glance=HOUR)
_SEQUENCE = """\
sequence: notes
why: you once asked us for an offer
window:
  days: monday to sunday
  hours: 00:00 to 23:59
steps:
  - {id: first, email: first.md}
  - {id: rest, wait: 1 day}
  - {id: second, email: second.md}
  - {id: pause, wait: 1 day}
  - {id: third, email: third.md}
"""
_MAIL = "---\nsubject: The {} note\n---\nDear {{{{ given_name }}}},\n\nall the best.\n"
_FULL = "database or disk is full"  # SQLite's own words for it
_LOOPS = 3
_PATIENCE = 4000


class Dead(BaseException):
    """The process is gone: whatever it still tries does not happen."""


@dataclass(slots=True)
class Fate:
    """When the present process dies: at so many calls from now on, before or behind the call."""

    calls_left: int = -1
    is_behind: bool = False
    is_dead: bool = False

    async def around(self, call: Callable[[], Awaitable[Any]]) -> Any:
        """The call's result, unless death comes first, or comes between it and us."""
        if self.is_dead:
            raise Dead
        self.calls_left -= 1
        if self.calls_left == 0:
            self.is_dead = True
            if self.is_behind:
                await call()
            raise Dead
        return await call()


class Mortal:
    """Any port of a process that may die at any of its calls."""

    def __init__(self, inner: object, fate: Fate) -> None:
        self._inner = inner
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        part = getattr(self._inner, name)
        if inspect.iscoroutinefunction(part):

            async def counted(*args: object, **kwargs: object) -> Any:
                return await self._fate.around(lambda: part(*args, **kwargs))

            return counted
        return part


class MortalCourier(Mortal):
    """A courier at each of whose mails the process may die."""

    async def carry(self, load: ports.Load) -> None:
        """One mail after the other."""
        await one_by_one(load, self.deliver)


class Jumping(StoryClock):
    """A story's clock that somebody sets; a guard measures it by the time since the boot."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self._shift = timedelta(0)
        self.is_kept = False

    def set_by(self, stretch: timedelta) -> None:
        """Forward, or back."""
        self._now += stretch
        self._shift += stretch

    def guard(self) -> ClockGuard:
        """As a process has it from its start on."""
        return ClockGuard(self._wall, self._steady, self._is_kept)

    def _wall(self) -> float:
        return self._now.timestamp()

    def _steady(self) -> float:
        return (self._now - self._shift).timestamp()

    def _is_kept(self) -> bool:
        return self.is_kept


@dataclass(slots=True)
class Blow:
    """Something that befell the machine: in which life, and after how many mails of all.

    `is_felt` where it was in a process's way, and so is to be told.
    """

    kind: str
    life: int
    mails: int
    is_felt: bool = False


@dataclass(slots=True)
class Week:
    """The machine, its provider, and the people; `lives` counts the processes."""

    folder: Path
    sandbox: Sandbox
    clock: Jumping
    chance: Random
    trouble: str = ""
    lives: int = 0
    is_stuck: bool = False
    blows: list[Blow] = field(default_factory=list)
    answered: dict[str, datetime] = field(default_factory=dict)
    fate: Fate = field(default_factory=Fate)
    world: World | None = None
    daemon: Daemon | None = None
    _agenda: list[tuple[datetime, int, Callable[[], Awaitable[None]]]] = field(default_factory=list)
    _order: Any = field(default_factory=count)

    def at(self, when: datetime, act: Callable[[], Awaitable[None]]) -> None:
        """Something happens then."""
        heapq.heappush(self._agenda, (when, next(self._order), act))

    async def live(self, until: datetime) -> None:
        """Process after process, until then."""
        with log.listening(self._notice):
            await self._live(until)

    def _notice(self, told: dict[str, object]) -> None:
        if told["event"] in {"database_unusable", "daemon_started"}:
            self.is_stuck = told["event"] == "database_unusable"
        failed = told["event"] in {"loop_failed", "account_unreadable"}
        if self.trouble and (self.is_stuck or failed):
            self._newest(self.trouble).is_felt = True
        if told["event"] == "clock_doubted":
            self._newest("clock").is_felt = True

    def _newest(self, kind: str) -> Blow:
        return next(each for each in reversed(self.blows) if each.kind == kind)

    def _strike(self, kind: str, *, is_felt: bool = False) -> None:
        self.blows.append(Blow(kind, self.lives, len(self.sandbox.received), is_felt))

    async def _live(self, until: datetime) -> None:
        while self.clock.now() < until:
            self.lives += 1
            self.fate, self.is_stuck = Fate(), False
            told = settings(self.folder, self.sandbox.smtp_port, self.sandbox.imap_port, WEEKLY)
            async with world_of(told, self.clock) as world:
                self.world = world
                engine = world.store.database._writing
                event.listen(engine, "checkout", self._befall)
                event.listen(engine, "before_cursor_execute", self._find_no_room)
                self.daemon = Daemon(self._house(world))
                await self._run(self.daemon, until)

    async def _run(self, daemon: Daemon, until: datetime) -> None:
        running = asyncio.create_task(daemon.run())
        while self.clock.now() < until and not self.fate.is_dead:
            await self._quiet(running)
            ahead = [until, self.clock.next_wake, self._agenda[0][0] if self._agenda else None]
            await self.clock.advance_to(min(each for each in ahead if each))
            while self._agenda and self._agenda[0][0] <= self.clock.now():
                await heapq.heappop(self._agenda)[2]()
        if self.fate.is_dead:
            self._strike("kill", is_felt=True)
            running.cancel()
        else:
            daemon.stop()
        await asyncio.gather(running, return_exceptions=True)

    async def _quiet(self, running: asyncio.Task[None]) -> None:
        for _ in range(_PATIENCE):
            await self.clock.settle()
            loops = 1 if self.is_stuck else _LOOPS
            if self.clock.asleep >= loops or running.done() or self.fate.is_dead:
                return
            await self.clock.breathe()
        raise AssertionError(f"no rest at {self.clock.now()} under {self.trouble!r}")

    def _house(self, world: World) -> House:
        whole = house_of(world, _RHYTHM)
        mortal = {
            name: cast("Any", Mortal(getattr(whole.store, name), self.fate))
            for name in ("accounts", "people", "outgoing", "incoming", "desk", "switch")
        }
        posts = [
            replace(
                post,
                courier=cast("Any", MortalCourier(post.courier, self.fate)),
                mailbox=cast("Any", Mortal(post.mailbox, self.fate)),
            )
            for post in whole.posts
        ]
        routes = [
            replace(each, channel=cast("Any", Mortal(each.channel, self.fate)))
            for each in whole.routes
        ]
        doubt = self.clock.guard().doubt
        store = replace(whole.store, **mortal)
        return replace(whole, posts=posts, routes=routes, clock_doubt=doubt, store=store)

    def _befall(self, connection: DBAPIConnection, _record: object, _proxy: object) -> None:
        """What the disk does to whoever comes next: SQLite's own errors come of it."""
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA query_only = {'ON' if self.trouble == 'readonly' else 'OFF'}")
        cursor.close()

    def _find_no_room(
        self, _connection: Connection, _cursor: DBAPICursor, statement: str, *_rest: object
    ) -> None:
        """A full disk has room for what changes in its place, and for nothing more."""
        if self.trouble == "full" and statement.lstrip().startswith("INSERT"):
            raise OperationalError(statement, None, sqlite3.OperationalError(_FULL))

    async def befall(self, trouble: str) -> None:
        """The disk is in trouble from now on, or in none any more."""
        self.trouble = trouble
        if trouble:
            self._strike(trouble)

    async def set_clock(self, stretch: timedelta) -> None:
        """Somebody sets the clock; hours later somebody has it kept again."""
        self._strike("clock")
        self.clock.set_by(stretch)
        # Set back by three hours, a process that rests for two looks up after five.
        until = self.clock.now() + 8 * HOUR
        self.at(until, partial(self._keep_clock, self.blows[-1]))
        self.at(until + 3 * HOUR, self._neglect_clock)

    async def _keep_clock(self, blow: Blow) -> None:
        """A process that has lived under the wrong time until now must have noticed."""
        blow.is_felt |= blow.life == self.lives
        self.clock.is_kept = True

    async def _neglect_clock(self) -> None:
        self.clock.is_kept = False

    async def die_soon(self) -> None:
        """At one of the next calls, before or behind it."""
        self.fate.calls_left = self.chance.randint(1, 12)
        self.fate.is_behind = self.chance.random() < 0.5

    async def invite(self, *addresses: str) -> None:
        """These people begin, due now; in trouble the owner is told so, and tries again."""
        assert self.world is not None
        if self.trouble:
            self.at(self.clock.now() + HOUR, partial(self.invite, *addresses))
            return
        store = self.world.store
        names = {each: each[:3].title() for each in addresses}
        new = [Contact(each, given_name=name, consent=ALLOWED) for each, name in names.items()]
        await store.people.merge(new, self.clock.now())
        known = [await store.people.contact(each) for each in addresses]
        world = self.world
        register = Register(store.outgoing, store.people, world.shelf, world.accounts, self.clock)
        sequence = self.world.shelf.sequences["notes"]
        people = [each for each in known if each]
        await enroll(register, people, sequence, WEEKLY, reason="a test")

    async def hear_from(self, address: str, words: str) -> None:
        """Somebody writes to the owner."""
        self.answered[address] = self.clock.now()
        rows = (
            f"From: {address}", f"To: {OWNER}", "Subject: Re: The first note",
            f"Message-ID: <{address}>", "", words, "",
        )  # fmt: skip
        await self.sandbox.deliver(OWNER, "\r\n".join(rows).encode())

    async def tidy(self) -> None:
        """The owner looks at what is uncertain, finds out in Sent, and says so."""
        assert self.world is not None
        if self.trouble:
            return
        outgoing = self.world.store.outgoing
        for touch in await outgoing.uncertain(WEEKLY.name):
            took = any(touch.message_id.encode() in each.raw for each in self.sandbox.received)
            sequence = self.world.shelf.sequences["notes"]
            following = sequence.after(touch.step)
            onward = Advance(following.id if following else None, self.clock.now(), "looked")
            move = TouchMove.PROVEN_SENT if took else TouchMove.PROVEN_UNSENT
            await outgoing.resolve(touch.id, move, onward, self.clock.now(), "the owner looked")


@asynccontextmanager
async def week(folder: Path, seed: int) -> AsyncIterator[Week]:
    """A folder with a sequence, and a provider that takes everything."""
    log.configure("silent", "error")
    (folder / "sequences").mkdir(parents=True)
    (folder / "sequences" / "notes.yaml").write_text(_SEQUENCE)
    for step in STEPS:
        (folder / "sequences" / f"{step}.md").write_text(_MAIL.format(step))
    clock = Jumping(START)
    sandbox = Sandbox(clock.now)
    await sandbox.start({OWNER: PASSWORD})
    told = settings(folder, sandbox.smtp_port, sandbox.imap_port, WEEKLY)
    async with world_of(told, clock) as world:
        for each in told.accounts:
            await world.store.accounts.prove(WEEKLY.name, each.place, "a test", clock.now())
    try:
        yield Week(folder, sandbox, clock, Random(seed))
    finally:
        await sandbox.close()
