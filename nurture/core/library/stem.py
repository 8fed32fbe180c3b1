"""The words of a text brought to their roots, lightly, for English and German alike."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Final

_WORD: Final = re.compile(r"\w+")
_SHORTEST: Final = 3  # letters that a root keeps
_DOUBLED: Final = re.compile(r"([bdgklmnprt])\1$")

# The longer ending first; each with the letters that must stand before it.
_ENDINGS: Final = (
    ("ments", 4), ("ment", 4), ("ungen", 4), ("heiten", 4), ("keiten", 4), ("erinnen", 4),
    ("ung", 4), ("heit", 4), ("keit", 4), ("erin", 4), ("lich", 4), ("isch", 4), ("ings", 3),
    ("ions", 5), ("ing", 3), ("ion", 5), ("ern", 4), ("ers", 4), ("ed", 3), ("em", 4), ("er", 4),
    ("en", 3), ("es", 3), ("ly", 4), ("e", 3), ("n", 4), ("s", 3),
)  # fmt: skip

_SILENT: Final = frozenset(
    word
    for listed in tomllib.loads(
        files(__package__).joinpath("silent.toml").read_text("utf-8")
    ).values()
    for word in str(listed).split()
)
"""What says nothing about a text's subject."""


def words(text: str) -> Iterator[tuple[str, str]]:
    """Each word that says something: its root, and how it is written."""
    for written in _WORD.findall(text):
        plain = _plain(written)
        if len(plain) > 1 and plain not in _SILENT and not plain.isdigit():
            yield stem(plain), written


def roots(text: str) -> tuple[str, ...]:
    """The roots of the words that say something, in their order."""
    return tuple(root for root, _ in words(text))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The root of a plain word: the same for its plural, its cases and its nearest kin."""
    if word.endswith("ies") and len(word) > _SHORTEST + 2:
        return word[:-3] + "y"
    for ending, least in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= least and not word.endswith("ss"):
            word = word[: -len(ending)]
            break
    if len(word) > _SHORTEST:
        word = word.removesuffix("e") if not word.endswith("ee") else word
        word = _DOUBLED.sub(r"\1", word)
    return word


@lru_cache(maxsize=65536)
def _plain(word: str) -> str:
    """Without case and marks: Zahlungsausfälle and zahlungsausfalle are one."""
    spread = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in spread if not unicodedata.combining(sign))
