"""A few pages over HTTP on loopback: one answer a connection, all of it bounded."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import field
from http import HTTPStatus
from typing import Final

from nurture.errors import Misconfigured
from nurture.value import frozen

_PATIENCE: Final = 10.0
_LONGEST_HEAD: Final = 8192
_LONGEST_BODY: Final = 16_384
_AT_ONCE: Final = 64


@frozen
class Request:
    """What was asked; names of fields are in lower case, and the body was read and thrown away."""

    method: str
    path: str
    fields: Mapping[str, str] = field(default_factory=dict)


@frozen
class Page:
    """What is answered; `fields` are further ones of its head."""

    status: int
    text: str
    kind: str = "text/plain; charset=utf-8"
    fields: tuple[tuple[str, str], ...] = ()


Answer = Callable[[Request], Awaitable[Page]]
Pages = Mapping[str, Callable[[], Awaitable[Page]]]


def reading(pages: Pages) -> Answer:
    """Answers GET and HEAD by these pages, and says which there are."""

    async def answer(request: Request) -> Page:
        if request.method not in {"GET", "HEAD"}:
            return Page(405, "only GET\n")
        if request.path not in pages:
            # A path below another is as good as a password: only the top is told.
            return Page(404, "".join(f"{each}\n" for each in pages if each.count("/") == 1))
        return await pages[request.path]()

    return answer


@asynccontextmanager
async def serving(
    listen: str, answer: Answer, setting: str = "watch.listen", *, is_shared: bool = False
) -> AsyncIterator[int]:
    """Answers at `host:port` for the while; the port, where 0 asked for any.

    With `is_shared` several workers of one machine may answer there.  Raises Misconfigured, naming
    the setting, where somebody else listens.
    """
    host, _, port = listen.rpartition(":")
    places = asyncio.Semaphore(_AT_ONCE)

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not places.locked():
            async with places:
                with suppress(OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
                    async with asyncio.timeout(_PATIENCE):
                        await _attend(reader, writer, answer)
        writer.close()

    try:
        server = await asyncio.start_server(
            attend, host.strip("[]"), int(port), limit=_LONGEST_HEAD, reuse_port=is_shared or None
        )
    except OSError as error:
        raise Misconfigured(f"{setting}: {listen} cannot be used: {error.strerror}") from error
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await server.wait_closed()


async def _attend(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answer
) -> None:
    request = _read((await reader.readuntil(b"\r\n\r\n")).decode("latin-1"))
    length = int(request.fields.get("content-length", "0"))
    if not 0 <= length <= _LONGEST_BODY:
        page = Page(413, "too long\n")
    else:
        await reader.readexactly(length)
        page = await answer(request)
    body = page.text.encode()
    fields = (
        f"HTTP/1.1 {page.status} {HTTPStatus(page.status).phrase}",
        f"Content-Type: {page.kind}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Connection: close",
        *(f"{name}: {value}" for name, value in page.fields),
    )
    whole = "\r\n".join([*fields, "", ""]).encode()
    writer.write(whole + (b"" if request.method == "HEAD" else body))
    await writer.drain()


def _read(head: str) -> Request:
    first, *lines = head.split("\r\n")
    method, _, rest = first.partition(" ")
    path = rest.partition(" ")[0].partition("?")[0]
    fields = (line.partition(":") for line in lines if line)
    return Request(method, path, {name.strip().lower(): value.strip() for name, _, value in fields})
