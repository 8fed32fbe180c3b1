"""Opening a submission session: connected, secured, logged in, or told in plain words why not."""

import asyncio
import socket
import ssl
from dataclasses import dataclass
from typing import cast

from aiosmtplib import SMTP, SMTPException, SMTPResponseException, SMTPServerDisconnected

from nurture import ports
from nurture.errors import Refused, Unreachable
from nurture.mail.delivery import Answer, Phase
from nurture.transport.fault import plain_words
from nurture.transport.security import Login, Tls, current, doubt
from nurture.transport.smtp_dialogue import Dialogue
from nurture.transport.smtp_endpoint import SmtpEndpoint
from nurture.transport.smtp_line import TEXT, Line


class _Unwilling(Exception):
    """The server cannot be used as it presents itself."""


@dataclass(slots=True)
class _Opening:
    endpoint: SmtpEndpoint
    client: SMTP
    phase: Phase = Phase.CONNECT


async def open_dialogue(endpoint: SmtpEndpoint) -> Dialogue | Answer:
    """A session ready for envelopes, or why there is none, in words a person can act upon.

    One password or token is tried with one mechanism once: servers count every try.  TLS is
    verified and never given up on, whatever the server claims (RFC 8314; domain.md P39).  Raises
    Misconfigured for a `ca_file` that holds none.
    """
    context = endpoint.tls_context()
    try:
        token = await current(endpoint.secret)
    except Unreachable as error:
        phase = Phase.AUTH if isinstance(error, Refused) else Phase.CONNECT
        return Answer(phase, 0, str(error)[:TEXT])
    opening = _Opening(endpoint, SMTP(hostname=endpoint.host, timeout=endpoint.patience.connect))
    try:
        await _connect(opening, context)
        await _login(opening, token)
        return _taken_over(opening)
    except (SMTPException, OSError, _Unwilling, ValueError) as error:
        opening.client.close()
        if opening.phase is Phase.AUTH and isinstance(error, SMTPResponseException):
            doubt(endpoint.secret, token)
        return _refusal(opening, error)
    except BaseException:
        opening.client.close()
        raise


async def _connect(opening: _Opening, context: ssl.SSLContext | None) -> None:
    endpoint, client = opening.endpoint, opening.client
    async with asyncio.timeout(endpoint.patience.connect):
        await client.connect(
            sock=await _connected(endpoint),
            use_tls=endpoint.tls is Tls.IMPLICIT,
            start_tls=False,
            tls_context=context,
            local_hostname=endpoint.local_hostname,
        )
        await client.ehlo()
        if endpoint.tls is Tls.STARTTLS:
            if not client.supports_extension("starttls"):
                raise _Unwilling(
                    "the server offers no STARTTLS, so nothing was said to it; somebody may be "
                    "listening in, or the port is another one (465 with tls `implicit`)"
                )
            await client.starttls()
            await client.ehlo()


async def _connected(endpoint: SmtpEndpoint) -> socket.socket:
    """A connection to the first address of the host that answers; raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    fault: OSError = OSError(f"the name {endpoint.host} has no address")
    for family, kind, protocol, _, address in found:
        sock = socket.socket(family, kind, protocol)
        sock.setblocking(False)
        try:
            async with asyncio.timeout(endpoint.patience.attempt):
                await loop.sock_connect(sock, address)
        except OSError as error:
            sock.close()
            fault = error
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise fault


async def _login(opening: _Opening, token: ports.Token) -> None:
    endpoint, client = opening.endpoint, opening.client
    if not endpoint.user:
        return
    opening.phase = Phase.AUTH
    offered = client.server_auth_methods
    async with asyncio.timeout(endpoint.patience.login):
        if endpoint.login is Login.XOAUTH2 and "xoauth2" in offered:
            await client.auth_xoauth2(endpoint.user, token.text, timeout=None)
        elif endpoint.login is Login.PASSWORD and "plain" in offered:
            await client.auth_plain(endpoint.user, token.text, timeout=None)
        elif endpoint.login is Login.PASSWORD and "login" in offered:
            await client.auth_login(endpoint.user, token.text, timeout=None)
        else:
            known = ", ".join(offered) or "none"
            raise _Unwilling(f"the server offers no login by {endpoint.login}; it offers: {known}")


def _taken_over(opening: _Opening) -> Dialogue:
    """From here the transport speaks our own dialogue; the library opened, secured, logged in."""
    transport = opening.client.transport
    if transport is None:
        raise _Unwilling("the server closed the connection after the login")
    # It can all that a stream's transport can, also where uvloop's does not inherit from it.
    line = Line(cast("asyncio.Transport", transport))
    return Dialogue(line, dict(opening.client.esmtp_extensions), opening.endpoint)


def _refusal(opening: _Opening, error: Exception) -> Answer:
    place = opening.endpoint.place
    if isinstance(error, SMTPResponseException) and error.code > 0:
        words = " ".join(error.message.split())[:TEXT]
        return Answer(opening.phase, error.code, words)
    return Answer(opening.phase, 0, f"{place}: {_plainly(opening.endpoint, error)}"[:TEXT])


def _plainly(endpoint: SmtpEndpoint, error: Exception) -> str:
    for cause in _causes(error):
        if words := plain_words(endpoint.host, cause):
            return words
        if isinstance(cause, SMTPServerDisconnected):
            return "the server closed the connection"
    return str(error) or type(error).__name__


def _causes(error: BaseException) -> list[BaseException]:
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None:
        causes.append(cause)
        cause = cause.__cause__
    return causes[::-1]
