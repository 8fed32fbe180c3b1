"""Which days people keep in a country: what the `holidays` library knows, and our own table."""

import inspect
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from nurture.core.calendar.feast import (
    Feast,
    day_by_rule,
    feast_names,
    feasts_called,
    keeps,
    key_of,
    solemn_feasts,
    sounds_solemn,
    tradition_of,
)
from nurture.value import frozen

if TYPE_CHECKING:
    from holidays import HolidayBase

_DAY = timedelta(days=1)
_ESTIMATED = re.compile(r" \((?:observed, )?estimated\)")
_APART = timedelta(days=10)  # days of one name that lie nearer are one feast of several days
_ANY_YEAR = 2027  # names hardly change from year to year
_SATURDAY_SUNDAY = frozenset((5, 6))


@frozen
class Holiday:
    """A day that people keep; of a feast of several days the first.

    A `tradition` means that only those who are known to keep it may be greeted (domain.md E1); an
    estimated day may turn out to be a neighbour of it (E3).
    """

    name: str
    day: date
    tradition: str = ""
    is_estimated: bool = False
    is_solemn: bool = False


def _open(place: str, year: int, *, every_category: bool) -> "HolidayBase | None":
    """The library's calendar of a country or part of one; None where it knows neither.

    Imported late, since the library takes 0.3 s to load.  Without the full set of categories the
    days are those on which offices are closed, moved ones included.
    """
    country, _, part = place.partition("-")
    if not country:
        return None
    from holidays import country_holidays  # noqa: PLC0415

    try:
        plain = country_holidays(country, subdiv=part or None)
    except NotImplementedError:
        return _open(country, year, every_category=every_category) if part else None
    kind: Callable[..., HolidayBase] = type(plain)
    english = (code for code in plain.supported_languages if code.startswith("en"))
    language = "en_US" if "en_US" in plain.supported_languages else next(english, None)
    facts: dict[str, object] = {"subdiv": part or None, "years": year, "language": language}
    if every_category:
        facts |= {"categories": plain.supported_categories, "observed": False}
    if "islamic_show_estimated" in inspect.signature(kind).parameters:
        facts["islamic_show_estimated"] = True  # Saudi Arabia and two others hide it otherwise
    with warnings.catch_warnings():
        # India's say beyond 2035 that they are not known yet, and are then the fixed ones.
        warnings.simplefilter("ignore")
        return kind(**facts)


@cache
def closed_days(place: str, year: int) -> frozenset[date]:
    """The public holidays of a country like DE or a part of one like DE-BY.

    Around an estimated one both neighbours are closed too, since it may be either (domain.md E3).
    """
    found = _open(place, year, every_category=False)
    if found is None:
        return frozenset()
    estimated = {day for day, names in found.items() if _ESTIMATED.search(names)}
    return frozenset(found) | {day + way for day in estimated for way in (-_DAY, _DAY)}


@cache
def weekend(place: str) -> frozenset[int]:
    """The weekdays (0 is Monday) on which offices are closed."""
    found = _open(place, _ANY_YEAR, every_category=False)
    return frozenset(found.weekend) if found is not None else _SATURDAY_SUNDAY


@cache
def _known(place: str, year: int) -> tuple[tuple[str, Holiday], ...]:
    """Every day of the library under every name that it has there, by the key of the name."""
    found = _open(place, year, every_category=True)
    return tuple(
        (
            key_of(plain := _ESTIMATED.sub("", name)),
            Holiday(plain, day, is_estimated=plain != name),
        )
        for day, names in sorted((found or {}).items())
        for name in names.split("; ")
    )


@cache
def holidays_called(name: str, place: str, year: int) -> tuple[Holiday, ...]:
    """When this year a day of that name is kept in a place, in order; mostly once.

    Our table comes first and may say what the library calls it; the day is the library's where it
    has one, else the rule's.  A feast that another country lends counts only for those who keep it.
    """
    lines = [feast for feast in feasts_called(name) if feast.is_kept_in(place)]
    for feast in lines:
        if days := tuple(_days_of(feast, place, year)):
            return days
    if feasts_called(name) and not lines:
        return ()
    return tuple(
        replace(each, tradition=tradition_of(each.name), is_solemn=sounds_solemn(each.name))
        for each in _runs(frozenset((key_of(name),)), place, year)
    )


def _days_of(feast: Feast, place: str, year: int) -> Iterator[Holiday]:
    tradition = feast.tradition
    days = [*_runs(feast.library_keys, place, year)]
    if not days and feast.rule:
        days = [Holiday(feast.name, day_by_rule(feast.rule, year, place[:2]))]
    elif not days and feast.like:
        days = [*_runs(feast.library_keys, feast.like, year)]
        tradition = tradition or feast.name
    for each in days:
        yield replace(each, name=feast.name, tradition=tradition, is_solemn=feast.is_solemn)


def _runs(keys: frozenset[str], place: str, year: int) -> Iterator[Holiday]:
    """The first days, in this year, of the feasts of these names."""
    before: date | None = None
    for key, each in (*_known(place, year - 1), *_known(place, year)):
        if key in keys:
            if each.day.year == year and (before is None or each.day - before > _APART):
                yield each
            before = each.day


@cache
def parts_of(country: str) -> tuple[str, ...]:
    """The parts of a country that the library knows, such as CA of US."""
    from holidays.utils import list_supported_countries  # noqa: PLC0415

    return tuple(list_supported_countries(include_aliases=False).get(country, ()))


@cache
def holiday_names(place: str = "") -> frozenset[str]:
    """The names that are known in a place; without one, anywhere."""
    if place:
        ours = (name for name in feast_names() if holidays_called(name, place, _ANY_YEAR))
        return frozenset((*ours, *(each.name for _, each in _known(place, _ANY_YEAR))))
    from holidays.utils import list_supported_countries  # noqa: PLC0415

    names = set(feast_names())
    for country, parts in list_supported_countries(include_aliases=False).items():
        for where in (country, *(f"{country}-{part}" for part in parts)):
            names.update(each.name for _, each in _known(where, _ANY_YEAR))
    return frozenset(names)


def plain_name(name: str, place: str = "") -> str | None:
    """The name under which a day is known, in one place or anywhere; None where it is not."""
    if place and not holidays_called(name, place, _ANY_YEAR):
        return None
    if ours := feasts_called(name):
        return ours[0].name
    key = key_of(name)
    return next((known for known in holiday_names(place) if key_of(known) == key), None)


@cache
def solemn_name(place: str, day: date, observes: tuple[str, ...]) -> str:
    """The day of mourning or remembrance that this is to somebody there; empty for none.

    One of a faith counts only for those who are known to keep it.
    """
    ours = (
        each
        for feast in solemn_feasts()
        if feast.is_kept_in(place) and (not feast.tradition or observes)
        for each in holidays_called(feast.name, place, day.year)
    )
    library = (
        replace(each, tradition=tradition_of(each.name))
        for _, each in _known(place, day.year)
        if sounds_solemn(each.name)
    )
    for each in (*ours, *library):
        is_theirs = not each.tradition or keeps(observes, each.tradition, each.name)
        if each.day == day and is_theirs:
            return each.name
    return ""


def is_kept_by(holiday: Holiday, observes: tuple[str, ...]) -> bool:
    """Whether somebody who observes these may be greeted on it, as far as faith goes."""
    return not holiday.tradition or keeps(observes, holiday.tradition, holiday.name)
