"""Where, as whom and how patiently an account's IMAP store is read."""

import ssl
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from nurture.mail.cursor import Folder
from nurture.transport.security import Login, Secret, Tls, refuse_open_network, tls_context
from nurture.value import frozen


@frozen
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


@frozen
class ImapEndpoint:
    """Where and as whom the account is read.

    A token source is asked anew at every login, before it begins.  `folders` names only
    what SPECIAL-USE cannot tell.  Of a message at most `max_message_bytes` are read, and once a
    day's messages have cost `daily_bytes`, only the beginning of each (domain.md P27).
    """

    host: str
    port: int
    user: str
    secret: Secret = field(repr=False)
    tls: Tls = Tls.IMPLICIT
    login: Login = Login.PASSWORD
    folders: Mapping[Folder, str] = field(default_factory=dict)
    ca_file: Path | None = None
    deadlines: Deadlines = field(default_factory=Deadlines)
    max_message_bytes: int = 4 << 20
    daily_bytes: int = 100_000_000

    def __post_init__(self) -> None:
        refuse_open_network(
            self.tls, self.host, self.place, "Use `implicit` (port 993) or `starttls`"
        )

    @property
    def place(self) -> str:
        """How messages to people name the server."""
        return f"{self.host}:{self.port} (IMAP)"

    def tls_context(self) -> ssl.SSLContext | None:
        """Whom to trust; None on loopback without TLS.  Raises Misconfigured."""
        return tls_context(self.tls, self.ca_file)
