"""Plain text in lines that a phone and a terminal show whole."""

import re
from collections.abc import Iterator
from unicodedata import east_asian_width, normalize

COLUMNS = 76
_LINK = re.compile(r"https?://\S+|\S+@\S+")


def width(text: str) -> int:
    """Columns of a terminal: a wide letter takes two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in normalize("NFC", text))


def wrapped(text: str, indent: str = "", columns: int = COLUMNS) -> list[str]:
    """The text in lines of at most so many columns, each behind the indent; blank lines stay.

    A word that is longer than a line is broken, but for a link or an address.
    """
    room = columns - width(indent)
    lines = []
    for paragraph in text.expandtabs(4).splitlines() or [""]:
        before = paragraph[: len(paragraph) - len(paragraph.lstrip())][: room // 2]
        lines += _filled(paragraph.split(), before, room) or [""]
    return [f"{indent}{line}".rstrip() for line in lines]


def row(label: str, text: str) -> list[str]:
    """A label and what belongs to it, its further lines set in."""
    first, *rest = wrapped(f"{label}: {' '.join(text.split())}", columns=COLUMNS - 2)
    return [first, *(f"  {line}" for line in rest)]


def _filled(words: list[str], before: str, room: int) -> list[str]:
    lines: list[str] = []
    line = before
    for word in (piece for each in words for piece in _pieces(each, room - width(before))):
        joined = f"{line} {word}" if line.strip() else f"{line}{word}"
        if width(joined) <= room or not line.strip():
            line = joined
        else:
            lines.append(line)
            line = before + word
    return [*lines, line] if line.strip() else lines


def _pieces(word: str, room: int) -> Iterator[str]:
    if width(word) <= room or _LINK.fullmatch(word):
        yield word
        return
    piece = ""
    for sign in word:
        if width(piece + sign) > room:
            yield piece
            piece = ""
        piece += sign
    yield piece
