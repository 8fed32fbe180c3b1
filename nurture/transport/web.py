"""Pages of the web over streams of our own, so that what was checked is what is connected to."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Final

from nurture import __version__
from nurture.errors import Refused, Unreachable
from nurture.ports import NO_VERSION, Page, Unchanged, Version
from nurture.transport.http_answer import LONGEST_LINE, Ear, Head, read_body, read_head
from nurture.transport.http_goal import Goal, goal_moved, goal_of
from nurture.transport.public_address import what_is_not_public
from nurture.value import frozen

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_MOST_ADDRESSES: Final = 4
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_PASSING: Final = frozenset({408, 425, 429})
_SERVER_FAULT: Final = 500
_LONGEST_MARK: Final = 500
_WANTED: Final = (
    "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/html;q=0.9, */*;q=0.5"
)


async def resolve(host: str, port: int) -> tuple[str, ...]:
    """Every address of this name as the system knows it, in its order; raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(each[4][0]) for each in found))


@frozen
class Bounds:
    """How far a page may go: seconds of silence, seconds for all, bytes, and redirects."""

    silence: float = 10
    whole: float = 30
    size: int = 5_000_000
    redirects: int = 5


@frozen
class SafeWeb:
    """ports.Web that resolves a name once, checks every address, and connects to those alone.

    A name that answers otherwise a moment later changes nothing.  Each redirect begins anew.  No
    cookies, no credentials, no proxy.  `private_hosts` are names that the owner allows to be
    private: only as the host of the URL that was asked for, never where a redirect from elsewhere
    leads.
    """

    private_hosts: frozenset[str] = frozenset()
    bounds: Bounds = Bounds()
    ca_file: Path | None = None
    resolve: Resolve = resolve

    async def fetch(self, url: str, have: Version = NO_VERSION) -> Page | Unchanged:
        """See the port."""
        goal = goal_of(url)
        async with self._in_time(goal.host):
            for _ in range(self.bounds.redirects + 1):
                async with self._asked(goal, "GET", _conditions(have)) as (ear, head):
                    if head.status not in _MOVED:
                        return await self._page(goal, ear, head)
                    goal = goal_moved(goal, head.fields.get("location", ""))
        raise Refused(f"{goal.host}: it redirects more than {self.bounds.redirects} times")

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """See the port."""
        goal = goal_of(url)
        fields = {"Content-Length": str(len(body)), **headers}
        async with self._in_time(goal.host), self._asked(goal, "POST", fields, body) as (_, head):
            if head.status in _MOVED:
                raise Refused(f"{goal.host}: it redirects; write the URL that it leads to")
            _refuse_status(goal.host, head.status)

    async def knock(self, url: str) -> None:
        """See the port."""
        goal = goal_of(url)
        async with self._in_time(goal.host):
            _, writer = await self._connected(goal)
            writer.close()

    async def _page(self, goal: Goal, ear: Ear, head: Head) -> Page | Unchanged:
        if head.status == HTTPStatus.NOT_MODIFIED:
            return Unchanged()
        _refuse_status(goal.host, head.status)
        body = await read_body(ear, head, self.bounds.size)
        kind, _, rest = head.fields.get("content-type", "").partition(";")
        version = Version(_mark(head, "etag"), _mark(head, "last-modified"))
        return Page(goal.url, body, kind.strip().lower(), _charset(rest), version)

    @asynccontextmanager
    async def _in_time(self, host: str) -> AsyncIterator[None]:
        """Everything together within the limit, and every fault of the world in words."""
        try:
            async with asyncio.timeout(self.bounds.whole):
                yield
        except TimeoutError:
            words = f"it did not answer within {self.bounds.whole:g} seconds"
            raise Unreachable(f"{host}: {words}") from None
        except ssl.SSLCertVerificationError as error:
            words = f"its certificate is not trusted ({error.verify_message})"
            raise Unreachable(f"{host}: {words}") from None
        except ssl.SSLError as error:
            raise Unreachable(f"{host}: TLS fails ({error.reason})") from None
        except OSError as error:
            raise Unreachable(f"{host}: {error.strerror or error}") from None
        except ValueError as error:
            raise Refused(f"{host}: {error}") from None

    @asynccontextmanager
    async def _asked(
        self, goal: Goal, method: str, fields: Mapping[str, str], body: bytes = b""
    ) -> AsyncIterator[tuple[Ear, Head]]:
        """The head of the answer to one request, and where its body comes from."""
        reader, writer = await self._connected(goal)
        try:
            writer.write(_request(goal, method, fields) + body)
            await writer.drain()
            ear = Ear(reader, self.bounds.silence)
            yield ear, await read_head(ear)
        finally:
            writer.transport.abort()

    async def _connected(self, goal: Goal) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to one of the addresses that were checked, in their order."""
        context = _trust(self.ca_file) if goal.scheme == "https" else None
        fault = OSError("its name has no address")
        for address in (await self._addresses(goal))[:_MOST_ADDRESSES]:
            try:
                async with asyncio.timeout(self.bounds.silence):
                    return await asyncio.open_connection(
                        address,
                        goal.port,
                        ssl=context,
                        server_hostname=goal.host if context else None,
                        limit=LONGEST_LINE,
                    )
            except TimeoutError:
                fault = OSError(f"nobody answers at {address}")
            except ssl.SSLError:
                raise
            except OSError as error:
                fault = OSError(f"{error.strerror or error} ({address})")
        raise fault

    async def _addresses(self, goal: Goal) -> Sequence[str]:
        try:
            async with asyncio.timeout(self.bounds.silence):
                found = await self.resolve(goal.host, goal.port)
        except TimeoutError:
            raise OSError("its name cannot be looked up in time") from None
        except (OSError, UnicodeError):
            raise OSError("its name cannot be looked up") from None
        if goal.host in self.private_hosts and goal.is_own:
            return found
        for address in found:
            if words := what_is_not_public(address):
                raise Refused(f"{goal.host}: its address {address} is {words}: not fetched")
        return found


def _request(goal: Goal, method: str, fields: Mapping[str, str]) -> bytes:
    whole = {
        "Host": goal.authority,
        "User-Agent": f"nurture/{__version__}",
        "Accept": _WANTED,
        "Accept-Encoding": "gzip",
        "Connection": "close",
        **fields,
    }
    lines = (f"{name}: {value}" for name, value in whole.items())
    return "\r\n".join([f"{method} {goal.target} HTTP/1.1", *lines, "", ""]).encode("latin-1")


def _conditions(have: Version) -> dict[str, str]:
    """RFC 9110 13.1; both are given, the server takes the stronger."""
    wanted = {"If-None-Match": have.etag, "If-Modified-Since": have.modified}
    return {name: value for name, value in wanted.items() if value}


def _mark(head: Head, name: str) -> str:
    """What the server will be given back, word for word, unless it is no mark of any use."""
    value = head.fields.get(name, "")
    return value if value.isprintable() and len(value) <= _LONGEST_MARK else ""


def _charset(parameters: str) -> str:
    for each in parameters.split(";"):
        name, _, value = each.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'").lower()
    return ""


def _refuse_status(host: str, status: int) -> None:
    """Only what says that it is what was asked for passes."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    known = {each.value: each.phrase for each in HTTPStatus}
    words = f"{host}: it answers {status} {known.get(status, '')}".rstrip()
    is_passing = status in _PASSING or status >= _SERVER_FAULT
    raise Unreachable(words) if is_passing else Refused(words)


@cache
def _trust(ca_file: Path | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca_file)
