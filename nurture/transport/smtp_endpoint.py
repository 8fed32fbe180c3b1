"""Where, as whom and how patiently an account's mail is submitted."""

import ssl
from dataclasses import field
from pathlib import Path

from nurture.transport.security import Login, Secret, Tls, refuse_open_network, tls_context
from nurture.value import frozen


@frozen
class Patience:
    """Seconds after which a silent server counts as gone.

    `attempt` is the part of `connect` that one of several addresses of the host may take: where
    IPv6 leads nowhere, IPv4 still gets its turn.  `dot` is the wait for the answer to the final
    dot: less than 600 makes duplicates elsewhere and doubts here (RFC 5321 section 4.5.3.2.6).  A
    connection unused for `trusted` is asked whether it lives before it is used, and has `check`
    to say so; after `idle` it is given up, for others need its place.
    """

    connect: float = 30
    attempt: float = 8
    login: float = 40
    command: float = 60
    dot: float = 600
    check: float = 10
    trusted: float = 10
    idle: float = 60


@frozen
class SmtpEndpoint:
    """Where and as whom mail is submitted.

    A token source is asked anew at every login, before it begins; an empty `user` logs in
    nowhere.  `local_hostname` is what EHLO tells of us.  `provider` names the rows of the
    reply table that apply; after `per_connection` mails, 0 for any number, another connection is
    opened.  Raises Misconfigured for TLS off where it must not be.
    """

    host: str
    port: int
    user: str = ""
    secret: Secret = field(default="", repr=False)
    tls: Tls = Tls.IMPLICIT
    login: Login = Login.PASSWORD
    ca_file: Path | None = None
    local_hostname: str = "localhost"
    provider: str = ""
    per_connection: int = 0
    patience: Patience = field(default_factory=Patience)

    def __post_init__(self) -> None:
        refuse_open_network(
            self.tls, self.host, self.place, "Use `implicit` (port 465) or `starttls` (port 587)"
        )

    @property
    def place(self) -> str:
        """How messages to people name the server."""
        return f"{self.host}:{self.port} (SMTP)"

    def tls_context(self) -> ssl.SSLContext | None:
        """Whom to trust; None on loopback without TLS.  Raises Misconfigured."""
        return tls_context(self.tls, self.ca_file)
