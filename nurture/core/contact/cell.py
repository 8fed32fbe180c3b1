"""What stands in one cell of somebody's table, read as the value of its field."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from nurture.core.contact.person import Basis, LegalForm, Relationship
from nurture.core.country import read_country
from nurture.core.spelling import did_you_mean, listed

_W = TypeVar("_W", bound=StrEnum)
_KINDS: Mapping[type[StrEnum], str] = {
    Relationship: "relationship",
    LegalForm: "legal form",
    Basis: "basis of a consent",
}
_PART = re.compile("(?:([A-Z]{2})-)?([A-Z0-9]{1,3})")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_EMPTY_WORDS = frozenset(("#n/a", "#ref!", "#name?", "#value!", "null", "n/a", "undefined", "nan"))
_LONGEST = {"notes": 20_000}
_LONG = 500


class Unusable(ValueError):
    """A text that is no value of its field, with words for whoever wrote it."""


def fault_of(field: str, text: str) -> str | None:
    """Why nothing of this text may be used, whatever its field; None where nothing is odd."""
    longest = _LONGEST.get(field, _LONG)
    if len(text) > longest:
        return f"longer than {longest} characters"
    if any(ord(sign) < ord(" ") and sign not in "\t\r\n" for sign in text):
        return "a control character in it"
    if text.casefold() in _EMPTY_WORDS:
        return f"{text!r} is a program's word for nothing: leave the cell empty"
    return None


def read_date(text: str) -> date:
    """The day; ISO 8601 only, since 03/04 means two days."""
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError as error:
        raise Unusable(f"{text!r} is no day of the calendar") from error
    raise Unusable(f"{text!r} is not a date like 2026-03-31 (year, month, day)")


def read_member(words: type[_W], text: str) -> _W:
    """The word of this closed set, however it is cased and joined."""
    word = re.sub(r"[\s\-]+", "_", text.lower())
    try:
        return words(word)
    except ValueError as error:
        kind = _KINDS[words]
        hint = did_you_mean(word, words)
        raise Unusable(f"{text!r} is no {kind}: {listed(words)}{hint}") from error


def read_yes_no(text: str) -> bool:
    """Whether it says yes."""
    if text.lower() not in {"yes", "no"}:
        raise Unusable(f"{text!r} is neither yes nor no")
    return text.lower() == "yes"


def read_number(text: str) -> int:
    """The whole number."""
    try:
        return int(text)
    except ValueError as error:
        raise Unusable(f"{text!r} is not a whole number") from error


def country_of(text: str) -> str:
    """The country's two letters (ISO 3166)."""
    try:
        return read_country(text)
    except ValueError as error:
        raise Unusable(str(error)) from error


def subdivision_reader(country: str) -> Callable[[str], str]:
    """Reads the part of that country, as ISO 3166-2 has it with the country or without."""

    def read(text: str) -> str:
        found = _PART.fullmatch(text.upper())
        if not found:
            raise Unusable(f"{text!r} is no part of a country: write its code, like CA or BY")
        if found[1] and found[1] != country.upper():
            raise Unusable(
                f"{text!r} names a country: write {found[1]} into country, {found[2]} here"
            )
        return found[2]

    return read


def read_language(text: str) -> str:
    """The language's two letters."""
    if not re.fullmatch("[a-z]{2}", text.lower()):
        raise Unusable(f"{text!r} is no language: write its two letters, like en or de")
    return text.lower()


def read_zone(text: str) -> str:
    """The name, if the tz database knows it."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        hint = did_you_mean(text, available_timezones())
        raise Unusable(f"{text!r} is no time zone, like Europe/Berlin{hint}") from error
    return text


def read_list(text: str) -> tuple[str, ...]:
    """The parts between commas or semicolons, each once."""
    return tuple(dict.fromkeys(part.strip() for part in re.split("[;,]", text) if part.strip()))


def read_lines(text: str) -> str:
    """Lines, which a table may join by semicolons."""
    return "\n".join(words for part in re.split("[;\n]", text) if (words := read_words(part)))


def read_words(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())
