"""What the owner's calendar says: seasons that are shared, times of quiet, and days away."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date

from dateutil.relativedelta import relativedelta

from nurture.value import frozen


@frozen
class YearDay:
    """A day of every year; 29 February is the 28th where the year has none."""

    month: int
    day: int

    def in_year(self, year: int) -> date:
        """This day in that year."""
        # The last day of a shorter month stands in for a missing one.
        return date(year, self.month, 1) + relativedelta(day=self.day)

    def __str__(self) -> str:
        return f"{self.day} {date(2000, self.month, 1):%B}"


@frozen
class Season:
    """A stretch of every year that a trade knows, both ends included; it may cross New Year.

    Without countries it is one everywhere.
    """

    name: str
    starts: YearDay
    ends: YearDay
    countries: frozenset[str] = frozenset()

    def is_in(self, country: str) -> bool:
        """Whether people there have this season."""
        return not self.countries or country in self.countries

    def beginning(self, year: int) -> date:
        """The first day of the season that starts in that year."""
        return self.starts.in_year(year)

    def end(self, year: int) -> date:
        """The last day of the season that starts in that year."""
        first, last = self.beginning(year), self.ends.in_year(year)
        return last if last >= first else self.ends.in_year(year + 1)

    def covers(self, day: date) -> bool:
        """Whether the day lies in the season."""
        return any(self.beginning(y) <= day <= self.end(y) for y in (day.year - 1, day.year))


@frozen
class Quiet:
    """A season in which nothing of ours arrives, but for greetings where `spares_greetings`."""

    season: Season
    spares_greetings: bool = False


@frozen
class Away:
    """Days of the owner's absence, both ends included, in the owner's zone."""

    first: date
    last: date
    why: str = ""

    def covers(self, day: date) -> bool:
        """Whether the owner is away on it."""
        return self.first <= day <= self.last


@frozen
class Calendar:
    """What `calendar.yaml` says; `confirmed` has the true days of estimated holidays.

    Its keys are name and year, such as "Eid al-Fitr 2027".
    """

    seasons: tuple[Season, ...] = ()
    quiet: tuple[Quiet, ...] = ()
    away: tuple[Away, ...] = ()
    confirmed: Mapping[str, date] = field(default_factory=dict)
