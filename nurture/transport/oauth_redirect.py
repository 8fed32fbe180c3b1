"""The few lines of HTTP on loopback that a browser comes back to after a login (RFC 8252 7.3)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from nurture.errors import Refused

_LINE = 16 * 1024
_SILENCE = 10.0
_PAGE = (
    "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\n"
    "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n{words}"
)


@dataclass(slots=True)
class Landing:
    """Waits on one port for the one request that answers ours; all others are turned away."""

    port: int = 0
    _read: Callable[[str], str | None] = lambda _: None
    _code: asyncio.Future[str] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    async def code(self, read: Callable[[str], str | None], patience: float) -> str:
        """The code that `read` finds in an address; raises what it raises, or Refused when late."""
        self._read = read
        try:
            async with asyncio.timeout(patience):
                return await self._code
        except TimeoutError:
            raise Refused(
                f"the browser did not come back within {patience / 60:g} minutes. Try again; "
                "where there is no browser on this machine, with --paste"
            ) from None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        try:
            async with asyncio.timeout(_SILENCE):
                line = (await reader.readline()).decode("ascii", "replace").split(" ")
                while (await reader.readline()).strip():
                    pass
                status, words = self._answer(line)
                page = _PAGE.format(status=status, length=len(words.encode()), words=words)
                writer.write(page.encode())
                await writer.drain()
        except (TimeoutError, OSError, ValueError):  # a browser that hangs up, or no browser
            pass
        finally:
            writer.close()

    def _answer(self, line: list[str]) -> tuple[str, str]:
        """Status and words for a request line (RFC 9112 3)."""
        match line:
            case ["GET", target, _] if not self._code.done():
                return self._judged(target)
            case _:
                return "404 Not Found", "Nothing is here.\n"

    def _judged(self, target: str) -> tuple[str, str]:
        try:
            code = self._read(target)
        except Refused as fault:
            self._code.set_exception(fault)
            return "200 OK", "nurture was not let in; the terminal says why.\n"
        if code is None:
            return "404 Not Found", "This is no answer to the login that nurture asked for.\n"
        self._code.set_result(code)
        return "200 OK", "nurture has what it needs. You may close this window.\n"


@asynccontextmanager
async def landing(port: int) -> AsyncIterator[Landing]:
    """A landing on this port of 127.0.0.1, or on a free one for 0; raises OSError."""
    spot = Landing()
    server = await asyncio.start_server(spot.serve, "127.0.0.1", port, limit=_LINE)
    spot.port = server.sockets[0].getsockname()[1]
    try:
        yield spot
    finally:
        server.close()
