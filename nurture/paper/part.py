"""The parts of a letter's text: paragraphs, lists, quotations, and what stands around the name."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from nurture.value import frozen

_ITEM: Final = re.compile(r"(?:- |(\d{1,3})\. )(.*)")
_FEW_WORDS: Final = 60


class Kind(StrEnum):
    """How a part is set."""

    PARAGRAPH = "paragraph"
    BULLETS = "bullets"
    NUMBERS = "numbers"
    QUOTATION = "quotation"


@frozen
class Part:
    """Lines that belong together, or the items of a list, each with its lines."""

    kind: Kind
    lines: tuple[str, ...] = ()
    items: tuple[tuple[str, ...], ...] = ()
    start: int = 1


@frozen
class Text:
    """A letter: its parts, the closing words, and the name that the signature stands above."""

    parts: tuple[Part, ...]
    closing: tuple[Part, ...]
    name: tuple[str, ...]


def text_of(written: str, signer: str) -> Text:
    """The parts of a letter whose last paragraph is the signer's name or a part of it, or is not.

    The closing words in front of the name go with it: a page never begins with a name alone.
    """
    blocks = re.split(r"\n{2,}", written.strip("\n"))
    parts = [_part(block.split("\n")) for block in blocks if block.strip()]
    name: tuple[str, ...] = ()
    if parts and parts[-1].kind is Kind.PARAGRAPH:
        last = parts[-1].lines
        # Also below a closing of one paragraph: "Yours,\nAnna Example".
        at = next((at for at, line in enumerate(last) if _names(line, signer)), None)
        if at is not None:
            name, before = last[at:], last[:at]
            parts[-1:] = [Part(Kind.PARAGRAPH, before)] if before else []
    is_closing = bool(parts) and parts[-1].kind is Kind.PARAGRAPH and _is_short(parts[-1].lines)
    cut = len(parts) - 1 if name and is_closing else len(parts)
    return Text(tuple(parts[:cut]), tuple(parts[cut:]), name)


def _names(line: str, signer: str) -> bool:
    """Whether the line is the signer's name, or a part of it."""
    words = line.split()
    return bool(words) and set(words) <= set(signer.split())


def _is_short(lines: Sequence[str]) -> bool:
    return sum(map(len, lines)) <= _FEW_WORDS


def _part(lines: Sequence[str]) -> Part:
    first = _ITEM.fullmatch(lines[0])
    if first:
        return _list(lines, first[1])
    if all(line.startswith(">") for line in lines):
        return Part(Kind.QUOTATION, tuple(line.lstrip("> ") for line in lines))
    return Part(Kind.PARAGRAPH, tuple(lines))


def _list(lines: Sequence[str], number: str | None) -> Part:
    items: list[list[str]] = []
    for line in lines:
        found = _ITEM.fullmatch(line)
        if found:
            items.append([found[2]])
        else:
            items[-1].append(line.strip())
    kind = Kind.NUMBERS if number else Kind.BULLETS
    return Part(kind, items=tuple(map(tuple, items)), start=int(number or 1))
