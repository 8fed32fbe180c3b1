"""Keeps loops alive, and lets the supervisor know that they get on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from nurture import journal, ports

_PATIENCE = timedelta(minutes=15)  # longer than any deadline (RFC 5321 gives the last dot ten)
_START = timedelta(seconds=90)  # TimeoutStartSec of the unit, begun anew by whoever gets on
_LONGEST_OPENING = timedelta(hours=1)
_SELDOM = timedelta(seconds=1)
_SHORTEST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=1)


async def nothing_edited() -> str:
    """For a daemon whose sequences come from no folder."""
    return ""


class Unsupervised:
    """ports.Supervisor of a daemon that nobody watches."""

    def ready(self) -> None:
        """Nobody waits."""

    def alive(self) -> None:
        """Nobody worries."""

    def takes_longer(self, stretch: timedelta) -> None:
        """Nobody is impatient."""

    def reloading(self) -> None:
        """Nobody asked."""

    def stopping(self) -> None:
        """Nobody minds."""

    def say(self, status: str) -> None:
        """Nobody listens."""


@asynccontextmanager
async def patience(supervisor: ports.Supervisor, clock: ports.Clock) -> AsyncIterator[None]:
    """Asks for more time to start for as long as the database is being opened.

    A migration tells of no progress, so this one is a timer; it gives up after an hour.
    """
    asking = asyncio.create_task(_ask_for_time(supervisor, clock))
    try:
        yield
    finally:
        asking.cancel()


async def _ask_for_time(supervisor: ports.Supervisor, clock: ports.Clock) -> None:
    for _ in range(_LONGEST_OPENING // (_START / 3)):
        supervisor.takes_longer(_START)
        await clock.sleep_until(clock.now() + _START / 3)


class Pulse:
    """The loops of one daemon: each starts over when it ends, and reports that it gets on.

    Whenever a loop reports, the supervisor hears `alive`, but only while no other loop is late:
    there is no timer that could go on while the work stands still (domain.md O6).  The limit lies
    above every deadline of the network, so a server that does not answer is no hang.  `ready` is
    said once, after each of `accounts` was read or could not be.
    """

    def __init__(
        self,
        clock: ports.Clock,
        supervisor: ports.Supervisor,
        stopping: asyncio.Event,
        accounts: Iterable[str],
    ) -> None:
        self._stopping = stopping
        self._clock = clock
        self._supervisor = supervisor
        self._accounts = tuple(accounts)
        self._untried = set(self._accounts)
        self._heard: set[str] = set()
        self._is_ready = False
        self._late_at: dict[str, datetime] = {}
        self._told_at: datetime | None = None
        self._status = ""
        self._remark = ""

    @property
    def late(self) -> tuple[str, ...]:
        """The loops that have not got on within their limit; none while all is well."""
        now = self._clock.now()
        return tuple(name for name, late_at in self._late_at.items() if now > late_at)

    @property
    def is_ready(self) -> bool:
        """Whether each account's first reading was tried."""
        return self._is_ready

    async def keep(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        """Starts a loop over, after a growing pause, whatever ends it before its time."""
        failures = 0
        while not self._stopping.is_set():
            began = self._clock.now()
            self.beat(name)
            try:
                await loop()
            except Exception as error:
                journal.loop_failed(name, f"{type(error).__name__}: {error}")
            lasted = self._clock.now() - began
            failures = 0 if lasted > _LONGEST_PAUSE else failures + 1
            self.tried(name)
            pause = _pause_after(failures)
            self.beat(name, pause)
            await self.pause(pause)
        self._late_at.pop(name, None)

    async def pause(self, stretch: timedelta, bell: asyncio.Event | None = None) -> None:
        """Until the stretch is over, the bell rings, or the daemon is to stop."""
        until = self._clock.now() + stretch
        waits = [
            asyncio.create_task(self._clock.sleep_until(until)),
            asyncio.create_task((bell or self._stopping).wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def beat(self, name: str, rest: timedelta = timedelta(0)) -> None:
        """This loop has got on; it reports again after `rest`, or soon."""
        now = self._clock.now()
        self._late_at[name] = now + rest + _PATIENCE
        is_news = self._told_at is None or abs(now - self._told_at) >= _SELDOM
        if is_news and all(now <= late_at for late_at in self._late_at.values()):
            self._told_at = now
            self._supervisor.alive()
            if not self._is_ready:
                self._supervisor.takes_longer(_START)

    def clock_of(self, name: str) -> ports.Clock:
        """The clock to give to this loop's flows: to ask it for the time is to get on.

        Every flow asks at each mail that it hears, sends, files or tells, and at no other time;
        so a long round reports, and one that hangs in the midst of it does not.
        """
        return _FeltClock(self._clock, lambda: self.beat(name))

    def heard(self, account: str) -> None:
        """The account was read to its end."""
        self._heard.add(account)
        self.tried(account)

    def fell_deaf(self, account: str) -> None:
        """The account is not attended for now."""
        self._heard.discard(account)
        self._tell_status()

    def tried(self, account: str) -> None:
        """The first reading of this account came to its end, good or bad."""
        self._untried.discard(account)
        if not (self._untried or self._is_ready or self._stopping.is_set()):
            self._is_ready = True
            self._supervisor.ready()
        self._tell_status()

    async def reload(self, reread: Callable[[], Awaitable[str]]) -> None:
        """Rereads, between the two words that systemd waits for; what is refused is shown."""
        if self._is_ready:
            self._supervisor.reloading()
        self._remark = "the last reload failed: see the journal"
        try:
            self._remark = await reread()
        finally:
            if self._is_ready:
                self._supervisor.ready()
            self._tell_status()

    def _tell_status(self) -> None:
        deaf = [each for each in self._accounts if each not in self._heard]
        parts = [
            f"{len(self._heard)} of {len(self._accounts)} mailboxes are read",
            f"not read: {', '.join(deaf)}" if deaf else "",
            self._remark,
        ]
        status = "; ".join(part for part in parts if part)
        if status != self._status:
            self._status = status
            self._supervisor.say(status)


class _FeltClock:
    """A clock under somebody's hand."""

    def __init__(self, clock: ports.Clock, feel: Callable[[], None]) -> None:
        self._clock = clock
        self._feel = feel

    def now(self) -> datetime:
        self._feel()
        return self._clock.now()

    async def sleep_until(self, when: datetime) -> None:
        await self._clock.sleep_until(when)

    def mint_id(self, domain: str) -> str:
        return self._clock.mint_id(domain)


def _pause_after(failures: int) -> timedelta:
    """Doubling from five seconds to a minute: a server that is down is asked patiently."""
    return min(_SHORTEST_PAUSE * (1 << min(max(failures - 1, 0), 6)), _LONGEST_PAUSE)
