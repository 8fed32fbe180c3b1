"""The periods named in a text by words: next week, in three months, October, Q1, after Easter."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from itertools import islice
from typing import Final

from dateutil.easter import easter

from nurture.mail.words.date_mention import MAX_PLACES, Grain, Mention, Span, overlaps
from nurture.mail.words.date_words import any_of, flat, numbered, rows, speakers, words

_MONTHS: Final = numbered("months")
# "Mon" and "Sat" alone are too often something else.
_LEAST_WEEKDAY: Final = 4
_WEEKDAYS: Final = {
    name: day for name, day in numbered("weekdays").items() if len(name) >= _LEAST_WEEKDAY
}
_SEASONS: Final = numbered("seasons")
_NUMBERS: Final = numbered("numbers")
_ORDINALS: Final = numbered("ordinals")
_UNITS: Final = {word: unit for unit, row in rows("units").items() for word in row}
_NEXT: Final = any_of(flat("next"))
# Offices are shut or half empty until Epiphany.
_FIRST_OFFICE_DAY: Final = 7
_SHORT_MONTH_DAY: Final = 28
_WEEKDAY_SEARCH: Final = timedelta(days=120)

_EARLY, _MIDDLE, _LATE = (frozenset(words(name)) for name in ("early", "middle", "late"))
_PART: Final = (
    rf"(?:(?<!\w)(?P<part>{any_of([*_EARLY, *_MIDDLE, *_LATE])})"
    r"(?:\s+|(?<=-))(?:of\s+|the\s+|des\s+)?)?"
)
_YEAR: Final = r"(?:\s+(?:de\s+|del\s+|do\s+)?(?P<year>20\d\d)(?!\d))?"


def add_months(day: date, months: int) -> date:
    """The same day some months on, pulled back into a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, _SHORT_MONTH_DAY))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _month(match: re.Match[str], today: date) -> tuple[date, date]:
    month = _MONTHS[match["name"]]
    year = int(match["year"]) if match["year"] else today.year + (month < today.month)
    first = date(year, month, 1)
    if match["part"] is None and first < today and not match["year"]:
        first = today
    last = add_months(date(year, month, 1), 1) - timedelta(days=1)
    if match["part"] in _MIDDLE:
        return first.replace(day=15), first.replace(day=20)
    if match["part"] in _LATE:
        return last, last
    return first, last


def _season(match: re.Match[str], today: date) -> tuple[date, date]:
    month = _SEASONS[match["name"]] * 3
    year = int(match["year"]) if match["year"] else today.year
    first = date(year, month, 1)
    last = add_months(first, 3) - timedelta(days=1)
    if not match["year"] and last < today:
        first, last = add_months(first, 12), add_months(last, 12)
    return first, last


def _quarter(match: re.Match[str], today: date) -> tuple[date, date]:
    figure = match["figure"] or match["figure_behind"] or match["figure_before"]
    number = int(figure) if figure else _ORDINALS[match["order"]]
    first = date(int(match["year"] or today.year), number * 3 - 2, 1)
    if not match["year"] and first <= today:
        first = add_months(first, 12)
    return first, add_months(first, 3) - timedelta(days=1)


def _span(match: re.Match[str], today: date) -> tuple[date, date]:
    count = (
        int(match["count"]) if match["count"].isdigit() else _NUMBERS[_one_blank(match["count"])]
    )
    unit = _UNITS[match["unit"]]
    if unit == "month":
        later = add_months(today, min(count, 24))
    else:
        later = today + timedelta(days=min(count, 400) * (7 if unit == "week" else 1))
    return later, later


def _half_year(_match: re.Match[str], today: date) -> tuple[date, date]:
    later = add_months(today, 6)
    return later, later


def _one_blank(phrase: str) -> str:
    return " ".join(phrase.split())


def _tomorrow(_match: re.Match[str], today: date) -> tuple[date, date]:
    return today + timedelta(days=1), today + timedelta(days=1)


def _next_week(_match: re.Match[str], today: date) -> tuple[date, date]:
    first = _monday(today) + timedelta(days=7)
    return first, first + timedelta(days=6)


