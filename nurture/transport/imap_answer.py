"""Reads what an IMAP server answers and spells what it is asked (RFC 3501, 6154, 2342)."""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone

from nurture.value import frozen

# A response is cut by the protocol into protocol text (bytes) and literals (bytearray).
Part = bytes | bytearray

_UID_DIGITS = 10  # a UID has 32 bits (RFC 3501 2.3.1.1)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE_TIME = re.compile(r"\s?(\d{1,2})-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_LIST = re.compile(rb'LIST \(([^)]*)\) (?:"(\\?.)"|NIL) (.*)', re.DOTALL | re.IGNORECASE)
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_BODY_QUOTED = re.compile(rb'BODY\[\](?:<0>)? "((?:[^"\\]|\\.)*)"', re.DOTALL | re.IGNORECASE)
_LITERAL_MARK = re.compile(rb"\{\d+\}$")
_UTF7_SPELT = re.compile(r"&([^-]*)-")
_UTF7_NEEDED = re.compile(r"&|[^\x20-\x7e]+")
_PREFIX = re.compile(rb'NAMESPACE \(\("((?:[^"\\]|\\.)*)"', re.IGNORECASE)


@frozen
class Listed:
    """One line of LIST: the name as a person reads it, its attributes in lower case."""

    name: str
    attributes: frozenset[str]
    delimiter: str

    @property
    def leaf(self) -> str:
        """The last part of the name, in lower case."""
        name = self.name.rpartition(self.delimiter)[2] if self.delimiter else self.name
        return name.casefold()


@frozen
class Body:
    """One answered message; `raw` is at most as long as was asked for.

    `thread` is Gmail's X-GM-THRID, empty elsewhere.
    """

    uid: int
    raw: bytes
    size: int
    arrived_at: datetime | None
    thread: str = ""


def responses(parts: Sequence[Part]) -> Iterator[tuple[Part, ...]]:
    """The untagged responses of an answer, each with its literals, without the status line.

    Text that follows a literal belongs to the same response (RFC 3501 4.3), whatever it
    looks like: a message may well contain lines that look like protocol.
    """
    gathered: list[Part] = []
    for part in parts[:-1]:
        follows_literal = bool(gathered) and isinstance(gathered[-1], bytearray)
        if gathered and not follows_literal and not isinstance(part, bytearray):
            yield tuple(gathered)
            gathered = []
        gathered.append(part)
    if gathered:
        yield tuple(gathered)


def found_uids(parts: Sequence[Part]) -> tuple[int, ...]:
    """The UIDs of a SEARCH answer, ascending, each once; servers repeat and shuffle them."""
    words = [
        word
        for response in responses(parts)
        if response[0][:6].upper() == b"SEARCH"
        for word in response[0][6:].split()
    ]
    numbers = {int(word) for word in words if word.isdigit() and len(word) <= _UID_DIGITS}
    return tuple(sorted(numbers))


def number_after(key: str, parts: Sequence[Part]) -> int | None:
    """The number behind a word such as UIDNEXT, wherever in the answer it stands."""
    pattern = re.compile(rb"\b%s (\d{1,20})\b" % key.encode("ascii"), re.IGNORECASE)
    for part in parts:
        if not isinstance(part, bytearray) and (match := pattern.search(part)):
            return int(match[1])
    return None


def fetched_body(uid: int, parts: Sequence[Part]) -> Body | None:
    """The message of this UID; None where the answer has none (expunged in the meantime)."""
    for response in responses(parts):
        literals = [bytes(part) for part in response if isinstance(part, bytearray)]
        text = b" ".join(part for part in response if not isinstance(part, bytearray))
        if not literals and (quoted := _BODY_QUOTED.search(text)):
            literals = [_unescaped(quoted[1])]
            text = text.replace(quoted[0], b"")
        if not literals or number_after("UID", (text,)) != uid:
            continue
        size = number_after("RFC822.SIZE", (text,))
        raw = literals[-1]
        thread = number_after("X-GM-THRID", (text,))
        size = max(size or 0, len(raw))
        return Body(uid, raw, size, _internal_date(text), str(thread or ""))
    return None


