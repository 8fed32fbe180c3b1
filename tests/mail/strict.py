"""RFC 5322, 2045, 2046, 2047 and 2231 by the letter: a second reader, which forgives nothing.

It shares no line with the standard library's `email`, nor with what is tested.
"""

import re
from base64 import b64decode
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from urllib.parse import unquote_to_bytes

_ATEXT: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_DOT_ATOM: Final = rf"{_ATEXT}+(?:\.{_ATEXT}+)*"
_QUOTED: Final = r'"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])*"'
_ADDRESS: Final = re.compile(rf"({_DOT_ATOM}|{_QUOTED})@({_DOT_ATOM})")
_MAILBOX: Final = re.compile(rf"(?:(.+) )?<({_ADDRESS.pattern})>")
_WORD: Final = re.compile(r"=\?utf-8\?([bq])\?([!->@-~]*)\?=")
_IN_PHRASE: Final = re.compile(r"(?:[A-Za-z0-9!*+/_-]|=[0-9A-F]{2})+")
_ID: Final = rf"<{_DOT_ATOM}@(?:{_DOT_ATOM}|\[[\x21-\x5a\x5e-\x7e]*\])>"
_IDS: Final = re.compile(rf"{_ID}(?: {_ID})*")
_DATE: Final = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r" \d{4} [0-2]\d:[0-5]\d:[0-6]\d [+-]\d{4}"
)
_TOKEN: Final = r"[!#$%&'*+.0-9A-Z^_`a-z{|}~-]+"
_PARAMETER: Final = re.compile(rf"; ?({_TOKEN})=({_TOKEN}|{_QUOTED})")
_TYPE: Final = re.compile(rf"({_TOKEN}/{_TOKEN}|{_TOKEN})((?:{_PARAMETER.pattern})*)")
_SECTION: Final = re.compile(r"([a-z]+)\*(?:(\d+)\*)?")
_NAME: Final = re.compile(r"[!-9;-~]+")
_HARD, _SOFT, _ENCODED = 998, 78, 76  # RFC 5322 section 2.1.1, RFC 2047 section 2


class Wrong(AssertionError):
    """What a strict reader would not take."""


@dataclass(frozen=True, slots=True)
class Part:
    """A message or a part of one: its fields unfolded, and its content decoded, or its parts."""

    fields: tuple[tuple[str, str], ...]
    kind: str
    name: str
    content: bytes
    parts: tuple["Part", ...]

    def __getitem__(self, name: str) -> str:
        """The value of the one field of this name."""
        (value,) = [value for each, value in self.fields if each == name]
        return value


def need(holds: object, why: str, what: object) -> None:
    """Raises Wrong with the reason and the evidence."""
    if not holds:
        raise Wrong(f"{why}: {what!r:.300}")


def read(wire: bytes) -> Part:
    """The message in full; raises Wrong for anything that no standard allows."""
    need(wire.endswith(b"\r\n"), "a message ends in CRLF", wire[-20:])
    need(not re.search(rb"\r(?!\n)|(?<!\r)\n|\0", wire), "a bare CR, LF or NUL", wire)
    need(all(len(line) <= _HARD for line in wire.split(b"\r\n")), "a line is too long", wire)
    need(wire.isascii(), "8-bit without SMTPUTF8", wire)
    return _part(wire)


def mailbox(value: str) -> tuple[str, str]:
    """Name and address of a field that holds exactly one mailbox (RFC 5322 section 3.4)."""
    if _ADDRESS.fullmatch(value):
        return "", value
    found = _MAILBOX.fullmatch(value)
    need(found, "no single mailbox", value)
    assert found
    return _phrase(found[1]) if found[1] else "", found[2]


def text(value: str) -> str:
    """An unstructured field: encoded words decoded, blanks between two of them dropped."""
    shown, was_encoded = "", True
    for blank, token in re.findall(r"( *)([^ ]+)", value):
        decoded = _decoded(token)
        is_encoded = decoded is not None
        need(is_encoded or "=?" not in token, "looks like an encoded word", token)
        glued = is_encoded and was_encoded and shown
        shown += ("" if glued else blank) + (token if decoded is None else decoded)
        was_encoded = is_encoded
    return shown


def ids(value: str) -> list[str]:
    """The message ids of a field, without their brackets (RFC 5322 section 3.6.4)."""
    need(_IDS.fullmatch(value), "no message ids", value)
    return [each[1:-1] for each in value.split(" ")]


def is_date(value: str) -> bool:
    """Whether it is a date by RFC 5322 section 3.3, without anything obsolete."""
    return bool(_DATE.fullmatch(value))


def _phrase(words: str) -> str:
    if re.fullmatch(_QUOTED, words):
        return re.sub(r"\\(.)", r"\1", words[1:-1])
    if re.fullmatch(rf"{_ATEXT}+(?: {_ATEXT}+)*", words) and "=?" not in words:
        return words
    for each in words.split(" "):
        found = _WORD.fullmatch(each)
        need(found, "no phrase", words)
        assert found
        is_fit = found[1] == "b" or _IN_PHRASE.fullmatch(found[2])
        need(is_fit, "no encoded word of a phrase", each)
    return text(words)