def _next_month(_match: re.Match[str], today: date) -> tuple[date, date]:
    first = add_months(today.replace(day=1), 1)
    return first, add_months(first, 1) - timedelta(days=1)


def _month_end(_match: re.Match[str], today: date) -> tuple[date, date]:
    last = add_months(today.replace(day=1), 1) - timedelta(days=1)
    return last, last


def _week_end(_match: re.Match[str], today: date) -> tuple[date, date]:
    friday = _monday(today) + timedelta(days=4)
    return friday, friday + timedelta(days=2)


def _next_quarter(_match: re.Match[str], today: date) -> tuple[date, date]:
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return add_months(first, 3), add_months(first, 6) - timedelta(days=1)


def _next_year(_match: re.Match[str], today: date) -> tuple[date, date]:
    year = today.year if today.month == 1 and today.day < _FIRST_OFFICE_DAY else today.year + 1
    return date(year, 1, _FIRST_OFFICE_DAY), date(year, 12, 31)


def _after_easter(_match: re.Match[str], today: date) -> tuple[date, date]:
    tuesdays = [easter(year) + timedelta(days=2) for year in (today.year, today.year + 1)]
    day = next(each for each in tuesdays if each > today)
    return day, day


def _week(match: re.Match[str], today: date) -> tuple[date, date]:
    number = min(max(int(match["number"]), 1), 52)
    first = date.fromisocalendar(today.isocalendar().year, number, 1)
    if first + timedelta(days=6) < today:
        first = date.fromisocalendar(today.isocalendar().year + 1, number, 1)
    return first, first + timedelta(days=6)


def _weekday(match: re.Match[str], today: date) -> tuple[date, date]:
    ahead = (_WEEKDAYS[match["name"]] - today.isoweekday() - 1) % 7 + 1
    day = today + timedelta(days=ahead)
    while match["day"] and day.day != int(match["day"]):
        day += timedelta(days=7)
        if day > today + _WEEKDAY_SEARCH:
            raise ValueError(match[0])
    return day, day


def _day_of_month(match: re.Match[str], today: date) -> tuple[date, date]:
    number = int(match["day"])
    for months in (0, 1, 2):
        month = add_months(today.replace(day=1), months)
        try:
            day = month.replace(day=number)
        except ValueError:
            continue
        if day >= today:
            return day, day
    raise ValueError(match[0])


_Resolver = Callable[[re.Match[str], date], tuple[date, date]]
_PHRASES: Final[tuple[tuple[str, Grain, _Resolver], ...]] = (
    ("after_easter", Grain.VAGUE, _after_easter),
    ("next_year", Grain.VAGUE, _next_year),
    ("next_quarter", Grain.PERIOD, _next_quarter),
    ("next_month", Grain.PERIOD, _next_month),
    ("next_week", Grain.WEEK, _next_week),
    ("tomorrow", Grain.WEEK, _tomorrow),
    ("half_year", Grain.PERIOD, _half_year),
    ("month_end", Grain.PERIOD, _month_end),
    ("week_end", Grain.PERIOD, _week_end),
)
_WEEK_PATTERN: Final = (
    rf"(?<!\w){any_of(flat('week_number'))}\.?\s?(?P<number>[1-5]?\d)(?!\d|[.:]\d)"
)
_QUARTER_PATTERN: Final = (
    r"(?<!\w)(?:q\s?(?P<figure>[1-4])|t(?P<figure_behind>[1-4])(?=\s20\d\d)|"
    r"(?:(?P<figure_before>[1-4])\s?(?:\.|st|nd|rd|th|er|e|eme|o|\u00ba)?|"
    rf"(?P<order>{any_of(_ORDINALS)}))\s+{any_of(flat('quarter'))})(?!\w)(?:\s+of)?{_YEAR}"
)
_SPAN_PATTERN: Final = (
    rf"(?<!\w){any_of(flat('span_before'))}\s+(?P<count>\d{{1,3}}|{any_of(_NUMBERS)})\s+"
    rf"(?:other\s+|more\s+|weiteren\s+)?(?P<unit>{any_of(_UNITS)})(?!\w)"
)
_WEEKDAY_PATTERN: Final = (
    rf"(?<!\w)(?:{_NEXT}\s+)?(?P<name>{any_of(_WEEKDAYS)})(?!\w)(?:\s+{_NEXT}(?!\w))?"
    r"(?:,?\s+(?:the\s+|den\s+|dem\s+|le\s+|el\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th|\.|er)?"
    r"(?!\d|[.:]\d|\s*(?:uhr|h\b|am\b|pm\b))|(?!\s+nth))"
)
_DAY_PATTERN: Final = (
    r"(?<![\w.,:/+-])(?P<day>3[01]|[12]\d|[1-9])(?:st|nd|rd|th|\.|er|:e)?(?![\w%€$]|[.,:/-]\d|"
    rf"\s*(?:uhr|h\b|am\b|pm\b|%|€|eur|hours?|minut|people|years?|jahre|{any_of(_UNITS)}(?!\w)))"
)
_RULES: Final[tuple[tuple[str, Grain, _Resolver], ...]] = (
    *(
        (rf"(?<!\w){any_of(flat(table))}(?!\w)", grain, resolver)
        for table, grain, resolver in _PHRASES
    ),
    (_WEEK_PATTERN, Grain.WEEK, _week),
    (_QUARTER_PATTERN, Grain.PERIOD, _quarter),
    (_SPAN_PATTERN, Grain.PERIOD, _span),
    (rf"{_PART}(?<!\w)(?P<name>{any_of(_MONTHS)})(?!\w){_YEAR}", Grain.PERIOD, _month),
    (rf"{_PART}(?<!\w)(?P<name>{any_of(_SEASONS)})(?!\w){_YEAR}", Grain.VAGUE, _season),
    (_WEEKDAY_PATTERN, Grain.WEEKDAY, _weekday),
    (_DAY_PATTERN, Grain.DAY_OF_MONTH, _day_of_month),
)


