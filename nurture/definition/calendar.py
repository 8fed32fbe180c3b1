"""calendar.yaml: what the sequences of a folder share about the year."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationError, WithJsonSchema, model_validator

from nurture.core.calendar.holiday import plain_name
from nurture.core.calendar.season import Away, Calendar, Quiet, Season
from nurture.definition.value import (
    SeasonText,
    Written,
    WrittenCountries,
    WrittenDate,
    WrittenYearDay,
    read_date,
    seasons_of,
)
from nurture.document.complaint import complaints, unless_said
from nurture.document.tree import in_order
from nurture.document.yaml_text import read_yaml
from nurture.errors import Misconfigured

CALENDAR = "calendar.yaml"
"""The file's name; it is no sequence."""

_NAMED = re.compile(r"(.+?) +(\d{4})")


class QuietText(Written):
    """A time of every year in which nothing is sent."""

    name: str = Field(min_length=1, description="What it is called, for the reasons that are told.")
    begins: WrittenYearDay = Field(alias="from", description="Its first day, like 20 December.")
    ends: WrittenYearDay = Field(alias="to", description="Its last day, like 6 January.")
    countries: WrittenCountries = Field(
        default=frozenset(), description="Where it is quiet; without it everywhere."
    )
    but: Literal["greet"] | None = Field(
        default=None, alias="except", description="Greetings go all the same: greet."
    )

    def quiet(self) -> Quiet:
        """The time itself."""
        season = Season(self.name, self.begins, self.ends, self.countries)
        return Quiet(season, spares_greetings=self.but is not None)


class AwayText(Written):
    """Days on which the owner is away and nothing is sent in their name."""

    first: WrittenDate = Field(alias="from", description="The first day, like 2027-07-10.")
    last: WrittenDate = Field(alias="to", description="The last day.")
    why: str = Field(default="", description="For the reasons that are told.")

    @model_validator(mode="after")
    def _goes_forward(self) -> "AwayText":
        if self.last < self.first:
            raise ValueError("ends before it begins")
        return self


def _confirmed(written: object) -> Mapping[str, date]:
    days: dict[str, date] = {}
    for name, day in (written if isinstance(written, Mapping) else {"": ""}).items():
        found = _NAMED.fullmatch(str(name).strip())
        known = plain_name(found[1]) if found else ""
        if not found or not known:
            raise ValueError(f"write a holiday and its year, like Eid al-Fitr 2027, not {name!r}")
        days[f"{known} {found[2]}"] = read_date(day)
    return days


class HolidaysText(Written):
    """What the owner knows better than the tables."""

    confirmed: Annotated[
        Mapping[str, date],
        BeforeValidator(_confirmed),
        WithJsonSchema(
            {"type": "object", "additionalProperties": {"type": "string", "format": "date"}}
        ),
    ] = Field(default={}, description="The true days of estimated holidays, by name and year.")


class CalendarText(Written):
    """What all sequences of a folder share about the year; the file may be missing."""

    seasons: dict[str, SeasonText] = Field(
        default={}, description="Seasons that occasions may count from, by name."
    )
    quiet: list[QuietText] = Field(default=[], description="Times of every year without mail.")
    away: list[AwayText] = Field(default=[], description="When the owner is away.")
    holidays: HolidaysText = Field(
        default=HolidaysText(), description="What is known of single holidays."
    )

    def calendar(self) -> Calendar:
        """The value."""
        return Calendar(
            seasons=seasons_of(self.seasons),
            quiet=tuple(text.quiet() for text in self.quiet),
            away=tuple(Away(text.first, text.last, text.why) for text in self.away),
            confirmed=dict(self.holidays.confirmed),
        )


def read_calendar(text: str, file: str) -> Calendar:
    """The calendar that a YAML text means; raises Misconfigured with every problem in it."""
    document = read_yaml(text, file)
    problems = list(document.problems)
    if document.root is None and not problems:
        return Calendar()
    try:
        read = CalendarText.model_validate(document.root)
    except ValidationError as error:
        problems.extend(unless_said(complaints(error, document, CalendarText), problems))
        raise Misconfigured(in_order(problems)) from error
    if problems:
        raise Misconfigured(in_order(problems))
    return read.calendar()
