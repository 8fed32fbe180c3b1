"""Quoted-printable (RFC 2045 section 6.7): of a line, and of a text that has gaps for values."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from nurture.mail.write.field import WIDTH, BadHeader

_ROOM: Final = 40  # columns that are kept for whatever comes into a gap
_LONGEST: Final = 75  # columns of a line, and one more for the sign that it goes on
_DOT: Final = "=2E"
_OCTETS: Final = tuple(
    chr(byte) if chr(byte).isascii() and chr(byte).isprintable() and byte != ord("=")
    else f"={byte:02X}"
    for byte in range(256)
)  # fmt: skip


@lru_cache(maxsize=1024)
def spelt(line: str) -> tuple[bool, str]:
    """Whether the line may travel as it is, and how it travels where it may not; no line ends.

    Most lines of a mail are the same for everybody.  Raises BadHeader for half a character.
    """
    try:
        quoted = _broken(_whole(line))
    except UnicodeEncodeError:
        raise BadHeader("Content-Type", "cannot name a charset for half a character") from None
    return _fits(line) and not line.startswith("."), quoted


def around_gaps(pieces: Sequence[str]) -> tuple[str, ...]:
    """The pieces of a text in quoted-printable, with room between them for what `in_gaps` gives.

    Empty where the text could also travel as it is: that hangs on what comes into the gaps.
    """
    if all(_fits(line) for piece in pieces for line in piece.split("\n")):
        return ()
    out: list[str] = []
    column = 0
    for number, piece in enumerate(pieces, 1):
        *ended, last = piece.split("\n")
        lines = [*map(_whole, ended), _whole(last) if number == len(pieces) else _octets(last)]
        wire = "\r\n".join((_broken(lines[0], column), *map(_broken, lines[1:])))
        _, end, tail = wire.rpartition("\r\n")
        column = len(tail) + (0 if end else column)
        if column + _ROOM > _LONGEST:
            wire, column = f"{wire}=\r\n", 0
        column += _ROOM
        out.append(wire)
    return tuple(out)


def in_gaps(values: Sequence[str], together: str = "") -> Sequence[str]:
    """The values as they come into gaps, each one line without blanks around it, and none empty.

    `together` holds all of them, each behind a blank, where that is known and printable.  Raises
    UnicodeEncodeError for half a character.
    """
    is_plain = together and "=" not in together and " ." not in together
    if not is_plain or [each for each in values if len(each) > _ROOM]:
        return list(map(_in_gap, values))
    if together.isascii():
        return values
    return [each if each.isascii() else _in_gap(each) for each in values]


@lru_cache(maxsize=1024)
def _in_gap(value: str) -> str:
    quoted = _undotted(_octets(value))  # the gap may stand at the beginning of a line
    if len(quoted) <= _ROOM:
        return quoted
    # The last octet behind the break, so that what comes after the gap begins no line.
    last = -len("=XX") if quoted[-len("=XX")] == "=" else -1
    return f"=\r\n{_broken(quoted[:last])}=\r\n{_undotted(quoted[last:])}"


def _fits(line: str) -> bool:
    # "=_" opens every boundary of ours and cannot stand in quoted-printable: no text ends its part.
    is_plain = line.isascii() and line.replace("\t", "").isprintable()
    return is_plain and len(line) <= WIDTH and "=_" not in line


def _octets(words: str) -> str:
    if words.isascii() and words.isprintable():
        return words.replace("=", "=3D")
    return "".join(map(_OCTETS.__getitem__, words.encode()))


def _whole(line: str) -> str:
    """A line to its end, where no blank may stand (rule 3)."""
    quoted = _octets(line)
    return f"{quoted[:-1]}=20" if quoted.endswith(" ") else quoted


def _undotted(quoted: str) -> str:
    """The beginning of a line, where a dot would have to be doubled (RFC 5321 section 4.5.2)."""
    return f"{_DOT}{quoted[1:]}" if quoted.startswith(".") else quoted


def _broken(quoted: str, column: int = 0) -> str:
    """Soft line breaks, none of which cuts an octet in two (rule 5); it begins in this column."""
    quoted = quoted if column else _undotted(quoted)
    if column + len(quoted) <= _LONGEST:
        return quoted
    pieces: list[str] = []
    start, end = 0, _LONGEST - column
    while end < len(quoted):
        octet = quoted.find("=", max(start, end - 2), end)
        end = end if octet < 0 else octet
        pieces.append(quoted[start:end])
        longer = len(_DOT) - 1 if quoted[end] == "." else 0
        start, end = end, end + _LONGEST - longer
    first, *others = (*pieces, quoted[start:])
    return "=\r\n".join((first, *map(_undotted, others)))
