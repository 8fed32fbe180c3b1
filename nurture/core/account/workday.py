"""The days on which everybody concerned is at work."""

from collections.abc import Iterable
from datetime import date, timedelta

from nurture.core.account.mailbox import Owner
from nurture.core.calendar import is_business_day
from nurture.core.calendar.season import Away, Calendar
from nurture.core.contact import Contact
from nurture.value import frozen

_DAY = timedelta(days=1)
_FARTHEST = 400  # days; an absence may last, but not for ever


@frozen
class Workdays:
    """Days that are a weekend or holiday at none of these places, and on which nobody is away.

    `weekdays` are those on which the owner works.  A place is a country or a part of one; of an
    empty one only the weekend is known.
    """

    places: tuple[str, ...] = ("",)
    away: tuple[Away, ...] = ()
    weekdays: frozenset[int] = frozenset(range(7))

    @classmethod
    def of(cls, owner: Owner, calendar: Calendar, contact: Contact | None = None) -> "Workdays":
        """The owner's own working days; with a contact those on which both are at work."""
        both = (owner.country, *([contact.place] if contact else []))
        away = (*owner.away, *calendar.away)
        return cls(tuple(dict.fromkeys(both)), away, owner.hours.days)

    def is_open(self, day: date) -> bool:
        """Whether it is a working day for all of them."""
        at_work = all(is_business_day(day, place) for place in self.places)
        return (
            at_work
            and day.weekday() in self.weekdays
            and not any(each.covers(day) for each in self.away)
        )

    def from_day(self, day: date) -> date:
        """This day or the next one open; the day itself where none is open within 400."""
        return self._first(day, (day + ahead * _DAY for ahead in range(_FARTHEST)))

    def until_day(self, day: date, earliest: date) -> date:
        """The last open day up to this one, but not before `earliest`: then the next one open."""
        back = range((day - earliest).days + 1)
        found = next((day - n * _DAY for n in back if self.is_open(day - n * _DAY)), None)
        return found or self.from_day(day)

    def after(self, day: date, count: int) -> date:
        """The `count`-th open day behind this one; with 0 as `from_day`."""
        for _ in range(count):
            day = self.from_day(day + _DAY)
        return self.from_day(day)

    def _first(self, day: date, ahead: Iterable[date]) -> date:
        return next((each for each in ahead if self.is_open(each)), day)
