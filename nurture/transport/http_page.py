"""A few pages over HTTP on loopback: GET and HEAD, one answer a connection, all bounded."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from nurture.errors import Misconfigured

_PATIENCE = 10.0
_LONGEST_REQUEST = 8192
_WORDS = {200: "OK", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}


@dataclass(frozen=True, slots=True)
class Page:
    """What is answered."""

    status: int
    text: str
    kind: str = "text/plain; charset=utf-8"


Pages = Mapping[str, Callable[[], Awaitable[Page]]]


@asynccontextmanager
async def serving(listen: str, pages: Pages) -> AsyncIterator[int]:
    """Answers at `host:port` for the while; the port, where 0 asked for any.

    Raises Misconfigured where somebody else listens there.
    """
    host, _, port = listen.rpartition(":")

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
            async with asyncio.timeout(_PATIENCE):
                await _answer(reader, writer, pages)
        writer.close()

    try:
        server = await asyncio.start_server(
            answer, host.strip("[]"), int(port), limit=_LONGEST_REQUEST
        )
    except OSError as error:
        raise Misconfigured(f"watch.listen: {listen} cannot be used: {error.strerror}") from error
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await server.wait_closed()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pages: Pages) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    method, _, rest = head.decode("latin-1").partition(" ")
    path = rest.partition(" ")[0].partition("?")[0]
    if method not in {"GET", "HEAD"}:
        page = Page(405, "only GET\n")
    elif path not in pages:
        page = Page(404, "".join(f"{each}\n" for each in pages))
    else:
        page = await pages[path]()
    body = page.text.encode()
    fields = (
        f"HTTP/1.1 {page.status} {_WORDS[page.status]}",
        f"Content-Type: {page.kind}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Connection: close",
    )
    writer.write("\r\n".join([*fields, "", ""]).encode() + (b"" if method == "HEAD" else body))
    await writer.drain()
