"""Paragraphs as lines that mail programs join again, to the width of the reader's own window."""

from collections.abc import Iterator
from typing import Final

_WIDTH: Final = 72  # RFC 3676 section 4.2 asks for 78 at most, and suggests 72
_SEPARATOR: Final = "-- "  # section 4.3: no soft break, for all that it ends in a blank


def flowed(text: str) -> str:
    """The text in lines of at most 72 characters, as `format=flowed` means them (RFC 3676).

    A line that ends in a blank goes on in the next one; no word, and so no link, is ever broken.
    Quotations and the separator of the signature stay lines of their own.
    """
    return "\n".join(part for line in text.split("\n") for part in _broken(line))


def _broken(line: str) -> Iterator[str]:
    if line == _SEPARATOR:
        yield line
        return
    line = line.rstrip(" ")
    if line.startswith(">"):
        yield line
        return
    line = _stuffed(line)
    while len(line) > _WIDTH and (at := _break_in(line)):
        yield line[:at]
        line = _stuffed(line[at:])
    yield line


def _break_in(line: str) -> int:
    """Behind which blank the line is broken; 0 where there is none to break it at."""
    last = line.rfind(" ", 1, _WIDTH)
    at = last if last > 0 and line[:last].strip(" ") else line.find(" ", _WIDTH)
    is_fit = at > 0 and line[at:].strip(" ") and line[: at + 1] != _SEPARATOR
    return at + 1 if is_fit else 0


def _stuffed(line: str) -> str:
    """Section 4.4: one more blank in front of what would mean something else."""
    return f" {line}" if line.startswith((" ", ">", "From ")) else line
