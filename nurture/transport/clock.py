"""The only reader of the system's time and of its chance."""

import asyncio
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from nurture.transport.host import clock_is_kept

_LONGEST_NAP = timedelta(minutes=1)
_LONGEST_STEP: Final = timedelta(minutes=10)  # domain.md O14


def _since_boot() -> float:
    """Seconds that nobody can set, suspended ones included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class SystemClock:
    """ports.Clock over the machine's own clock."""

    def now(self) -> datetime:
        """The current instant, in UTC."""
        return datetime.now(UTC)

    async def sleep_until(self, when: datetime) -> None:
        """Sleeps in short naps, so that a clock that was set or a machine that slept is noticed."""
        left = when - self.now()
        while left > timedelta(0):
            await asyncio.sleep(min(left, _LONGEST_NAP).total_seconds())
            left = when - self.now()

    def mint_id(self, domain: str) -> str:
        """Time and 80 random bits: never twice, and nothing about the contact (domain.md M4)."""
        return f"{time.time_ns() // 1_000_000:x}.{os.urandom(10).hex()}@{domain}"


class ClockGuard:
    """Notices when the clock is set by more than ten minutes while we run.

    A kernel that says that its clock is kept (by NTP) is believed, and so is a clock that comes
    back to where it was; small steps are how a kept clock is put right.
    """

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = _since_boot,
        is_kept: Callable[[], bool | None] = clock_is_kept,
    ) -> None:
        self._wall = wall
        self._steady = steady
        self._is_kept = is_kept
        self._known = wall() - steady()

    def doubt(self) -> str:
        """Why nobody should act on the time that it is, or nothing."""
        now = self._wall() - self._steady()
        step = timedelta(seconds=round(now - self._known))
        if abs(step) <= _LONGEST_STEP or self._is_kept():
            self._known = now
            return ""
        way = "forward" if step > timedelta(0) else "back"
        return f"it was set {way} by {abs(step)}, and nothing keeps it right"
