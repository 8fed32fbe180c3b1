"""One message to one mailbox, and what its submission came to."""

from enum import StrEnum

from nurture.value import frozen


class Phase(StrEnum):
    """How far the SMTP dialogue had come (RFC 5321 3)."""

    CONNECT = "connect"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"


class Scope(StrEnum):
    """Whom an answer speaks about; only RECIPIENT says something about the contact."""

    ACCOUNT = "account"
    DOMAIN = "domain"
    RECIPIENT = "recipient"
    POLICY = "policy"
    UNKNOWN = "unknown"


class WholeLines(bytes):
    """A mail that DATA carries as it is: all its lines end in CRLF, and none begins with a dot.

    Only who writes each of the lines can say so (RFC 5321 sections 2.3.8 and 4.5.2).
    """

    __slots__ = ()


@frozen
class Envelope:
    """What is handed over: one sender, one recipient, and the bytes exactly as they travel."""

    sender: str
    recipient: str
    wire: bytes
    message_id: str


@frozen
class Answer:
    """What the server said, in its own words; code 0 where nobody said anything."""

    phase: Phase
    code: int
    text: str

    def __str__(self) -> str:
        if not (self.code and self.text):
            return f"{self.text or self.code or ''} (at {self.phase})"
        return f"{self.code} {self.text} (at {self.phase!s})"


@frozen
class Accepted:
    """250 after the final dot: the server owns the message now (RFC 5321 6.1)."""

    answer: Answer
    server_ids: tuple[str, ...] = ()


@frozen
class Deferred:
    """Certainly not sent; worth another try, for the reason and the scope given."""

    answer: Answer
    scope: Scope


@frozen
class Rejected:
    """Certainly not sent, and another try would meet the same answer."""

    answer: Answer
    scope: Scope


@frozen
class Unknown:
    """The final dot may have left and no answer came: sent or not, nobody knows (RFC 1047)."""

    answer: Answer


Delivery = Accepted | Deferred | Rejected | Unknown
