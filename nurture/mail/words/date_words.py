"""The words around dates, read from `phrases/dates.toml` and folded for comparing."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from importlib.resources import files
from typing import Final, cast

_TABLE: Final = tomllib.loads(
    files("nurture.mail.words").joinpath("phrases", "dates.toml").read_text("utf-8")
)
_FIRST_UNFOLDED: Final = 0x2010
_QUOTES: Final = str.maketrans("’‘´`＇", "'''''")


def _base(sign: str) -> str:
    if ord(sign) >= _FIRST_UNFOLDED and not "\uff00" <= sign <= "\uffef":
        return sign.lower()[:1]
    return unicodedata.normalize("NFKD", sign.lower())[:1] or sign


def fold(text: str) -> str:
    """The text without case and accents, as many characters long as before."""
    plain = text.translate(_QUOTES)
    return plain.lower() if plain.isascii() else "".join(map(_base, plain))


def rows(table: str) -> dict[str, tuple[str, ...]]:
    """A table of the file, folded: language to phrases."""
    found = cast("dict[str, list[str]]", _TABLE[table])
    return {language: tuple(fold(words) for words in row) for language, row in found.items()}


def words(name: str) -> tuple[str, ...]:
    """A list of the file, folded."""
    return tuple(fold(word) for word in cast("list[str]", _TABLE[name]))


def numbered(table: str) -> dict[str, int]:
    """A table whose entries are numbered from one (months, weekdays, seasons, numerals)."""
    return {
        word: place
        for row in rows(table).values()
        for place, alternatives in enumerate(row, start=1)
        for word in alternatives.split("|")
    }


def speakers(table: str) -> dict[str, frozenset[str]]:
    """Each word of a table (alternatives taken apart) with the languages that have it."""
    found: dict[str, set[str]] = {}
    for language, row in rows(table).items():
        for word in (word for words in row for word in words.split("|")):
            found.setdefault(word, set()).add(language)
    return {word: frozenset(languages) for word, languages in found.items()}


def any_of(phrases: Iterable[str]) -> str:
    """A pattern for any of the phrases, the longest first, with any blanks between words."""
    ordered = sorted(set(phrases), key=lambda words: (-len(words), words))
    return "(?:" + "|".join(re.escape(each).replace(r"\ ", r"\s+") for each in ordered) + ")"


def flat(table: str) -> list[str]:
    """All phrases of a table, of every language."""
    return [words for row in rows(table).values() for words in row]
