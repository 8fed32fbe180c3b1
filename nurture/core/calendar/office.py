"""When somebody is at their desk, and time that is counted only while they are."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from nurture.core.calendar.season import Away
from nurture.core.calendar.wall_clock import OFFICE_HOURS, Window, at_wall_time, local_day
from nurture.value import frozen

_HORIZON = 400  # days; whoever is away for longer has nobody to wait for
_DAY = timedelta(days=1)
_MIDNIGHT = time(0)


@frozen
class Office:
    """One person's working hours: weekdays, wall-clock hours, public holidays, days away."""

    zone: str
    country: str = ""
    hours: Window = OFFICE_HOURS
    away: tuple[Away, ...] = ()

    def is_open(self, at: datetime) -> bool:
        """Whether they are at work at this instant."""
        day = local_day(at, self.zone)
        is_away = any(each.covers(day) for each in self.away)
        return not is_away and self.hours.is_open(at, (self.zone,), self.country)

    def absence(self, at: datetime) -> Away | None:
        """Why they are away on this day of theirs; weekends and holidays are no absence."""
        day = local_day(at, self.zone)
        return next((each for each in self.away if each.covers(day)), None)

    def after(self, start: datetime, stretch: timedelta) -> datetime:
        """The open instant at which so much working time has gone by since `start`.

        With no stretch it is `start` or the next opening.  Whoever is never there within 400 days
        is taken to be there all the time, so that nothing is put off for ever.
        """
        left = stretch
        for opens, closes in self._spans(start):
            begin = max(opens, start)
            # At the closing hour itself nobody is there any more.
            if begin + left < closes:
                return begin + left
            left -= max(closes - begin, timedelta(0))
        return start + stretch

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two instants."""
        total = timedelta(0)
        for opens, closes in self._spans(start):
            if opens >= end:
                break
            total += max(min(closes, end) - max(opens, start), timedelta(0))
        return total

    def _spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        first = local_day(start, self.zone)
        for ahead in range(_HORIZON):
            day = first + timedelta(days=ahead)
            is_away = any(each.covers(day) for each in self.away)
            if is_away or not self.hours.is_open_on(day, self.country):
                continue
            end = day + _DAY if self.hours.closes == _MIDNIGHT else day
            yield (
                at_wall_time(day, self.hours.opens, self.zone),
                at_wall_time(end, self.hours.closes, self.zone),
            )
