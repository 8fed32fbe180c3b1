"""Windows, waits and working days, reckoned on the wall clock of the person they concern."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from nurture.core.calendar.holiday import closed_days, weekend
from nurture.value import frozen

MONDAY_TO_FRIDAY = frozenset(range(5))
_MIDNIGHT = time(0)
_HORIZON = 60  # days


class Unit(StrEnum):
    """What a wait counts in."""

    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


_DAY = timedelta(days=1)
_HOURS, _BUSINESS_DAYS = Unit.HOURS, Unit.BUSINESS_DAYS  # looked up once, not for each mail
_DAYS_OF = {Unit.DAYS: 1, Unit.WEEKS: 7}


@frozen
class Wait:
    """A stretch of time in a person's own calendar."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        name = str(self.unit)
        return f"{self.count} {name.removesuffix('s') if self.count == 1 else name}"

    def after(self, start: datetime, zone: str, country: str = "") -> datetime:
        """When the wait ends, in UTC; all units but hours keep the wall-clock time of `start`.

        A wall time that a clock change skips moves forward by the gap; one that occurs twice is
        taken the first time.  The last day of a short month stands in for a missing one.
        """
        if self.unit is _HOURS:
            return start.astimezone(UTC) + timedelta(hours=self.count)
        local = start.astimezone(zone_info(zone))
        if stretch := _days(self.unit, self.count):
            # On the wall clock: where that repeats or skips the hour, as `at_wall_time` has it.
            return (local + stretch).astimezone(UTC)
        if self.unit is _BUSINESS_DAYS:
            day = add_business_days(local.date(), self.count, country)
        else:
            day = local.date() + stretch_of(self)
        return at_wall_time(day, local.time(), zone)


@lru_cache(maxsize=256)
def _days(unit: Unit, count: int) -> timedelta | None:
    """A wait that has the same number of days wherever it begins; nothing for any other."""
    days = _DAYS_OF.get(unit)
    return timedelta(days * count) if days else None


def stretch_of(wait: Wait) -> relativedelta:
    """A wait on a calendar, for whole days, weeks, months and years; business days have none."""
    match wait.unit:
        case Unit.DAYS:
            return relativedelta(days=wait.count)
        case Unit.WEEKS:
            return relativedelta(weeks=wait.count)
        case Unit.MONTHS:
            return relativedelta(months=wait.count)
        case _:
            return relativedelta(years=wait.count)


@lru_cache(maxsize=1024)
def zone_info(name: str) -> ZoneInfo:
    """The zone of that name, read once: by itself the standard library keeps but eight of them."""
    return ZoneInfo(name)


@lru_cache(maxsize=1024)
def local_day(at: datetime, zone: str) -> date:
    """The day of the calendar on which an instant falls where clocks show that zone's time."""
    return at.astimezone(zone_info(zone)).date()


def at_wall_time(day: date, at: time, zone: str) -> datetime:
    """The UTC instant of a wall-clock time; a skipped time moves forward by the gap."""
    if at.fold or at.tzinfo:
        at = at.replace(tzinfo=None, fold=0)
    return datetime.combine(day, at, zone_info(zone)).astimezone(UTC)


def is_business_day(day: date, country: str = "") -> bool:
    """Whether offices are open: no weekend and no public holiday of the country.

    A country may be a part of one, like DE-BY, which has more holidays.  Without one only
    Saturday and Sunday are closed.
    """
    if not country:
        return day.weekday() in MONDAY_TO_FRIDAY
    return day.weekday() not in weekend(country) and day not in closed_days(country, day.year)


def _is_off(day: date, country: str) -> bool:
    is_free_weekday = day.weekday() in MONDAY_TO_FRIDAY and day.weekday() in weekend(country)
    return is_free_weekday or day in closed_days(country, day.year)


def add_business_days(day: date, count: int, country: str = "") -> date:
    """The `count`-th business day after `day`; with 0 the day itself or the next one open."""
    left = count
    while left > 0 or not is_business_day(day, country):
        day += timedelta(days=1)
        left -= is_business_day(day, country)
    return day


def business_days_before(day: date, count: int, country: str = "") -> date:
    """The `count`-th business day before `day`."""
    left = count
    while left > 0:
        day -= timedelta(days=1)
        left -= is_business_day(day, country)
    return day


@frozen
class Window:
    """The weekdays (0 is Monday) and wall-clock hours in which mail may arrive.

    Where the country is known, its public holidays are closed, and so is a day from Monday to
    Friday that is its weekend, such as a Friday in Saudi Arabia (domain.md E3, E4).  A Saturday
    or Sunday among the days stays open.  Closing at 00:00 means the end of the day.
    """

    days: frozenset[int] = MONDAY_TO_FRIDAY
    opens: time = time(8, 30)
    closes: time = time(17, 0)

    @property
    def length(self) -> timedelta:
        """How long it is open on a day."""
        opens, closes = (
            timedelta(hours=at.hour, minutes=at.minute) for at in (self.opens, self.closes)
        )
        return (closes or timedelta(days=1)) - opens

    def is_open(self, at: datetime, zones: Iterable[str], country: str = "") -> bool:
        """Whether this instant lies inside the window in every one of the zones."""
        return all(self._is_open_in(at.astimezone(zone_info(zone)), country) for zone in zones)

    def _is_open_in(self, local: datetime, country: str) -> bool:
        return (
            self.opens <= local.time()
            and (local.time() < self.closes or self.closes == _MIDNIGHT)
            and self.is_open_on(local.date(), country)
        )

    def is_open_on(self, day: date, country: str = "") -> bool:
        """Whether it opens at all on this day, in a country or a part of one."""
        return day.weekday() in self.days and not (country and _is_off(day, country))

    def next_open(self, at: datetime, zones: Sequence[str], country: str = "") -> datetime | None:
        """The first open instant at or after `at`; None if there is none within 60 days.

        An opening hour that a clock change skips or repeats is the one `at_wall_time` gives.
        """
        if self.is_open(at, zones, country):
            return at
        # All zones are open together first when the last of them opens.  A country's zones lie
        # less than a day apart, so that no opening of a later date comes before one of this date.
        for ahead in range(-1, _HORIZON):
            day = at.astimezone(UTC).date() + timedelta(days=ahead)
            for opening in sorted({at_wall_time(day, self.opens, zone) for zone in zones}):
                if opening >= at and self.is_open(opening, zones, country):
                    return opening
        return None


OFFICE_HOURS = Window()
"""When mail may arrive and people are at their desks, unless somebody says otherwise."""


def spread(*parts: str | int, width: timedelta) -> timedelta:
    """A delay under `width` that looks random and is the same after every restart."""
    digest = blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest()
    return width * (int.from_bytes(digest) / 2**64)
