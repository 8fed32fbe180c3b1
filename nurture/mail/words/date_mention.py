"""The days named in a text by figures or by month, each with every reading it could have."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from itertools import islice
from typing import Final

from nurture.mail.words.date_words import any_of, numbered
from nurture.value import frozen

_MONTHS: Final = numbered("months")
_WEEKDAYS: Final = numbered("weekdays")
_PAST_KEPT: Final = timedelta(days=31)
_CENTURY: Final = 2000
_LEAST_FULL_YEAR: Final = 100
MAX_PLACES: Final = 60

Span = tuple[int, int]


class Grain(StrEnum):
    """How exactly a mention names its day."""

    DATE = "date"
    LOOSE_DATE = "loose_date"
    DAY_OF_MONTH = "day_of_month"
    WEEKDAY = "weekday"
    WEEK = "week"
    PERIOD = "period"
    VAGUE = "vague"


@frozen
class Mention:
    """Days named between two offsets of a text.

    `readings` holds one day, or two where day and month could be exchanged (03/04/2026); `last`
    is the last day of the period that begins on the first reading; `ranged` says that the
    mention itself is the end of a range ("3 au 21 août"), `dated` that it names its year.
    """

    start: int
    end: int
    grain: Grain
    readings: tuple[date, ...]
    last: date
    ranged: bool = False
    dated: bool = True

    @property
    def first(self) -> date:
        """The day named, or the first of the period named."""
        return self.readings[0]


_MONTH: Final = any_of(_MONTHS) + r"(?![^\W\d_])"
_ARTICLE: Final = r"(?:(?:the|den|dem|der|d\.|le|el|il|ao|o dia|dia|dnia)\s+)?"
_WEEKDAY: Final = rf"(?:(?P<weekday>(?<!\w){any_of(_WEEKDAYS)})\.?\s*,?\s*{_ARTICLE})?"
_ORDINAL: Final = r"(?:st|nd|rd|th|er|eme|:e|:a|\u00ba|o(?=\s)|\.|η|-?го)?"
_RANGE: Final = (
    rf"(?:(?P<low>\d{{1,2}}){_ORDINAL}(?:\s*[-–—]\s*|\s+(?:to|until|till|through|bis|bis zum|au|al|"
    rf"a|ao|ate|tot|tot en met|til|do|по|до)\s+){_ARTICLE})?"
)
_FREE: Final = r"(?<![\w.,:/+-])"
# As _FREE, but "9.3.-13.3." and "3/9-3/13" are two dates.
_FREE_OR_END: Final = r"(?<![\w.,:/+])(?<![^.\d\s]-)"
_YEAR: Final = r"(?:,?[\s-]*(?:de\s+|del\s+|do\s+)?(?P<year>20\d\d|19\d\d)(?!\d))?"
_CLOCK: Final = r"(?!\d|[:.]\d|\s*(?:uhr|h\b|am\b|pm\b|a\.m|p\.m|o'clock))"

_ISO: Final = r"(?<![\d-])(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})(?!\d|-\d)"
_CJK: Final = (
    r"(?:(?P<year>\d{4})\s?[年년]\s?)?(?<!\d)(?P<month>\d{1,2})\s?[月월]\s?"
    r"(?P<day>\d{1,2})\s?[日일]"
)
_HUNGARIAN: Final = rf"(?<!\d)(?P<year>\d{{4}})\.?\s(?P<name>{_MONTH})\.?\s(?P<day>\d{{1,2}})(?!\d)"
_DAY_MONTH: Final = (
    rf"{_WEEKDAY}{_FREE}{_RANGE}(?P<day>\d{{1,2}}){_ORDINAL}[\s-]*(?:of\s+|de\s+|d'|di\s+)?"
    rf"(?P<name>{_MONTH})\.?{_YEAR}"
)
_MONTH_DAY: Final = (
    rf"{_WEEKDAY}(?<!\w)(?P<name>{_MONTH})\.?\s+(?:the\s+)?(?:(?P<low>\d{{1,2}})"
    rf"(?:st|nd|rd|th)?\s*[-–—]\s*)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_CLOCK}{_YEAR}"
)
_DOTTED: Final = (
    rf"{_WEEKDAY}{_FREE_OR_END}(?:(?P<low>\d{{1,2}})\.\s?[-–—]\s?)?(?P<day>\d{{1,2}})\.\s?"
    r"(?P<month>\d{1,2})\.(?:\s?(?P<year>\d{4}|\d{2})(?!\d))?(?![\d:])"
)
_SLASHED: Final = (
    rf"{_WEEKDAY}{_FREE_OR_END}(?P<day>\d{{1,2}})(?P<slash>[/-])(?P<month>\d{{1,2}})"
    r"(?:(?P=slash)(?P<year>\d{4}|\d{2}))?(?![\d/:%]|-(?!\d{1,2}/))"
)
# "12.04" may also be a time or a price, so written_date asks for more around it.
_LOOSE: Final = (
    rf"{_WEEKDAY}{_FREE_OR_END}(?P<day>\d{{1,2}})\.(?P<month>0[1-9]|1[0-2])(?P<loose>)"
    r"(?!\d|[.,:]\d|\s*(?:uhr|h\b|€|eur|%|chf|kg|k\b))"
)
_WRITTEN: Final = (_ISO, _CJK, _HUNGARIAN, _DAY_MONTH, _MONTH_DAY, _DOTTED, _SLASHED, _LOOSE)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Made with the first text that is read: a daemon is to be ready before."""
    return tuple(map(re.compile, _WRITTEN))


