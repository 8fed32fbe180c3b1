"""One POST of a form, verified, bounded in time and size, and never redirected."""

import ssl
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from socket import SHUT_RDWR, socket
from threading import Event, Timer
from urllib.parse import SplitResult, urlencode, urlsplit

from nurture.errors import Misconfigured, Unreachable
from nurture.transport.security import Tls, is_loopback, tls_context
from nurture.value import frozen

_LARGEST = 256 * 1024


@frozen
class Haste:
    """Seconds for one silence of the server, and for all of it together."""

    silence: float = 20
    whole: float = 45


@frozen
class Reply:
    """What came back."""

    status: int
    body: bytes


def post_form(
    url: str, fields: Mapping[str, str], haste: Haste | None = None, ca_file: Path | None = None
) -> Reply:
    """The reply, whatever its status; blocks, so call it in a thread.

    Raises Unreachable for a server that is silent, slow, untrusted or talks without end, and
    Misconfigured for an address that is neither https nor on loopback.
    """
    haste = haste or Haste()
    parts = urlsplit(url)
    connection = _connection(parts, haste, ca_file)
    is_over = Event()
    try:
        connection.connect()
        watchdog = Timer(haste.whole, _cut, (connection.sock, is_over))
        watchdog.daemon = True
        watchdog.start()
        try:
            return _exchange(connection, parts, fields)
        finally:
            watchdog.cancel()
    except (OSError, HTTPException, ValueError) as error:
        words = f"no answer in {haste.whole:g} s" if is_over.is_set() else _reason(error)
        raise Unreachable(f"{parts.hostname}: {words}") from None
    finally:
        connection.close()


def _connection(parts: SplitResult, haste: Haste, ca_file: Path | None) -> HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = tls_context(Tls.IMPLICIT, ca_file)
        return HTTPSConnection(host, parts.port, timeout=haste.silence, context=context)
    if parts.scheme == "http" and is_loopback(host):
        return HTTPConnection(host, parts.port, timeout=haste.silence)
    raise Misconfigured(f"{parts.geturl()}: tokens travel over https alone")


def _exchange(connection: HTTPConnection, parts: SplitResult, fields: Mapping[str, str]) -> Reply:
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
        "User-Agent": "nurture",
        "Connection": "close",
    }
    connection.request("POST", target, urlencode(fields), headers)
    with connection.getresponse() as response:
        body = response.read(_LARGEST + 1)
    if len(body) > _LARGEST:
        raise ValueError("the answer has no end")
    return Reply(response.status, body)


def _cut(sock: socket, is_over: Event) -> None:
    """Ends a read under way: a timeout of the socket counts only from one byte to the next."""
    is_over.set()
    with suppress(OSError):
        sock.shutdown(SHUT_RDWR)


def _reason(error: Exception) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return f"the certificate is not trusted ({error.verify_message})"
        case TimeoutError():
            return "the server did not answer in time"
        case ConnectionRefusedError():
            return "nobody listens there"
        case HTTPException():
            return f"no HTTP ({type(error).__name__})"  # its words may hold what the server said
        case _:
            return str(error) or type(error).__name__
