"""The parts of a message, cut out of its bytes without recursion, copying or trust."""

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from nurture.mail.read.charset import decode
from nurture.mail.read.header import LIMIT as HEADER_LIMIT
from nurture.mail.read.header import Fields, parameters, split, unbase64, words
from nurture.value import frozen

DEPTH_LIMIT: Final = 50
PARTS_LIMIT: Final = 200
TEXT_LIMIT: Final = 256 * 1024
"""Bytes of one part's content that are decoded (reliability.md section 8)."""

# Lines looked at as possible boundaries, over the whole message: past it the rest is one part.
_CANDIDATES_LIMIT: Final = 20_000
# Bytes searched for boundaries over all levels: nesting must not multiply the size of the mail.
_SEARCH_LIMIT: Final = 400 * 1024 * 1024

_BLANK_LINE: Final = re.compile(rb"\r?\n[ \t]{0,80}\r?\n|\r[ \t]{0,80}\r(?!\n)")
_LEADING: Final = re.compile(rb"(?:[ \t]{0,80}\r?\n){1,100}")


@frozen
class Part:
    """One leaf of a message; `content` is decoded from its transfer encoding, TEXT_LIMIT at most.

    `content` is empty for what nobody here reads (pictures, documents).
    """

    content_type: str
    charset: str
    disposition: str
    name: str
    content: bytes
    fields: Fields

    @property
    def text(self) -> str:
        """The content as text, with line ends as `\\n`."""
        text = decode(self.content, self.charset)
        return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(slots=True)
class _Walk:
    raw: bytes
    parts: list[Part] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    candidates: int = 0
    searched: int = 0


@frozen
class _Span:
    start: int
    end: int
    depth: int
    default: str = "text/plain"


def parse(raw: bytes) -> tuple[Fields, tuple[Part, ...], tuple[str, ...]]:
    """The header fields, leaf parts in order, and what was wrong; never raises, always bounded."""
    walk = _Walk(raw)
    start = _skip_envelope(raw)
    top: Fields = ()
    stack = [_Span(start, len(raw), 0)]
    first = True
    while stack:
        span = stack.pop()
        if len(walk.parts) + len(stack) >= PARTS_LIMIT:
            walk.defects.append(f"more than {PARTS_LIMIT} parts: the rest is not read")
            stack.clear()
        body, fields = _open(walk, span)
        if first:
            top, first = fields, False
        stack.extend(reversed(_children(walk, span, body, fields)))
    return top, tuple(walk.parts), tuple(dict.fromkeys(walk.defects))


def _skip_envelope(raw: bytes) -> int:
    start = match.end() if (match := _LEADING.match(raw)) else 0
    if raw.startswith((b"From ", b">From "), start):
        newline = raw.find(b"\n", start)
        return newline + 1 if newline >= 0 else len(raw)
    return start


def _open(walk: _Walk, span: _Span) -> tuple[int, Fields]:
    raw = walk.raw
    if raw.startswith((b"\n", b"\r\n"), span.start):
        return span.start + (1 if raw[span.start] == ord("\n") else 2), ()
    blank = _BLANK_LINE.search(raw, span.start, span.end)
    stop = blank.start() if blank else span.end
    fields, defects = split(raw[span.start : min(stop, span.start + HEADER_LIMIT + 1)])
    walk.defects.extend(defects)
    return (blank.end() if blank else span.end), fields


def _children(walk: _Walk, span: _Span, body: int, fields: Fields) -> list[_Span]:
    given = dict(reversed(fields))
    kind, options = parameters(given.get("content-type", span.default))
    if "/" not in kind:
        kind = span.default
    boundary = options.get("boundary", "").rstrip()
    if kind.startswith("multipart/") and boundary:
        if span.depth >= DEPTH_LIMIT:
            walk.defects.append(f"nested deeper than {DEPTH_LIMIT}: the inside is not read")
            return []
        inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        spans = [
            _Span(start, end, span.depth + 1, inner)
            for start, end in _cut(walk, boundary.encode("utf-8", "replace"), body, span.end)
        ]
        if spans:
            return spans
        walk.defects.append("a multipart without its boundary: read as text")
        kind = "text/plain"
    elif kind.startswith("multipart/"):
        walk.defects.append("a multipart that names no boundary: read as text")
        kind = "text/plain"
    walk.parts.append(_leaf(walk, kind, options, fields, slice(body, span.end)))
    return []


def _cut(walk: _Walk, boundary: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    raw, mark = walk.raw, b"--" + boundary
    if walk.searched + end - start > _SEARCH_LIMIT:
        walk.defects.append("too much nesting for its size: the inside is not read")
        return
    walk.searched += end - start
    opened = -1
    at = raw.find(mark, start, end)
    while at >= 0:
        walk.candidates += 1
        if walk.candidates > _CANDIDATES_LIMIT:
            walk.defects.append("too many boundary lines: the rest is one part")
            break
        after = at + len(mark)
        line_start = at == start or raw[at - 1 : at] in {b"\n", b"\r"}
        rest = raw[after : after + 80].split(b"\n", 1)[0].strip()
        if line_start and rest in {b"", b"--"}:
            if opened >= 0:
                yield opened, _before_line_end(raw, opened, at)
            newline = raw.find(b"\n", after, end)
            opened = newline + 1 if newline >= 0 else end
            if rest == b"--":
                return
        at = raw.find(mark, after, end)
    if 0 <= opened < end:
        walk.defects.append("a multipart without its closing boundary")
        yield opened, end


def _before_line_end(raw: bytes, start: int, at: int) -> int:
    if raw[at - 2 : at] == b"\r\n":
        at -= 2
    elif raw[at - 1 : at] == b"\n":
        at -= 1
    return max(at, start)


def _leaf(walk: _Walk, kind: str, options: dict[str, str], fields: Fields, place: slice) -> Part:
    given = dict(reversed(fields))
    disposition, more = parameters(given.get("content-disposition", ""))
    name = words(more.get("filename") or options.get("name", ""))[:255]
    content = b""
    if kind.startswith(("text/", "message/")):
        encoding = given.get("content-transfer-encoding", "").strip().lower()
        content = _decoded(walk.raw, encoding, place.start, place.stop)
        if len(content) > TEXT_LIMIT:
            walk.defects.append(f"a part longer than {TEXT_LIMIT} bytes: the rest is not read")
            content = content[:TEXT_LIMIT]
    return Part(kind, options.get("charset", ""), disposition, name, content, fields)


def _decoded(raw: bytes, encoding: str, start: int, end: int) -> bytes:
    if "base64" in encoding:
        return unbase64(raw[start : min(end, start + 2 * TEXT_LIMIT)])
    if "quoted-printable" in encoding:
        return quopri.decodestring(raw[start : min(end, start + 4 * TEXT_LIMIT)])
    return raw[start : min(end, start + TEXT_LIMIT + 1)]
