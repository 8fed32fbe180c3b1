"""A clock for whoever waits alone: it stands still, and leaps to whatever is waited for."""

from datetime import datetime


class LeapingClock:
    """ports.Clock that may be set; `naps` are the seconds for which somebody slept."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.naps: list[float] = []

    def now(self) -> datetime:
        """The instant that was set or slept to."""
        return self.at

    async def sleep_until(self, when: datetime) -> None:
        """It is `when`, unless it was later already."""
        self.naps.append((when - self.at).total_seconds())
        self.at = max(self.at, when)

    def mint_id(self, domain: str) -> str:
        """Always the same."""
        return f"1@{domain}"
