"""The next time that an occasion comes round for somebody, and whether it is welcome."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from nurture.core.calendar import Window, stretch_of
from nurture.core.calendar.feast import key_of, keys_of
from nurture.core.calendar.holiday import Holiday, holidays_called, is_kept_by
from nurture.core.calendar.on import (
    YEARLY,
    HolidayOn,
    On,
    OwnDateOn,
    SeasonOn,
    YearlyOn,
    own_name,
)
from nurture.core.calendar.season import Calendar
from nurture.core.contact import Contact
from nurture.value import frozen

_YEARS_AROUND = range(-2, 4)  # a shift is at most a year, and a feast may be missing for a year
_NEAR = timedelta(days=3)  # so far may an estimated day be from the true one
_HORIZON = 31  # days


@frozen
class Occurrence:
    """One time: the day to act, and the day it falls on, whose ISO form is the key."""

    day: date
    falls_on: date
    name: str
    is_estimated: bool = False
    tradition: str = ""
    is_solemn: bool = False

    @property
    def key(self) -> str:
        """What tells this time from all others."""
        return self.falls_on.isoformat()


def next_occurrence(
    on: On,
    contact: Contact,
    after: date,
    calendar: Calendar,
    *,
    greets: bool,
    window: Window | None = None,
    home: str = "",
) -> Occurrence | None:
    """The first time that falls on a day behind `after`; None where none is known.

    To greet, one acts on the last day at or before it that the window, the contact's country and
    the owner's (`home`) leave open; for anything else on the next such day.  A greeting on a
    holiday needs the contact's country, and that it is the one named (domain.md E1).
    """
    window = window or Window()
    for falls_on, holiday in _days(on, contact, after, calendar, greets=greets):
        if falls_on <= after:
            continue
        step = timedelta(days=-1 if greets else 1)
        day = _open_day(falls_on, step, window, (contact.place, home))
        return Occurrence(
            day=day or falls_on,
            falls_on=falls_on,
            name=holiday.name,
            is_estimated=holiday.is_estimated,
            tradition=holiday.tradition,
            is_solemn=holiday.is_solemn,
        )
    return None


def stride(on: On) -> timedelta:
    """Days of an occasion that lie no further apart than this are one and the same time.

    An estimated feast is confirmed for the day before, a birthday is corrected: whoever was
    greeted must not be greeted again.
    """
    if isinstance(on, OwnDateOn) and on.every != YEARLY:
        if on.every is None:
            return timedelta(days=14)
        begin = date(2000, 1, 1)
        return (begin + stretch_of(on.every) - begin) / 2
    return timedelta(days=182)


def unasked(occurrence: Occurrence, contact: Contact) -> str:
    """Why this person cannot be greeted on that day, or nothing (domain.md E1)."""
    name, tradition = occurrence.name, occurrence.tradition
    if occurrence.is_solemn:
        return f"{name} is no day for a greeting"
    holiday = Holiday(name, occurrence.falls_on, tradition)
    if not is_kept_by(holiday, contact.observes):
        return f"they are not known to keep {name}: add {tradition!r} or the day to observes"
    return ""


def unsure(occurrence: Occurrence) -> str:
    """What to write where before anybody is greeted on an estimated day, or nothing (E3)."""
    if not occurrence.is_estimated:
        return ""
    day = occurrence.falls_on
    line = f"confirmed: {{{occurrence.name} {day.year}: {day}}}"
    return f"{occurrence.name} is only estimated: write under holidays in calendar.yaml {line}"


def _open_day(day: date, step: timedelta, window: Window, places: Iterable[str]) -> date | None:
    known = [place for place in places if place] or [""]
    for _ in range(_HORIZON):
        if all(window.is_open_on(day, place) for place in known):
            return day
        day += step
    return None


def _days(
    on: On, contact: Contact, after: date, calendar: Calendar, *, greets: bool
) -> Iterator[tuple[date, Holiday]]:
    """The days around `after` in order, already shifted, with what is known about each."""
    years = [after.year + ahead for ahead in _YEARS_AROUND]
    found: Iterable[Holiday]
    match on:
        case HolidayOn():
            found = _holidays(on, contact, years, calendar, greets=greets)
        case SeasonOn():
            season, place = on.season, contact.country
            at = season.end if on.at_end else season.beginning
            found = [Holiday(season.name, at(year)) for year in years if season.is_in(place)]
        case OwnDateOn():
            found = (Holiday(on.name, day) for day in _own_dates(on, contact, after))
        case YearlyOn():
            found = [Holiday(str(on.day), on.day.in_year(year)) for year in years]
    for holiday in found:
        yield (on.shift.of(holiday.day, contact.place) if on.shift else holiday.day), holiday


def _holidays(
    on: HolidayOn, contact: Contact, years: Iterable[int], calendar: Calendar, *, greets: bool
) -> list[Holiday]:
    theirs = contact.place
    if greets and on.place and on.place not in {theirs, contact.country}:
        return []
    # Of the two the narrower: a contact in GB-SCT keeps a day "in GB" as Scotland does.
    place = theirs if not on.place or on.place == contact.country else on.place
    if not place:
        return []
    found = [each for year in years for each in holidays_called(on.name, place, year)]
    return sorted((_confirmed(each, calendar) for each in found), key=lambda each: each.day)


def _confirmed(holiday: Holiday, calendar: Calendar) -> Holiday:
    if not holiday.is_estimated:
        return holiday
    for written, day in calendar.confirmed.items():
        name = written.removesuffix(str(day.year))
        if key_of(name) in keys_of(holiday.name) and abs(day - holiday.day) <= _NEAR:
            return Holiday(holiday.name, day, holiday.tradition, is_solemn=holiday.is_solemn)
    return holiday


def _own_dates(on: OwnDateOn, contact: Contact, after: date) -> Iterator[date]:
    first = next((day for key, day in contact.dates.items() if own_name(key) == on.name), None)
    if first is None:
        return
    if on.every is None:
        yield first
        return
    # From two years before the day asked for, since a shift may be a year long.
    length = (date(2000, 1, 1) + stretch_of(on.every) - date(2000, 1, 1)).days
    begin = max((after - first).days // length - 2 - 800 // length, 0)
    for times in range(begin, begin + 6 + 2000 // length):
        yield first + stretch_of(on.every) * times
