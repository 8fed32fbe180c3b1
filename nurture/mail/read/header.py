"""The header section of a message: unfolded, decoded, never trusted to be well formed."""

import binascii
import quopri
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from nurture.mail.read.charset import decode

LIMIT: Final = 64 * 1024
"""Bytes of header section that are read (reliability.md section 8)."""

ADDRESS_LIMIT: Final = 200
"""Addresses read from one field: 20,000 of them cost the standard library 6.7 s."""

_FIELD: Final = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]*")
# One bounded, linear pattern: the standard library's own may look at a line once per "=?".
_WORD: Final = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,4000})\?=")
_BETWEEN_WORDS: Final = re.compile(r"\?=[ \t\r\n]{1,40}=\?")
_ID: Final = re.compile(r"<\s{0,3}([^<>\s]{1,900})\s{0,3}>")
_BROKEN_ID: Final = re.compile(r"<([^<>]{1,900})>")
_BARE_ID: Final = re.compile(r"(?<![^\s,;])([^\s<>,;\"()]{1,400}@[^\s<>,;\"()]{1,400})")
_ANGLE: Final = re.compile(r"<\s{0,5}(?:[^<>\s]{0,200}:)?([^<>\s]{1,320}?)\s{0,5}>")
_BARE_ADDRESS: Final = re.compile(r"[^\s<>,;:\"()\[\]\\]{1,128}@[^\s<>,;:\"()\[\]\\]{1,255}")
_PIECE: Final = re.compile(r"\"(?:[^\"\\]|\\.){0,256}\"|[,;]|[^\",;]{1,2000}|\"")

Fields = tuple[tuple[str, str], ...]


def split(block: bytes) -> tuple[Fields, tuple[str, ...]]:
    """The fields of a header section in order: names in lower case, values unfolded, undecoded.

    Lines that are no field are skipped and named in the second value.
    """
    fields: list[tuple[str, str]] = []
    defects: list[str] = []
    if len(block) > LIMIT:
        defects.append(f"header section of {len(block)} bytes: read {LIMIT}")
    for line in _unfold(block[:LIMIT]):
        match = _FIELD.match(line)
        if match is None:
            if line.strip() and not line.startswith((b"From ", b">From ")):
                defects.append("a header line without a name")
            continue
        value = line[match.end() :].strip()
        fields.append((match[1].decode("ascii").lower(), decode(value, "utf-8")))
    return tuple(fields), tuple(dict.fromkeys(defects))


def _unfold(block: bytes) -> Iterator[bytes]:
    current: list[bytes] = []
    for line in re.split(rb"\r\n|\n|\r", block):
        if line[:1] in (b" ", b"\t") and current:
            current.append(b" " + line.strip())
            continue
        if current:
            yield b"".join(current)
        current = [line]
    if current:
        yield b"".join(current)


def words(value: str) -> str:
    """The value with its encoded words (RFC 2047) read; what cannot be read stays as it is.

    Neighbouring words of one charset are joined before decoding, because many programs cut a
    character in two.
    """
    if "=?" not in value:
        return value
    joined = _BETWEEN_WORDS.sub("?==?", value)
    out: list[str] = []
    position = 0
    pending: tuple[str, bytes] | None = None
    for match in _WORD.finditer(joined):
        raw = _word_bytes(match[2], match[3])
        between = joined[position : match.start()]
        charset = match[1].partition("*")[0].lower()
        if pending and not between and pending[0] == charset:
            pending = (charset, pending[1] + raw)
        else:
            out.append(decode(pending[1], pending[0]) if pending else "")
            out.append(between)
            pending = (charset, raw)
        position = match.end()
    if pending:
        out.append(decode(pending[1], pending[0]))
    out.append(joined[position:])
    return "".join(out)


def _word_bytes(encoding: str, payload: str) -> bytes:
    raw = payload.encode("utf-8", "replace")
    if encoding in "qQ":
        return quopri.decodestring(raw.replace(b"_", b" "), header=False)
    return unbase64(raw)


def unbase64(raw: bytes) -> bytes:
    """Base64 read as far as it goes: missing padding and stray bytes are forgiven."""
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    clean = clean[: len(clean) - (len(clean) % 4 == 1)]
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def addresses(value: str) -> tuple[tuple[str, str], ...]:
    """`(display name, address)` of each mailbox of an address field, the address in lower case.

    At most ADDRESS_LIMIT; group names, comments and entries without an `@` are left out.
    """
    found: list[tuple[str, str]] = []
    for entry in _entries(value):
        angle = _ANGLE.search(entry)
        if angle:
            name, address = entry[: angle.start()], angle[1]
        else:
            bare = _BARE_ADDRESS.search(entry)
            name, address = (entry[bare.end() :], bare[0]) if bare else (entry, "")
        if "@" not in address:
            continue
        name = words(name.strip().strip('"').strip("()").replace('\\"', '"')).strip()
        found.append((name, address.strip(".'\"").lower()))
        if len(found) >= ADDRESS_LIMIT:
            break
    return tuple(found)


def _entries(value: str) -> Iterator[str]:
    current: list[str] = []
    for match in _PIECE.finditer(value[:LIMIT]):
        if match[0] in {",", ";"}:
            yield "".join(current)
            current = []
        else:
            current.append(match[0])
    yield "".join(current)


def message_ids(value: str) -> tuple[str, ...]:
    """The message ids of In-Reply-To or References, without brackets, each once, in order.

    Blanks that a bad folder put inside an id are taken out; words around ids are ignored
    (RFC 5322 section 4.5.4 obsolete forms).
    """
    found = _ID.findall(value)
    if not found:
        found = [re.sub(r"\s+", "", each) for each in _BROKEN_ID.findall(value) if "@" in each]
    if not found:
        found = _BARE_ID.findall(value)
    return tuple(dict.fromkeys(each.strip() for each in found[:ADDRESS_LIMIT]))


def moment(value: str) -> datetime | None:
    """The time a Date field names, in UTC; None where it names none."""
    try:
        parsed = parsedate_to_datetime(value[:200])
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """The bare value and the parameters of a Content-Type-like field, both in lower-case names.

    RFC 2231 pieces and encodings are joined; what is not a parameter is ignored.
    """
    pieces = [
        each.strip() for each in re.findall(r'(?:[^";]|"(?:[^"\\]|\\.){0,256}"|")+', value[:8192])
    ]
    head = pieces[0].strip().lower() if pieces else ""
    given: dict[str, str] = {}
    for piece in pieces[1:100]:
        name, _, content = piece.partition("=")
        content = content.strip()
        if content.startswith('"'):
            content = re.sub(r"\\(.)", r"\1", content[1:].partition('"')[0] or content.strip('"'))
        given.setdefault(name.strip().lower(), content)
    return head, _joined(given)


def _joined(given: dict[str, str]) -> dict[str, str]:
    whole: dict[str, str] = {}
    for name, content in given.items():
        base, star, _ = name.partition("*")
        text = content
        if star and name.endswith("*") and "'" in content:
            text = decode(
                quopri.decodestring(content.rpartition("'")[2].replace("%", "=")), "utf-8"
            )
        whole[base] = whole.get(base, "") + text if star else text
    return whole
