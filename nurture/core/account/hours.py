"""From when to when people of one place may be written to on a day, as far as a forecast looks."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from nurture.core.calendar import OFFICE_HOURS, Window, at_wall_time
from nurture.value import frozen

_MIDNIGHT: Final = time(0)
_DAY: Final = timedelta(days=1)

Span = tuple[datetime, datetime]
"""From one instant to another."""


@frozen
class Hours:
    """A window on the clocks of `zones`, all at once, in a `place` with its own holidays.

    Without zones the clock is the owner's; without a place only the days of the window are closed.
    """

    window: Window = OFFICE_HOURS
    zones: tuple[str, ...] = ()
    place: str = ""

    @property
    def country(self) -> str:
        """The country of the place, without its part."""
        return self.place.partition("-")[0]

    def on(self, day: date, zone: str, since: datetime) -> Span | None:
        """What is open of this day from `since` on; None for nothing.  `zone` is the owner's."""
        span = _span(self, day, zone)
        if span is None or span[1] <= since:
            return None
        return max(span[0], since), span[1]


OFFICE: Final = Hours()
"""Office hours on the owner's clock, for people of whom nothing is known."""


@lru_cache(maxsize=4096)
def _span(hours: Hours, day: date, zone: str) -> Span | None:
    window, zones = hours.window, hours.zones or (zone,)
    if not window.is_open_on(day, hours.place):
        return None
    end = day + _DAY if window.closes == _MIDNIGHT else day
    opens = max(at_wall_time(day, window.opens, each) for each in zones)
    closes = min(at_wall_time(end, window.closes, each) for each in zones)
    return (opens, closes) if opens < closes else None


def length_of(spans: Iterable[Span]) -> timedelta:
    """How long any of these is open, what they share counted once."""
    whole, until = timedelta(0), None
    for opens, closes in sorted(spans):
        begin = max(opens, until) if until else opens
        whole += max(timedelta(0), closes - begin)
        until = max(closes, until) if until else closes
    return whole
