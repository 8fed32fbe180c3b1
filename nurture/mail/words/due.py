"""Until when something is promised: the days that a sentence names, the nearest ones included."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from typing import Any, Final

from nurture.mail.words.date_mention import Grain, Mention
from nurture.mail.words.date_period import add_months
from nurture.mail.words.date_place import find_places
from nurture.mail.words.date_words import any_of, fold, numbered, rows
from nurture.value import frozen

_LANGUAGES: Final = ("en", "de", "fr")
_FARTHEST: Final = timedelta(days=366)
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_FRIDAY: Final = 5
_NEXT_TO: Final = 12  # characters, as in "Thursday of next week"
_TABLE: Final[dict[str, Any]] = tomllib.loads(
    files("nurture.mail.words").joinpath("phrases", "due.toml").read_text("utf-8")
)
# German without its umlauts, where a keyboard or a filter has none.
_SPELLED: Final = re.compile(
    r"(?<!\w)(n|sp|m|j|f|fr|zw|)(ae|ue|oe)(?=chst|test|rz|nner|nf|lf|h|ber)"
)


@frozen
class Stretch:
    """Days named between two offsets of a sentence: done by `last`, it is done in time."""

    start: int
    end: int
    first: date
    last: date
    is_week: bool = False
    is_weekday: bool = False
    is_day: bool = False


def plain(sentence: str) -> str:
    """The sentence as it is compared: folded, on one line, umlauts spelled as vowels alone."""
    folded = fold(" ".join(sentence.split()))
    return _SPELLED.sub(lambda found: found[1] + found[2][0], folded)


def find_stretches(folded: str, today: date) -> tuple[Stretch, ...]:
    """Every time ahead that a sentence made `plain` names, in its order; never raises.

    A weekday is the next one, in the week that the words beside it name; days gone by are left
    out, and so is what lies more than a year ahead.
    """
    near = list(_near(folded, today))
    rest = folded
    for each in near:
        rest = f"{rest[: each.start]}{'~' * (each.end - each.start)}{rest[each.end :]}"
    _, places = find_places(rest, today)
    named = [_of(place.mention) for place in places if _is_named(place.mention, rest)]
    found = sorted([*near, *named], key=lambda each: each.start)
    shifted = (_shifted(each, folded) for each in _joined(found))
    return tuple(each for each in shifted if each and today <= each.last <= today + _FARTHEST)


# A bare number or "12.04" is too often a price; the week's own words are ours.
_NAMED: Final = frozenset(Grain) - {Grain.LOOSE_DATE}
_DAYS: Final = frozenset({Grain.DATE, Grain.WEEKDAY, Grain.DAY_OF_MONTH})
_ON_THE: Final = re.compile(
    r"(?<!\w)(?:on the|by the|am|bis zum|bis|zum|le|au|pour le|d'ici le|d'ici au)\s*$"
)


def find_noted(text: str, today: date) -> Stretch | None:
    """The time that a note names, as "call when the office opens, March" does; None for none.

    A month or a day may stand by itself behind a comma, as nobody writes it in a sentence.
    """
    found = find_stretches(plain(text), today)
    if found:
        return found[-1]
    parts = [part for part in re.split(r"[,;:()\n]\s*", text) if part.strip()]
    for part in reversed(parts[1:]):
        for before in ("in", "im", "en", "on"):
            if alone := find_stretches(plain(f"{before} {part}"), today):
                return alone[-1]
    return None


def _is_named(mention: Mention, folded: str) -> bool:
    if mention.grain is Grain.DAY_OF_MONTH:
        return _ON_THE.search(folded[: mention.start]) is not None
    return mention.grain in _NAMED


def _of(mention: Mention) -> Stretch:
    last = mention.last
    if mention.grain is Grain.WEEK and last - mention.first > _DAY:
        last = mention.first + timedelta(days=_FRIDAY - 1)
    return Stretch(
        mention.start,
        mention.end,
        mention.first,
        last,
        is_weekday=mention.grain is Grain.WEEKDAY,
        is_day=mention.grain in _DAYS,
    )


def _words(row: dict[str, Any]) -> list[str]:
    return [plain(words) for language in _LANGUAGES for words in row.get(language, ())]


def _pattern(words: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'-]){any_of(words)}(?![\w'])")


def _ending(table: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){any_of(_words(_TABLE[table]))}(?:\s+(?:the|le|la|den|dem))?\s*$")


_NEAR: Final = tuple((row["days"], _pattern(_words(row))) for row in _TABLE["near"])
_WEEKS: Final = tuple((row["week"], row["last"], _pattern(_words(row))) for row in _TABLE["week"])
_ELSE: Final = _pattern(_words(_TABLE["not_a_day"]))
_NUMBERS: Final = {word: number for word, number in numbered("numbers").items() if " " not in word}
_UNITS: Final = {word: unit for unit, row in rows("units").items() for word in row}
_OPEN_DAYS: Final = frozenset(_words(_TABLE["open_days"]))
_SPAN: Final = re.compile(
    rf"(?<!\w){any_of(_words(_TABLE['span']))}\s+(?P<count>\d{{1,3}}|{any_of(_NUMBERS)})\s+"
    rf"(?P<unit>{any_of([*_UNITS, *_OPEN_DAYS])})(?!\w)"
)
_BEFORE, _AFTER, _ELSEWHERE = _ending("before"), _ending("after"), _ending("elsewhere")


def _near(folded: str, today: date) -> Iterator[Stretch]:
    """The longest words win where several stand at one place."""
    found = [*_weeks(folded, today), *_spans(folded, today), *_days(folded, today)]
    elsewhere = [Stretch(*match.span(), date.min, date.min) for match in _ELSE.finditer(folded)]
    taken: list[Stretch] = []
    for each in sorted([*elsewhere, *found], key=lambda each: each.start - each.end):
        if not any(each.start < other.end and other.start < each.end for other in taken):
            taken.append(each)
            yield each


def _days(folded: str, today: date) -> Iterator[Stretch]:
    for days, pattern in _NEAR:
        for match in pattern.finditer(folded):
            yield Stretch(*match.span(), today, today + timedelta(days=days))


def _weeks(folded: str, today: date) -> Iterator[Stretch]:
    monday = today - timedelta(days=today.weekday())
    for week, last, pattern in _WEEKS:
        first = monday + week * _WEEK
        until = first + timedelta(days=last - 1)
        if until < today:  # "this week", said on a Saturday
            until = first + 6 * _DAY
        for match in pattern.finditer(folded):
            yield Stretch(*match.span(), max(first, today), until, is_week=last == _FRIDAY)


def _spans(folded: str, today: date) -> Iterator[Stretch]:
    for match in _SPAN.finditer(folded):
        written = match["count"]
        count = int(written) if written.isdigit() else _NUMBERS[written]
        unit = "open" if match["unit"] in _OPEN_DAYS else _UNITS[match["unit"]]
        last = _later(today, count, unit)
        yield Stretch(*match.span(), last, last)


def _later(today: date, count: int, unit: str) -> date:
    match unit:
        case "month":
            return add_months(today, min(count, 24))
        case "open":
            # Holidays are for those who know where the writer is.
            weeks, days = divmod(min(count, 260), _FRIDAY)
            is_over_weekend = today.weekday() + days >= _FRIDAY
            return today + weeks * _WEEK + timedelta(days=days + 2 * is_over_weekend)
        case _:
            return today + timedelta(days=min(count, 400) * (7 if unit == "week" else 1))


def _joined(found: list[Stretch]) -> Iterator[Stretch]:
    """A weekday beside a week is that day of that week: "Thursday next week"."""
    pairs = {
        day.start: week
        for day in found
        for week in found
        if day.is_weekday and week.is_week and _touch(day, week)
    }
    spoken_for = {week.start for week in pairs.values()}
    for each in found:
        if week := pairs.get(each.start):
            monday = week.last - timedelta(days=week.last.weekday())
            day = monday + timedelta(days=each.first.weekday())
            yield replace(each, first=day, last=day)
        elif each.start not in spoken_for:
            yield each


def _touch(day: Stretch, week: Stretch) -> bool:
    gap = max(week.start - day.end, day.start - week.end)
    return 0 <= gap <= _NEXT_TO


def _shifted(stretch: Stretch, folded: str) -> Stretch | None:
    before = folded[: stretch.start]
    if _ELSEWHERE.search(before):
        return None
    if stretch.is_day and _BEFORE.search(before):
        return replace(stretch, first=stretch.last - _DAY, last=stretch.last - _DAY)
    if stretch.is_day and _AFTER.search(before):
        return replace(stretch, first=stretch.last + _DAY, last=stretch.last + _DAY)
    return stretch
