"""The words around a promise, read from `phrases/promises.toml` and ready for comparing."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Final

from nurture.mail.words.date_words import any_of
from nurture.mail.words.due import plain

_TABLE: Final[dict[str, dict[str, Any]]] = tomllib.loads(
    files("nurture.mail.words").joinpath("phrases", "promises.toml").read_text("utf-8")
)
# German may be typed without umlauts; both sides are compared without the e.
_DIGRAPH: Final = re.compile(r"(?<=[aou])e(?=[bcdfghklmnprstwz])")
_NEVER: Final = re.compile(r"(?!)")


def spelled(text: str, language: str) -> str:
    """The text as the words of that language are compared: of German umlauts, vowels remain."""
    folded = plain(text)
    return _DIGRAPH.sub("", folded) if language == "de" else folded


def words(language: str, table: str) -> tuple[str, ...]:
    """A list of the file."""
    found: list[str] = _TABLE[language].get(table, [])
    return tuple(spelled(word, language) for word in found)


def rewritten(text: str, language: str) -> str:
    """The text, spelled, with what stands in the way of reading put plainly."""
    text = spelled(text, language)
    for pattern, to in _rewrites(language):
        text = pattern.sub(to, text)
    return text


@cache
def _rewrites(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    rows: list[tuple[str, str]] = _TABLE[language]["rewrite"]
    longest_first = sorted(rows, key=lambda row: -len(row[0]))
    return tuple((whole([spelled(said, language)]), to) for said, to in longest_first)


def whole(
    phrases: Iterable[str], before: str = r"(?<![\w'])", after: str = r"(?![\w])"
) -> re.Pattern[str]:
    """Finds any of the phrases as whole words; of none, nothing."""
    listed = list(phrases)
    return re.compile(f"{before}{any_of(listed)}{after}") if listed else _NEVER


@cache
def table(language: str, name: str) -> re.Pattern[str]:
    """Finds any phrase of a list of the file."""
    return whole(words(language, name))


@cache
def opening(language: str, name: str) -> re.Pattern[str]:
    """Finds a phrase of a list of the file where a sentence, or a clause behind a comma, begins."""
    listed = any_of(words(language, name))
    return re.compile(rf"(?:.*?[,;:.]\s+)?(?:(?:so|just|also|once|ja|und|et) )?{listed}(?!\w)")


class Pattern:
    """A pattern that is compiled when it is first asked for: few mails are in three languages."""

    __slots__ = ("_compiled", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self._compiled: re.Pattern[str] | None = None

    def search(self, text: str) -> re.Match[str] | None:
        """Where the text has it."""
        if self._compiled is None:
            self._compiled = re.compile(self.source)
        return self._compiled.search(text)


Verb = tuple[Pattern, re.Pattern[str] | None]
"""How a verb is found, and what must stand in the clause besides."""


def fits(verb: Verb, clause: str) -> bool:
    """Whether the clause has the verb, and beside it what the verb needs to be a promise."""
    pattern, beside = verb
    if beside is not None and not beside.search(clause):
        return False
    return pattern.search(clause) is not None


@cache
def verbs(language: str, name: str) -> tuple[tuple[tuple[str, ...], re.Pattern[str] | None], ...]:
    """The verbs of a list, each with its forms, and what must stand in the clause besides."""
    found = []
    for row in _TABLE[language][name]:
        *forms, last = row.split("|")
        count = 2 if language == "de" else 5
        has_more = len(forms) == count
        forms = forms if has_more else [*forms, last]
        beside = whole(spelled(word, language) for word in last.split(",")) if has_more else None
        found.append((tuple(spelled(form, language) for form in forms), beside))
    return tuple(found)
