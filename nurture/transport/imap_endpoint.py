"""Where, as whom and how patiently an account's IMAP store is read."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path

from nurture.errors import Misconfigured
from nurture.mail.cursor import Folder


class Tls(StrEnum):
    """How the connection is secured; NONE is for loopback alone."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"
    NONE = "none"


class Login(StrEnum):
    """What the secret is: a password, or an OAuth 2 access token (XOAUTH2)."""

    PASSWORD = "password"  # noqa: S105 the name of a way, not a secret
    XOAUTH2 = "xoauth2"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds after which a silent server counts as gone.

    LOGIN failures are delayed by servers; `listen` renews IDLE long before NAT boxes and
    autologout end it (RFC 2177 allows 29 minutes); `poll` is the pace where IDLE is not offered.
    """

    connect: float = 20
    login: float = 40
    command: float = 30
    fetch: float = 180
    acknowledge: float = 20
    listen: float = 480
    poll: float = 30
    leave: float = 2


@dataclass(frozen=True, slots=True)
class ImapEndpoint:
    """Where and as whom the account is read.

    `secret` is asked anew at every login, so that a renewed token is used.  `folders` names only
    what SPECIAL-USE cannot tell.  Of a message at most `max_message_bytes` are read.
    """

    host: str
    port: int
    user: str
    secret: str | Callable[[], str] = field(repr=False)
    tls: Tls = Tls.IMPLICIT
    login: Login = Login.PASSWORD
    folders: Mapping[Folder, str] = field(default_factory=dict)
    ca_file: Path | None = None
    deadlines: Deadlines = field(default_factory=Deadlines)
    max_message_bytes: int = 8 << 20

    def __post_init__(self) -> None:
        if self.tls is Tls.NONE and not _is_loopback(self.host):
            raise Misconfigured(
                f"{self.host}:{self.port} (IMAP): tls `none` would show the password to the "
                "network; it is for loopback only. Use `implicit` (port 993) or `starttls`"
            )

    @property
    def place(self) -> str:
        """How messages to people name the server."""
        return f"{self.host}:{self.port} (IMAP)"

    def tls_context(self) -> ssl.SSLContext | None:
        """Whom to trust; None on loopback without TLS.  Raises Misconfigured."""
        if self.tls is Tls.NONE:
            return None
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except OSError as error:
            message = f"{self.ca_file}: no certificates to trust in it ({error})"
            raise Misconfigured(message) from error


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