@cache
def _rules() -> tuple[tuple[re.Pattern[str], Grain, _Resolver], ...]:
    """Made with the first text, like the patterns of dates."""
    return tuple((re.compile(pattern), grain, resolver) for pattern, grain, resolver in _RULES)


_MONTH_SPEAKERS, _SEASON_SPEAKERS = speakers("months"), speakers("seasons")
_BEFORE_MONTH, _BEFORE_SEASON = speakers("month_before"), speakers("season_before")
_LOOK_BACK: Final = 30
# Finnish says "in October" by an ending.
_INESSIVE: Final = "ssa"


def find_periods(folded: str, today: date, taken: list[Span]) -> list[Mention]:
    """Every period of a folded text that does not lie on `taken`, in the order of the text."""
    spans = list(taken)
    found: list[Mention] = []
    for pattern, grain, resolve in _rules():
        for match in islice(pattern.finditer(folded), MAX_PLACES):
            if not overlaps(match.span(), spans) and _stands(match, folded, resolve):
                spans.append(match.span())
                found.extend(_mention(match, grain, resolve, today))
    return sorted(found, key=lambda mention: mention.start)


def _stands(match: re.Match[str], folded: str, resolve: _Resolver) -> bool:
    """Whether a month or season is named as one, not as a verb, a surname or another language."""
    if resolve not in {_month, _season}:
        return True
    name, before = match["name"], folded[max(0, match.start() - _LOOK_BACK) : match.start()]
    if match["part"] or match["year"] or name.endswith(_INESSIVE):
        return True
    if resolve is _month:
        return _leads_in(before, _BEFORE_MONTH, _MONTH_SPEAKERS[name])
    return _leads_in(before, _BEFORE_SEASON, _SEASON_SPEAKERS[name])


def _leads_in(before: str, words: dict[str, frozenset[str]], spoken: frozenset[str]) -> bool:
    """Whether the text before ends in a preposition of one of the languages spoken."""
    stem = " ".join(before.split())
    return any(
        stem.endswith(word) and not stem[: -len(word)][-1:].isalnum()
        for word, languages in words.items()
        if languages & spoken
    )


def _mention(
    match: re.Match[str], grain: Grain, resolve: _Resolver, today: date
) -> Iterator[Mention]:
    try:
        first, last = resolve(match, today)
    except (ValueError, OverflowError):
        return
    dated = match.groupdict().get("year") is not None
    yield Mention(*match.span(), grain, (first,), last, dated=dated)
