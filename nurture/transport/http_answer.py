"""One answer of an HTTP/1 server (RFC 9112), read within limits from whatever it sends."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Awaitable, Mapping
from typing import Final, TypeVar

from nurture.value import frozen

LONGEST_LINE: Final = 16 * 1024
_MOST_LINES: Final = 100
_MOST_INTERIM: Final = 5
_BLOCK: Final = 64 * 1024
_GZIP: Final = 31  # the window bits of zlib that mean a gzip header
_NO_BODY: Final = frozenset({204, 304})
_FIRST_FINAL: Final = 200
_HEX: Final = frozenset("0123456789abcdefABCDEF")
_HUNG_UP: Final = "it hung up in the middle of its answer"

T = TypeVar("T")


@frozen
class Head:
    """Status and fields; the names of fields are in lower case."""

    status: int
    fields: Mapping[str, str]


@frozen
class Ear:
    """A stream that may be silent for so many seconds."""

    reader: asyncio.StreamReader
    silence: float

    async def line(self) -> str:
        """The next line without its end; raises ValueError with words where it has none.

        Raises OSError, as every reading does, where the server is silent or hangs up.
        """
        try:
            raw = await self._soon(self.reader.readuntil(b"\n"))
        except asyncio.LimitOverrunError:
            raise ValueError("a line of its header has no end") from None
        return raw.decode("latin-1").rstrip("\r\n")

    async def some(self, most: int) -> bytes:
        """What comes next, at most so many bytes; nothing at the end."""
        return await self._soon(self.reader.read(most))

    async def _soon(self, coming: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self.silence):
                return await coming
        except TimeoutError:
            raise OSError(f"it was silent for {self.silence:g} seconds") from None
        except asyncio.IncompleteReadError:
            raise OSError(_HUNG_UP) from None


async def read_head(ear: Ear) -> Head:
    """The head of the final answer; raises ValueError with words where that is no HTTP/1."""
    for _ in range(_MOST_INTERIM):
        status = _status(await ear.line())
        fields = await _fields(ear)
        if status >= _FIRST_FINAL:
            return Head(status, fields)
    raise ValueError("it announces an answer again and again")


def _status(line: str) -> int:
    version, _, rest = line.partition(" ")
    code = rest[:3]
    if not version.startswith("HTTP/1.") or not (code.isascii() and code.isdecimal()):
        raise ValueError("what it speaks is not HTTP")
    return int(code)


async def _fields(ear: Ear) -> dict[str, str]:
    fields: dict[str, str] = {}
    last = ""
    for _ in range(_MOST_LINES):
        line = await ear.line()
        if not line:
            return fields
        if line[0] in " \t" and last:
            fields[last] += " " + line.strip()
            continue
        name, colon, value = line.partition(":")
        if not colon:
            raise ValueError("what it speaks is not HTTP")
        last = name.strip().lower()
        known = fields.get(last)
        fields[last] = value.strip() if known is None else f"{known}, {value.strip()}"
    raise ValueError(f"its header has more than {_MOST_LINES} lines")


async def read_body(ear: Ear, head: Head, most: int) -> bytes:
    """The whole body, unpacked; raises ValueError with words where it is over `most` bytes.

    Neither what travels nor what it unpacks to may be larger, and no byte beyond is kept.
    """
    if head.status in _NO_BODY:
        return b""
    unpacker = _unpacker(head.fields.get("content-encoding", ""), most)
    travelled = 0
    async for block in _blocks(ear, head, most):
        travelled += len(block)
        if travelled > most:
            raise _too_large(most)
        unpacker.feed(block)
    return unpacker.whole()


def _too_large(most: int) -> ValueError:
    return ValueError(f"it is larger than {most:,} bytes")


def _blocks(ear: Ear, head: Head, most: int) -> AsyncIterator[bytes]:
    coding = head.fields.get("transfer-encoding", "").lower()
    if coding == "chunked":
        return _chunks(ear, most)
    if coding not in {"", "identity"}:
        raise ValueError(f"it sends in a way that was not asked for ({coding[:40]!r})")
    return _counted(ear, _length(head, most))


def _length(head: Head, most: int) -> int | None:
    written = {each.strip() for each in head.fields.get("content-length", "").split(",")} - {""}
    if not written:
        return None
    number = written.pop()
    if written or not (number.isascii() and number.isdecimal() and len(number) < LONGEST_LINE // 8):
        raise ValueError("it does not say how long its answer is")
    if len(number) > len(str(most)) or int(number) > most:
        raise _too_large(most)
    return int(number)


async def _counted(ear: Ear, length: int | None) -> AsyncIterator[bytes]:
    """So many bytes, or all until the server hangs up."""
    left = length
    while left is None or left > 0:
        block = await ear.some(_BLOCK if left is None else min(left, _BLOCK))
        if not block:
            if left is None:
                return
            raise OSError(_HUNG_UP)
        left = None if left is None else left - len(block)
        yield block


async def _chunks(ear: Ear, most: int) -> AsyncIterator[bytes]:
    """RFC 9112 7.1; extensions and trailers are read over."""
    while True:
        length = _chunk_length((await ear.line()).partition(";")[0].strip(), most)
        if length == 0:
            await _fields(ear)
            return
        async for block in _counted(ear, length):
            yield block
        if await ear.line():
            raise ValueError("a chunk is longer than it said")


def _chunk_length(written: str, most: int) -> int:
    if not written or not set(written) <= _HEX:
        raise ValueError("the length of a chunk is no number")
    digits = written.lstrip("0") or "0"
    if len(digits) > len(f"{most:x}") or int(digits, 16) > most:
        raise _too_large(most)
    return int(digits, 16)


class _Plain:
    """Bytes as they came."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def feed(self, block: bytes) -> None:
        self._parts.append(block)

    def whole(self) -> bytes:
        return b"".join(self._parts)


class _Gzip:
    """Unpacks as it comes, and stops at the limit: a bomb costs no more than that."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._parts: list[bytes] = []
        self._member = zlib.decompressobj(_GZIP)

    def feed(self, block: bytes) -> None:
        rest = block
        while rest:
            if self._member.eof:
                self._member = zlib.decompressobj(_GZIP)
            try:
                part = self._member.decompress(rest, self._most - self._size + 1)
            except zlib.error as error:
                raise ValueError("what it packed cannot be unpacked") from error
            self._size += len(part)
            if self._size > self._most:
                raise ValueError(f"it unpacks to more than {self._most:,} bytes")
            self._parts.append(part)
            rest = self._member.unconsumed_tail or self._member.unused_data

    def whole(self) -> bytes:
        if self._parts and not self._member.eof:
            raise ValueError("what it packed is cut off")
        return b"".join(self._parts)


def _unpacker(coding: str, most: int) -> _Plain | _Gzip:
    match coding.strip().lower():
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip":
            return _Gzip(most)
        case other:
            raise ValueError(f"it is packed in a way that was not asked for ({other[:40]!r})")