def find_dates(folded: str, today: date) -> tuple[list[Mention], list[Span]]:
    """Every date of a folded text that exists, and all places that look like one.

    A date without a year is the next one, or a past one of the last month; a weekday that does
    not fit makes the date nonsense, and it is left out.
    """
    found: list[Mention] = []
    spans: list[Span] = []
    for pattern in _patterns():
        for match in islice(pattern.finditer(folded), MAX_PLACES):
            if not overlaps(match.span(), spans):
                spans.append(match.span())
                found.extend(_mentioned(match, today))
    return sorted(found, key=lambda mention: mention.start), spans


def overlaps(span: Span, spans: list[Span]) -> bool:
    """Whether a place lies on one of the others."""
    return any(span[0] < end and start < span[1] for start, end in spans)


def _mentioned(match: re.Match[str], today: date) -> Iterator[Mention]:
    part = match.groupdict()
    day = int(part["day"])
    month = _MONTHS[part["name"]] if part.get("name") else int(part["month"])
    slash, year = part.get("slash"), part.get("year")
    if (slash == "-" and not year) or (slash and match[0] == "24/7"):
        return
    orders = [(day, month), (month, day)] if slash and day != month else [(day, month)]
    weekday = _WEEKDAYS.get(part.get("weekday") or "")
    readings = [
        reading
        for d, m in orders
        if (reading := _resolve(d, m, _year(year), weekday, today)) is not None
    ]
    if readings:
        grain = Grain.LOOSE_DATE if "loose" in part else Grain.DATE
        ranged = part.get("low") is not None
        place = match.span()
        yield Mention(*place, grain, tuple(readings), readings[0], ranged, dated=year is not None)


def _year(written: str | None) -> int | None:
    if written is None:
        return None
    number = int(written)
    return number if number >= _LEAST_FULL_YEAR else number + _CENTURY


def _resolve(
    day: int, month: int, year: int | None, weekday: int | None, today: date
) -> date | None:
    years = [year] if year is not None else [today.year - 1, today.year, today.year + 1]
    for each in years:
        found = make(each, month, day)
        if found is None or (weekday is not None and found.isoweekday() != weekday):
            continue
        if year is not None or found >= today - _PAST_KEPT:
            return found
    return None


def make(year: int, month: int, day: int) -> date | None:
    """The date, or None where there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def order_shown(mentions: list[Mention], folded: str) -> int | None:
    """Index of the reading (0 day first, 1 month first) that clear slash dates of the text show."""
    shown: set[int] = set()
    for mention in mentions:
        figures = re.match(r"(?:\D{0,20})(\d{1,2})/(\d{1,2})", folded[mention.start : mention.end])
        if figures and len(mention.readings) == 1 and figures[1] != figures[2]:
            shown.add(0 if mention.first.day == int(figures[1]) else 1)
    return shown.pop() if len(shown) == 1 else None
