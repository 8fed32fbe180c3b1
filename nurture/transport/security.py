"""How a connection is secured and entered, the same for SMTP and IMAP."""

import math
import ssl
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path

from nurture import ports
from nurture.errors import Misconfigured


class Tls(StrEnum):
    """How the connection is secured; NONE is for loopback alone."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"
    NONE = "none"


class Login(StrEnum):
    """What the secret is: a password, or an OAuth 2 access token (XOAUTH2)."""

    PASSWORD = "password"  # noqa: S105 the name of a way, not a secret
    XOAUTH2 = "xoauth2"


Secret = str | ports.TokenSource
"""A password that stays, or where tokens come from."""


async def current(secret: Secret) -> ports.Token:
    """What to log in with now; raises what TokenSource.fresh raises."""
    return ports.Token(secret, math.inf) if isinstance(secret, str) else await secret.fresh()


def doubt(secret: Secret, token: ports.Token) -> None:
    """A server refused it; where it is a token, another one is fetched for the next try."""
    if not isinstance(secret, str):
        secret.doubt(token)


def refuse_open_network(tls: Tls, host: str, place: str, advice: str) -> None:
    """Raises Misconfigured where a password would cross a network in the clear."""
    if tls is Tls.NONE and not is_loopback(host):
        raise Misconfigured(
            f"{place}: tls `none` would show the password to the network; it is for loopback "
            f"only. {advice}"
        )


def tls_context(tls: Tls, ca_file: Path | None) -> ssl.SSLContext | None:
    """Whom to trust; None on loopback without TLS.  Raises Misconfigured."""
    if tls is Tls.NONE:
        return None
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise Misconfigured(f"{ca_file}: no certificates to trust in it ({error})") from error


def is_loopback(host: str) -> bool:
    """Whether the name or address is this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
