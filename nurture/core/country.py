"""The countries of ISO 3166, and the words for one that is not among them."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def countries() -> Mapping[str, str]:
    """Every country's English name by its two letters, from the table the tz database ships."""
    table = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and line[0] != "#")
    return {row[0]: row[1] for row in rows}


def read_country(text: str) -> str:
    """The two letters of a country; raises ValueError with words, which know the country's name."""
    known = countries()
    if text.upper() in known:
        return text.upper()
    code = next((code for code, name in known.items() if name.casefold() == text.casefold()), None)
    hint = f" like {code}" if code else " like DE or US"
    raise ValueError(f"{text!r} is no country: write its two letters,{hint}")