def fetched_headers(parts: Sequence[Part]) -> tuple[bytes, ...]:
    """The header excerpts of an answer to FETCH, in the server's order."""
    return tuple(
        bytes(part)
        for response in responses(parts)
        for part in response
        if isinstance(part, bytearray)
    )


def listed_folders(parts: Sequence[Part]) -> tuple[Listed, ...]:
    """The folders of a LIST answer that can be opened, in the server's order."""
    folders = (_listed(response) for response in responses(parts))
    return tuple(
        folder
        for folder in folders
        if folder and not folder.attributes & {"\\noselect", "\\nonexistent"}
    )


def personal_prefix(parts: Sequence[Part]) -> str:
    """The prefix under which the user's own folders live, such as `INBOX.` (RFC 2342)."""
    match = _PREFIX.search(b" ".join(bytes(part) for part in parts))
    return _decoded(_unescaped(match[1])) if match else ""


def spelt(name: str) -> str:
    """A folder's name in modified UTF-7 (RFC 3501 5.1.3), quoted."""
    return quoted(_UTF7_NEEDED.sub(_utf7, name))


def quoted(text: str) -> str:
    """A quoted string (RFC 3501 4.3); the protocol refuses NUL, CR and LF in it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def spelt_date(day: date) -> str:
    """A day as SEARCH wants it, in English whatever the locale (RFC 3501 date)."""
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year:04d}"


def spelt_instant(at: datetime) -> str:
    """An aware instant as APPEND wants it, in UTC (RFC 3501 date-time)."""
    utc = at.astimezone(UTC)
    return f'"{utc.day:02d}-{_MONTHS[utc.month - 1]}-{utc.year:04d} {utc:%H:%M:%S} +0000"'


def words_of(status: Part) -> str:
    """The server's own words from a status line, cut to a length that can be shown."""
    return bytes(status[:300]).decode("utf-8", "replace").strip()


def _listed(response: tuple[Part, ...]) -> Listed | None:
    match = _LIST.match(bytes(response[0]))
    if match is None:
        return None
    attributes = frozenset(match[1].decode("ascii", "replace").casefold().split())
    delimiter = match[2][-1:].decode("ascii", "replace") if match[2] else ""
    spelling = match[3].strip()
    if _LITERAL_MARK.search(spelling) and len(response) > 1:
        spelling = bytes(response[1])
    elif inner := _QUOTED.fullmatch(spelling):
        spelling = _unescaped(inner[1])
    return Listed(_decoded(spelling), attributes, delimiter)


def _internal_date(text: bytes) -> datetime | None:
    found = re.search(rb'INTERNALDATE "([^"]*)"', text, re.IGNORECASE)
    match = _DATE_TIME.fullmatch(found[1].decode("ascii", "replace")) if found else None
    if match is None or match[2].title() not in _MONTHS:
        return None
    minutes = int(match[8]) * 60 + int(match[9])
    offset = timedelta(minutes=-minutes if match[7] == "-" else minutes)
    year, month, day = int(match[3]), _MONTHS.index(match[2].title()) + 1, int(match[1])
    clock = (int(match[4]), int(match[5]), int(match[6]))
    try:
        return datetime(year, month, day, *clock, tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _unescaped(text: bytes) -> bytes:
    return re.sub(rb"\\(.)", rb"\1", text, flags=re.DOTALL)


def _utf7(match: re.Match[str]) -> str:
    if match[0] == "&":
        return "&-"
    coded = b64encode(match[0].encode("utf-16-be")).decode("ascii")
    return "&" + coded.rstrip("=").replace("/", ",") + "-"


def _decoded(spelling: bytes) -> str:
    text = spelling.decode("utf-8", "replace")  # some servers send raw UTF-8 (RFC 6855)
    return _UTF7_SPELT.sub(_from_utf7, text)


def _from_utf7(match: re.Match[str]) -> str:
    if not match[1]:
        return "&"
    coded = match[1].replace(",", "/")
    try:
        return b64decode(coded + "=" * (-len(coded) % 4)).decode("utf-16-be")
    except (Base64Error, ValueError):
        return match[0]
