"""A clock that stands still while anybody works, and then jumps to the next thing to do."""

import asyncio
import heapq
from datetime import datetime
from itertools import count

_SETTLE_TURNS = 8


class StoryClock:
    """ports.Clock for the demo: time passes only when `advance_to` says so."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._order = count()
        self._ids = count(1)
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """The instant at which the story stands."""
        return self._now

    async def sleep_until(self, when: datetime) -> None:
        """Returns once the story has come to `when`."""
        if when <= self._now:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (when, next(self._order), woken))
        await woken

    def mint_id(self, domain: str) -> str:
        """The next number: a story has no chance in it."""
        return f"{next(self._ids):06d}.{self._now:%Y%m%d%H%M%S}@{domain}"

    @property
    def next_wake(self) -> datetime | None:
        """When the first sleeper wants to be woken."""
        self._drop_finished()
        return self._sleepers[0][0] if self._sleepers else None

    @property
    def asleep(self) -> int:
        """How many wait for time to pass."""
        return sum(not woken.done() for _, _, woken in self._sleepers)

    async def settle(self) -> None:
        """Lets everything that is ready run, without letting time pass."""
        for _ in range(_SETTLE_TURNS):
            await asyncio.sleep(0)

    async def breathe(self) -> None:
        """A millisecond of real time, for what travels through sockets and threads."""
        await asyncio.sleep(0.001)

    async def advance_to(self, when: datetime) -> None:
        """Moves time to `when`, if that is ahead, and wakes whoever slept until then, in order."""
        self._now = max(self._now, when)
        while self._sleepers and self._sleepers[0][0] <= self._now:
            _, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
                await self.settle()

    def _drop_finished(self) -> None:
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