def _decoded(token: str) -> str | None:
    found = _WORD.fullmatch(token)
    if found is None:
        return None
    need(len(token) <= 75, "an encoded word is too long", token)
    raw = b64decode(found[2], validate=True) if found[1] == "b" else _unquoted(found[2])
    return raw.decode("utf-8")  # each word is whole by itself (RFC 2047 section 5)


def _unquoted(word: str) -> bytes:
    need(not re.search(r"=(?![0-9A-F]{2})", word), "no Q encoding", word)
    spelled = word.replace("_", " ").replace("%", "%25").replace("=", "%")
    return unquote_to_bytes(spelled)


def _part(wire: bytes) -> Part:
    head, gap, body = wire.partition(b"\r\n\r\n")
    need(gap, "no empty line behind the head", wire)
    fields = _fields(head.decode("ascii"))
    names = [name.lower() for name, _ in fields]
    need(len(names) == len(set(names)), "a field stands twice", names)
    told = dict(fields)
    kind, marks = _parameters(told["Content-Type"])
    if kind.startswith("multipart/"):
        need("Content-Transfer-Encoding" not in told, "a multipart that is encoded", told)
        return Part(fields, kind, "", b"", tuple(map(_part, _split(body, marks["boundary"]))))
    _, more = _parameters(told.get("Content-Disposition", "inline"))
    content = _content(body, told["Content-Transfer-Encoding"])
    if kind.startswith("text/") and marks.get("charset"):
        content.decode(marks["charset"])
    return Part(fields, kind, more.get("filename", ""), content, ())


def _fields(head: str) -> tuple[tuple[str, str], ...]:
    fields: list[tuple[str, str]] = []
    for line in head.split("\r\n"):
        need(re.fullmatch(r"[\x20-\x7e]+", line), "a head line that cannot be printed", line)
        need(line.strip(), "a folded line of nothing but blanks", line)
        need("=?utf-8?" not in line or len(line) <= _ENCODED + 2, "a long encoded line", line)
        token = line.strip() if line.startswith(" ") else line.partition(": ")[2]
        need(len(line) <= _SOFT or " " not in token, "a line that could be folded", line)
        if line.startswith(" "):
            need(fields, "a head that begins with a blank", line)
            name, value = fields.pop()
            fields.append((name, value + line))
            continue
        name, colon, value = line.partition(":")
        need(colon and _NAME.fullmatch(name), "no field name", line)
        need(value.startswith(" "), "no blank behind the colon", line)
        fields.append((name, value[1:]))
    return tuple(fields)


def _parameters(value: str) -> tuple[str, dict[str, str]]:
    found = _TYPE.fullmatch(value)
    need(found, "no value with parameters", value)
    assert found
    plain: dict[str, str] = {}
    sections: dict[str, list[str]] = {}
    for name, said in _PARAMETER.findall(found[2]):
        need(name not in plain, "a parameter stands twice", value)
        plain[name] = re.sub(r"\\(.)", r"\1", said[1:-1]) if said.startswith('"') else said
        if section := _SECTION.fullmatch(name):
            pieces = sections.setdefault(section[1], [])
            need(int(section[2] or 0) == len(pieces), "sections out of order", value)
            pieces.append(said)
    for name, pieces in sections.items():
        charset, _, spelled = "".join(pieces).partition("''")
        need(charset == "utf-8", "no charset", value)
        plain[name] = unquote_to_bytes(spelled).decode("utf-8")
    return found[1], plain


def _split(body: bytes, boundary: str) -> list[bytes]:
    need(len(boundary) <= 70, "a long boundary", boundary)
    mark = b"--" + boundary.encode()
    lines = body.split(b"\r\n")
    need(lines[0] == mark, "no part at the beginning", lines[0])
    need(lines[-2] == mark + b"--", "no end of the parts", lines[-2:])
    at = [number for number, line in enumerate(lines) if line.startswith(mark)]
    need(all(lines[each] in (mark, mark + b"--") for each in at), "a mark in a text", boundary)
    return [b"\r\n".join(lines[begin + 1 : end]) for begin, end in pairwise(at)]


def _content(body: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        need(all(len(line) <= 76 for line in body.split(b"\r\n")), "long base64", body)
        return b64decode(body.replace(b"\r\n", b""), validate=True)
    if encoding == "7bit":
        return body
    need(encoding == "quoted-printable", "no encoding", encoding)
    for line in body.split(b"\r\n"):
        need(len(line) <= 76, "a long quoted line", line)
        is_fit = re.fullmatch(rb"(?:[\x20-\x3c\x3e-\x7e\t]|=[0-9A-F]{2})*=?", line)
        need(is_fit and not line.endswith((b" ", b"\t")), "no quoted-printable", line)
    joined = body.replace(b"=\r\n", b"").replace(b"%", b"%25")
    return unquote_to_bytes(joined.replace(b"=", b"%"))
