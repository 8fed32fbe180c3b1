"""The words of commands, read from `phrases/commands.toml` and folded for comparing."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final, cast

from nurture.mail.words.command import Verb
from nurture.mail.words.date_words import fold

_TABLE: Final = tomllib.loads(
    files("nurture.mail.words").joinpath("phrases", "commands.toml").read_text("utf-8")
)


@cache
def verbs() -> Mapping[str, Verb]:
    """Every phrase, folded, with what it asks for."""
    return {words: Verb(name) for words, name in _phrases("verbs").items()}


@cache
def channels() -> Mapping[str, str]:
    """Every word for a way to reach somebody, folded, with its name in the core."""
    return _phrases("channels")


@cache
def finished() -> Mapping[str, str]:
    """Every word that says both how somebody was reached and that it is done."""
    return _phrases("finished")


def frame(where: str) -> tuple[str, ...]:
    """Words of courtesy `before` or `behind` a command."""
    return _list("frame", where)


def day_words(name: str) -> tuple[str, ...]:
    """A list of the words around a day."""
    return _list("day", name)


@cache
def currencies() -> Mapping[str, str]:
    """Every sign or word of a currency, folded, with its code (ISO 4217)."""
    table = cast("dict[str, list[str]]", _TABLE["money"]["currencies"])
    return {fold(word): code for code, words in table.items() for word in words}


def thousands() -> tuple[str, ...]:
    """What multiplies the figure before it by a thousand."""
    return _list("money", "thousands")


def _list(table: str, name: str) -> tuple[str, ...]:
    return tuple(fold(word) for word in cast("list[str]", _TABLE[table][name]))


def _phrases(table: str) -> dict[str, str]:
    rows = cast("dict[str, dict[str, list[str]]]", _TABLE[table])
    return {
        fold(words): name
        for name, languages in rows.items()
        for row in languages.values()
        for words in row
    }
