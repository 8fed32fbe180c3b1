"""The only reader of the system's time and of its chance."""

import asyncio
import secrets
import time
from datetime import UTC, datetime, timedelta

_LONGEST_NAP = timedelta(minutes=1)


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
        return f"{time.time_ns() // 1_000_000:x}.{secrets.token_hex(10)}@{domain}"
