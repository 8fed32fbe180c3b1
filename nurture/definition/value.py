"""The values of a sequence's file as people write them: days, hours, dates, seasons."""

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from nurture.core.calendar import MONDAY_TO_FRIDAY
from nurture.core.calendar.feast import day_of_year
from nurture.core.calendar.season import Season, YearDay
from nurture.core.country import read_country
from nurture.core.spelling import did_you_mean, read_each
from nurture.core.written import read_by, read_words

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = re.compile(r"(\d{1,2}:\d\d) +to +(\d{1,2}:\d\d)")


def _day(word: str) -> int:
    name = word.strip().lower()
    for index, day in enumerate(_DAYS):
        if name in (day, day[:3]):
            return index
    raise ValueError(f"{word!r} is no day of the week{did_you_mean(name, _DAYS)}")


def read_days(written: object) -> frozenset[int]:
    """Weekdays (0 is Monday) from "monday to friday", "mon, wed" or a list of names.

    Raises ValueError with words.
    """
    if isinstance(written, str) and " to " in written:
        first, last = (_day(word) for word in written.split(" to ", 1))
        return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))
    words = written.split(",") if isinstance(written, str) else written
    if not isinstance(words, list) or not words:
        raise ValueError("write days like monday to friday, or a list like [mon, wed]")
    return frozenset(read_each([str(word) for word in words], _day))


def read_hours(written: object) -> tuple[time, time]:
    """The two ends of "08:30 to 17:00"; raises ValueError with words."""
    found = _HOURS.fullmatch(written.strip()) if isinstance(written, str) else None
    if not found:
        raise ValueError(f"write hours like 08:30 to 17:00, not {written!r}")
    try:
        opens, closes = (time.fromisoformat(part.zfill(5)) for part in found.groups())
    except ValueError as error:
        raise ValueError(f"{written!r} is no time of day") from error
    if opens >= closes:
        raise ValueError("the window closes before it opens")
    return opens, closes


def read_date(written: object) -> date:
    """The day of "2028-12-31"; raises ValueError with words."""
    try:
        return date.fromisoformat(written if isinstance(written, str) else "")
    except ValueError as error:
        raise ValueError(f"write a day like 2028-12-31, not {written!r}") from error


def read_year_day(written: object) -> YearDay:
    """The day of every year that "15 January" means; raises ValueError with words."""
    found = day_of_year(written) if isinstance(written, str) else None
    if found is None:
        raise ValueError(f"write a day of the year like 15 January, not {written!r}")
    return YearDay(*found)


def read_countries(written: object) -> frozenset[str]:
    """The countries of a list of two letters each; raises ValueError with words."""
    return frozenset(read_each(read_words(written), read_country))


WrittenDate = Annotated[
    date, BeforeValidator(read_date), WithJsonSchema({"type": "string", "format": "date"})
]
WrittenYearDay = Annotated[
    YearDay,
    read_by(read_year_day),
    WithJsonSchema({"type": "string", "examples": ["15 January"]}),
]
WrittenCountries = Annotated[
    frozenset[str],
    BeforeValidator(read_countries),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": "^[A-Za-z]{2}$"},
                {"type": "array", "items": {"type": "string", "pattern": "^[A-Za-z]{2}$"}},
            ]
        }
    ),
]
_WEEKDAY = {"type": "string", "enum": [*_DAYS, *(day[:3] for day in _DAYS)]}
WrittenDays = Annotated[
    frozenset[int],
    BeforeValidator(read_days),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "examples": ["monday to friday"]},
                {"type": "array", "items": _WEEKDAY, "minItems": 1},
            ]
        }
    ),
]
WrittenHours = Annotated[
    tuple[time, time],
    BeforeValidator(read_hours),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,2}:\d\d +to +\d{1,2}:\d\d$"}),
]


class Written(BaseModel):
    """Keys and values of which none is unknown."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", defer_build=True, validate_by_alias=True
    )


class WindowText(Written):
    """When mail may arrive, in the contact's own zone; holidays of both sides are closed."""

    days: WrittenDays = Field(
        default=MONDAY_TO_FRIDAY, description="Days like [mon, wed]; without it monday to friday."
    )
    hours: WrittenHours = Field(
        default=(time(8, 30), time(17)),
        description="Hours like 09:00 to 16:00; without it 08:30 to 17:00.",
    )


class SeasonText(Written):
    """A stretch of every year that a trade knows, such as the tax season."""

    begins: WrittenYearDay = Field(alias="from", description="Its first day, like 15 January.")
    ends: WrittenYearDay = Field(alias="to", description="Its last day, like 15 April.")
    countries: WrittenCountries = Field(
        default=frozenset(), description="Where it is kept, like [US, CA]; without it everywhere."
    )

    def named(self, name: str) -> Season:
        """The season under this name."""
        return Season(" ".join(name.split()), self.begins, self.ends, self.countries)


def seasons_of(texts: Mapping[str, SeasonText]) -> tuple[Season, ...]:
    """The seasons by their names, in the order of writing."""
    return tuple(text.named(name) for name, text in texts.items())
