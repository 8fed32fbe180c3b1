"""A web server on loopback that answers each path as it was told, truthfully or not."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Talk = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class LyingWeb:
    """`answers` by path; each request is kept as it came, head and body."""

    port: int = 0
    scheme: str = "http"
    answers: dict[str, bytes | Talk] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    talks: set[asyncio.Task[None]] = field(default_factory=set)

    def url(self, path: str = "/", host: str = "localhost") -> str:
        """Where this path is, under any name."""
        return f"{self.scheme}://{host}:{self.port}{path}"

    def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        talk = asyncio.create_task(self._talk(reader, writer))
        self.talks.add(talk)
        talk.add_done_callback(self.talks.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request."""
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._answer(reader, writer)
                writer.close()
                await writer.wait_closed()
        finally:
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next((f for f in head.split("\r\n") if f.startswith("Content-Length:")), ":0")
        body = await reader.readexactly(int(length.partition(":")[2]))
        self.requests.append(head + body.decode())
        path = head.split(" ")[1].partition("?")[0]
        answer = self.answers.get(path, said(b"nothing here", status="404 Not Found"))
        if isinstance(answer, bytes):
            writer.write(answer)
            await writer.drain()
        else:
            await answer(writer)


def said(body: bytes, *fields: str, status: str = "200 OK", kind: str = "text/plain") -> bytes:
    """A whole and honest answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def moved(to: str, status: str = "302 Found") -> bytes:
    """A redirect."""
    return said(b"", f"Location: {to}", status=status)


async def drip(writer: asyncio.StreamWriter) -> None:
    """A byte of the body every now and then: never silent, never done."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not writer.transport.is_closing():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def silence(writer: asyncio.StreamWriter) -> None:
    """Nothing, until the other end has enough of it."""
    while not writer.transport.is_closing():
        await asyncio.sleep(0.02)


async def endless_fields(writer: asyncio.StreamWriter) -> None:
    """Field after field."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while not writer.transport.is_closing():
        writer.write(b"X-More: of the same\r\n" * 50)
        await writer.drain()
        await asyncio.sleep(0)


async def endless_line(writer: asyncio.StreamWriter) -> None:
    """One field without an end."""
    writer.write(b"HTTP/1.1 200 OK\r\nX: ")
    while not writer.transport.is_closing():
        writer.write(b"x" * 4096)
        await writer.drain()
        await asyncio.sleep(0)


async def endless_body(writer: asyncio.StreamWriter) -> None:
    """Chunk after chunk."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not writer.transport.is_closing():
        writer.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
        await writer.drain()
        await asyncio.sleep(0)


@asynccontextmanager
async def lying_web(context: ssl.SSLContext | None = None) -> AsyncIterator[LyingWeb]:
    """Such a server on a free port, with TLS where a context is given."""
    web = LyingWeb(scheme="https" if context else "http")
    server = await asyncio.start_server(web.serve, "127.0.0.1", 0, ssl=context)
    web.port = server.sockets[0].getsockname()[1]
    try:
        yield web
    finally:
        server.close()
        for talk in web.talks:
            talk.cancel()
        await asyncio.gather(*web.talks, return_exceptions=True)
        await asyncio.sleep(0)  # a transport is closed a turn after it was told to
