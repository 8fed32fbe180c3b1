"""Phrases of many languages, kept as data and found in text as a reader would: by whole words."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

from nurture.value import frozen

LIMIT: Final = 16 * 1024
"""Characters of a text that are searched; nobody opts out after the tenth page."""

_GAP: Final = r"(?:[^.!?\n]|\.(?=\S)|(?<=\d)\.){0,60}?"
_FOLDED_LETTERS: Final = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "`": "'",
        "´": "'",
        "ʼ": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "–": "-",
        "—": "-",
        "\u200b": None,
        "\ufeff": None,
        "\xad": None,
    }
)
_MARKS: Final = dict.fromkeys(range(0x300, 0x370))  # combining accents


def fold(text: str) -> str:
    """The text as it is compared: no case, no accents, one kind of quote, single blanks.

    A wrapped line reads on; only blank lines stay, so that no phrase spans two paragraphs.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text[:LIMIT].translate(_FOLDED_LETTERS))
        text = text.translate(_MARKS).casefold().translate(_FOLDED_LETTERS)
    else:
        text = text[:LIMIT].casefold()
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return re.sub(r"(?<=\S)\n(?=\S)", " ", "\n".join(lines))


@frozen
class Phrase:
    """One phrase: ` * ` stands for some words of one sentence, a closing `~` for any ending."""

    language: str
    words: str
    anchor: str

    @classmethod
    def of(cls, language: str, written: str) -> "Phrase":
        """Reads a phrase as it stands in a data file."""
        longest = max(_bare(written).split(" * "), key=len).strip()
        # Most are their own anchor: one string serves for both.
        return cls(language, written, written if longest == written else longest)

    def search(self, folded: str) -> re.Match[str] | None:
        """Where the phrase stands in an already folded text."""
        return _compiled(self.words).search(folded) if self.anchor in folded else None

    def opens(self, folded: str) -> re.Match[str] | None:
        """Whether an already folded text begins with the phrase."""
        return _compiled(self.words).match(folded) if self.anchor in folded else None


def _bare(written: str) -> str:
    return fold(written.rstrip("~").strip())


@cache
def _compiled(written: str) -> re.Pattern[str]:
    """Most of the thousands of phrases are never met: a pattern is made when its anchor is."""
    folded = _bare(written)
    pieces = [re.escape(piece.strip()) for piece in folded.split(" * ")]
    body = (r"\b" + _GAP + r"\b").join(pieces)
    # Scripts without blanks between words have no word borders to ask for.
    spaced = max(folded) < "\u0e00"
    before = r"(?<!\w)" if spaced and folded[0].isalnum() else ""
    after = r"(?!\w)" if spaced and folded[-1].isalnum() else ""
    if written.endswith("~"):
        after = r"\w{0,40}"
    return re.compile(before + body + after)


class Phrases:
    """A group of phrases that mean the same, over all languages."""

    __slots__ = ("_phrases",)

    def __init__(self, by_language: dict[str, list[str]]) -> None:
        self._phrases = tuple(
            Phrase.of(language, written)
            for language, several in by_language.items()
            for written in several
        )

    def __iter__(self) -> Iterator[Phrase]:
        """Every phrase, in the order of the data."""
        return iter(self._phrases)

    def find(self, folded: str) -> str:
        """The words of the first phrase that stands in an already folded text, or `""`."""
        for phrase in self._phrases:
            if match := phrase.search(folded):
                return match[0]
        return ""

    def several(self, folded: str, most: int) -> tuple[str, ...]:
        """The words of the first `most` different phrases that stand in an already folded text."""
        found: list[str] = []
        for phrase in self._phrases:
            if phrase.search(folded):
                found.append(phrase.words)
                if len(found) == most:
                    break
        return tuple(found)

    def languages(self, folded: str) -> dict[str, str]:
        """The first words found per language, so that two cues can be asked of one language."""
        found: dict[str, str] = {}
        for phrase in self._phrases:
            if phrase.language not in found and (match := phrase.search(folded)):
                found[phrase.language] = match[0]
        return found

    def opens(self, folded: str) -> str:
        """The phrase with which an already folded text begins, or `""`."""
        for phrase in self._phrases:
            if match := phrase.opens(folded):
                return match[0]
        return ""


@cache
def phrases(package: str, name: str) -> dict[str, Phrases]:
    """The groups of `phrases/<name>.toml`, read once; each is a table of `language = [...]`."""
    text = files(package).joinpath("phrases", f"{name}.toml").read_text("utf-8")
    return {group: Phrases(rows) for group, rows in tomllib.loads(text).items()}


@cache
def by_language(package: str) -> dict[str, Phrases]:
    """The groups of all `phrases/<language>.toml` of a package, read once: `group = [...]`."""
    groups: dict[str, dict[str, list[str]]] = {}
    folder = files(package).joinpath("phrases")
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        language, dot, suffix = file.name.rpartition(".")
        if dot and suffix == "toml":
            for group, rows in tomllib.loads(file.read_text("utf-8")).items():
                groups.setdefault(group, {})[language] = rows
    return {group: Phrases(rows) for group, rows in groups.items()}
