"""Single words of a condition: names of facts, and values that a contact can have."""

import re
from datetime import date

from nurture.core.condition.fact import HOLDERS, LISTS, NUMBERS, TEXTS
from nurture.core.contact import Relationship
from nurture.core.country import read_country
from nurture.core.merge_field import MEANT
from nurture.core.spelling import did_you_mean, listed

_NAMES = TEXTS | NUMBERS | LISTS
_OWN = re.compile(r"(?:custom|dates)\.[a-z][a-z0-9_]*")
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?")
_NO_LANGUAGE = "{!r} is no language: write its two letters, like en or de"


def refuse_unless(is_fine: bool, words: str) -> None:
    """Raises ValueError with these words unless all is fine."""
    if not is_fine:
        raise ValueError(words)


def read_name(written: str) -> str:
    """The fact of a contact that is meant; raises ValueError with the nearest."""
    name = written.casefold().replace("-", "_")
    if name in _NAMES or _OWN.fullmatch(name):
        return name
    if not written[:1].isalpha() or written.startswith(HOLDERS):
        raise ValueError(f"{written!r} is no fact: write one like country, or custom.NAME")
    meant = MEANT.get(name)
    hint = f"; did you mean {meant!r}?" if meant else did_you_mean(name, [*_NAMES, "silent"])
    raise ValueError(f"{written!r} is no fact of a contact{hint} (one of yours is custom.{name})")


def spelt(name: str, value: str) -> str:
    """The value as contacts have it; raises ValueError for one that no contact can have."""
    match name:
        case "country":
            return read_country(value)
        case "subdivision":
            return value.upper()
        case "language":
            refuse_unless(bool(re.fullmatch("[A-Za-z]{2}", value)), _NO_LANGUAGE.format(value))
            return value.lower()
        case "relationship":
            return _relationship(value)
        case "value":
            return f"{read_number(value):g}"
        case _:
            return read_day(value).isoformat() if name.startswith("dates.") else value


def _relationship(value: str) -> str:
    known = [each.replace("_", " ") for each in Relationship]
    word = " ".join(re.split(r"[\s_\-]+", value.casefold()))
    refuse_unless(
        word in known, f"{value!r} is no relationship: {listed(known)}{did_you_mean(word, known)}"
    )
    return word


def read_number(text: str) -> float:
    """The number that is written; raises ValueError with words."""
    refuse_unless(bool(_NUMBER.fullmatch(text)), f"{text!r} is no number, like 500")
    return float(text)


def read_day(text: str) -> date:
    """The day of "2027-03-31"; raises ValueError with words."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no day like 2027-03-31 (year, month, day)") from error
