"""When an occasion comes round, in words: a holiday, a season, a date of the contact's own."""

import re
from collections.abc import Iterable
from datetime import date

from nurture.core.calendar.feast import day_of_year
from nurture.core.calendar.holiday import holiday_names, parts_of, plain_name
from nurture.core.calendar.season import Season, YearDay
from nurture.core.calendar.stretch import read_wait
from nurture.core.calendar.wall_clock import (
    Unit,
    Wait,
    add_business_days,
    business_days_before,
    stretch_of,
)
from nurture.core.country import read_country
from nurture.core.spelling import did_you_mean, listed
from nurture.value import frozen

YEARLY = Wait(1, Unit.YEARS)
_SHIFTED = re.compile(r"(\d+ [a-z ]+?) (before|after) (.+)", re.IGNORECASE)
_OWN = re.compile(
    r"(?:the )?contact['\u2019]s ([\w -]+?)(?:, ?(?:(once)|every (?:(year)|(\d+ [a-z ]+))))?",
    re.IGNORECASE,
)
_SEASON = re.compile(r"(.+) (starts|ends)", re.IGNORECASE)
_PLACED = re.compile(r"(.+?) in ([A-Za-z]{2}(?:-[A-Za-z0-9]{1,3})?)")
_DATED = re.compile(r"\d+\.? [^\W\d]+|[^\W\d]+ \d+")
_LONGEST = {Unit.DAYS: 366, Unit.BUSINESS_DAYS: 260, Unit.WEEKS: 52, Unit.MONTHS: 12, Unit.YEARS: 1}


@frozen
class Shift:
    """So long before or after the day itself; business days are those of the contact's country."""

    by: Wait
    is_before: bool

    def of(self, day: date, place: str) -> date:
        """The shifted day."""
        count = self.by.count
        if self.by.unit is Unit.BUSINESS_DAYS:
            shift = business_days_before if self.is_before else add_business_days
            return shift(day, count, place)
        stretch = stretch_of(self.by)
        return day - stretch if self.is_before else day + stretch

    def __str__(self) -> str:
        return f"{self.by} {'before' if self.is_before else 'after'} "


@frozen
class HolidayOn:
    """A holiday, in the contact's own country unless a place like US or GB-SCT is named."""

    name: str
    place: str = ""
    shift: Shift | None = None

    def __str__(self) -> str:
        return f"{self.shift or ''}{self.name}{f' in {self.place}' if self.place else ''}"


@frozen
class SeasonOn:
    """The first or the last day of a season."""

    season: Season
    at_end: bool
    shift: Shift | None = None

    def __str__(self) -> str:
        return f"{self.shift or ''}{self.season.name} {'ends' if self.at_end else 'starts'}"


@frozen
class OwnDateOn:
    """A date of the contact's own; `every` is None for one that comes once.

    A date on 29 February comes on the 28th in a year that has none.
    """

    name: str
    every: Wait | None = YEARLY
    shift: Shift | None = None

    def __str__(self) -> str:
        often = ", once" if self.every is None else f", every {self.every}"
        return f"{self.shift or ''}contact's {self.name}{'' if self.every == YEARLY else often}"


@frozen
class YearlyOn:
    """The same day of every year, for everybody."""

    day: YearDay
    shift: Shift | None = None

    def __str__(self) -> str:
        return f"{self.shift or ''}{self.day}"


On = HolidayOn | SeasonOn | OwnDateOn | YearlyOn
"""When an occasion comes round; `str` gives it in words that `read_on` reads."""


def read_on(text: str, seasons: Iterable[Season] = ()) -> On:
    """What "3 weeks before contact's deadline, once" and its like mean.

    Raises ValueError with words for a day, a season, a place or a holiday that is not known.
    """
    words = " ".join(text.split())
    shift = None
    if shifted := _SHIFTED.fullmatch(words):
        shift = Shift(_length(shifted[1]), shifted[2].lower() == "before")
        words = shifted[3]
    if own := _OWN.fullmatch(words):
        return OwnDateOn(own_name(own[1]), _every(own), shift)
    if season := _SEASON.fullmatch(words):
        return SeasonOn(_season(season[1], seasons), season[2].lower() == "ends", shift)
    if fixed := day_of_year(words):
        return YearlyOn(YearDay(*fixed), shift)
    if _DATED.fullmatch(words) and not plain_name(words):
        raise ValueError(f"{words!r} is no day of the year: write it like 4 January")
    return _holiday(words, shift)


def _length(text: str) -> Wait:
    wait = read_wait(text)
    most = _LONGEST.get(wait.unit)
    if most is None:
        raise ValueError(f"count in {listed(_LONGEST)}, not in {wait.unit}")
    if wait.count > most:
        raise ValueError(f"at most {most} {wait.unit} before or after a day")
    return wait


def own_name(text: str) -> str:
    """The name of a contact's own date as contacts have it: "project end" is project_end."""
    return text.strip().lower().replace(" ", "_").replace("-", "_")


def _every(own: re.Match[str]) -> Wait | None:
    if own[2]:
        return None
    if not own[4]:
        return YEARLY
    every = read_wait(own[4])
    if every.unit not in {Unit.WEEKS, Unit.MONTHS, Unit.YEARS}:
        raise ValueError("a date comes again every so many weeks, months or years")
    return every


def _season(name: str, seasons: Iterable[Season]) -> Season:
    known = {season.name.casefold(): season for season in seasons}
    if found := known.get(name.casefold()):
        return found
    names = [season.name for season in known.values()]
    hint = did_you_mean(name, names) or ": define it under seasons, here or in calendar.yaml"
    raise ValueError(f"no season is called {name!r}{hint}")


def _holiday(words: str, shift: Shift | None) -> HolidayOn:
    name, place = words, ""
    if placed := _PLACED.fullmatch(words):
        name, place = placed[1], read_place(placed[2])
    if known := plain_name(name, place):
        return HolidayOn(known, place, shift)
    if place and plain_name(name):
        raise ValueError(f"{name!r} is not kept in {place}")
    where = f" in {place}" if place else ""
    hint = did_you_mean(name, sorted(holiday_names(place)))
    raise ValueError(f"no holiday{where} is called {name!r}{hint}")


def read_place(text: str) -> str:
    """A country like DE, or a part of one like DE-BY; raises ValueError with words."""
    written, _, part = text.upper().partition("-")
    code = read_country(written)
    if part and part not in (parts := parts_of(code)):
        raise ValueError(f"{code}-{part} is no part of {code}{did_you_mean(part, parts)}")
    return f"{code}-{part}" if part else code
