"""A date written out, as it stands above a letter in its reader's language."""

import tomllib
from collections.abc import Mapping
from dataclasses import field
from datetime import date
from functools import cache
from importlib.resources import files

from nurture.value import frozen


@frozen
class _Language:
    pattern: str
    months: str
    first: str = "1"
    regions: Mapping[str, str] = field(default_factory=dict)


def long_date(day: date, language: str, country: str = "") -> str:
    """The date in that language (ISO 639-1), as readers in that country write it.

    In a language that we do not know it is ISO 8601, which everybody can read.
    """
    known = _languages().get(language)
    if known is None:
        return day.isoformat()
    pattern = known.regions.get(country, known.pattern)
    month = known.months.split()[day.month - 1].replace("_", " ")
    number = known.first if day.day == 1 else str(day.day)
    return pattern.format(day=number, month=month, year=day.year)


@cache
def _languages() -> Mapping[str, _Language]:
    text = files(__package__).joinpath("long_date.toml").read_text("utf-8")
    return {name: _Language(**table) for name, table in tomllib.loads(text).items()}
