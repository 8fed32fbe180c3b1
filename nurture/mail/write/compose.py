"""A message as the bytes that travel, put together by hand: the same to SMTP and to Sent."""

import re
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from nurture.mail.delivery import WholeLines
from nurture.mail.thread import is_id
from nurture.mail.write.attachment import Attachment, attached
from nurture.mail.write.field import BadHeader, folded, mailbox, structured, unstructured
from nurture.mail.write.flowed import flowed
from nurture.mail.write.markdown import content_id
from nurture.mail.write.quoted import spelt
from nurture.value import frozen

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
# Fields the message writes itself, so that each stands once (RFC 5322 section 3.6), and those that
# would pass a personal mail off as list mail and silence absence notes (domain.md P16, P17).
_OWN: Final = frozenset({
    "from", "sender", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "in-reply-to",
    "references", "mime-version", "content-type", "content-transfer-encoding", "return-path",
    "received",
})  # fmt: skip
_NEVER: Final = frozenset({"list-id", "precedence", "x-mailer", "user-agent"})

_own_mailbox: Final = lru_cache(maxsize=256)(mailbox)  # of senders there are few


@frozen
class Correspondent:
    """Who writes or is written to; the name may be empty."""

    address: str
    name: str = ""


@frozen
class Message:
    """One mail to one person.

    `pictures` are what its HTML shows by `content_id`; `attachments` go with it as files.
    `parts` are text and HTML as they travel, where that is known: their words do not matter then.
    Text that `is_flowed` has its paragraphs broken so that readers join them again (RFC 3676).
    `message_id`, `in_reply_to` and `references` stand without brackets; `date` is aware, in the
    owner's zone; an empty `html` makes a mail of plain text only; `headers` are further fields of
    printable ASCII, such as Auto-Submitted.
    """

    sender: Correspondent
    recipient: Correspondent
    subject: str
    text: str
    message_id: str
    date: datetime
    html: str = ""
    reply_to: Correspondent | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    pictures: tuple[Attachment, ...] = ()
    parts: tuple[str, str] = ("", "")
    is_flowed: bool = False

    @property
    def needs_smtputf8(self) -> bool:
        """Whether a local part is outside ASCII, so that only SMTPUTF8 can carry it (RFC 6531)."""
        known = (self.sender, self.recipient, self.reply_to or self.sender)
        return not all(each.address.rpartition("@")[0].isascii() for each in known)


def compose(message: Message) -> WholeLines:
    """The message in full, CRLF throughout, no line over 998 characters (RFC 5322 section 2.1.1).

    7-bit clean unless `needs_smtputf8`.  The same message always gives the same bytes.  Raises
    BadHeader, a ValueError naming the header, where a value holds a control character or anything
    its field cannot carry; nothing is ever repaired in silence.
    """
    sender, recipient = message.sender, message.recipient
    wire = "".join(
        (
            _own_mailbox("From", sender.name, sender.address),
            mailbox("To", recipient.name, recipient.address),
            _reply_to(message) if message.reply_to else "",
            unstructured("Subject", message.subject),
            f"Date: {_date(message.date)}\r\n",
            f"Message-ID: {_id('Message-ID', message.message_id)}\r\n",
            _conversation(message) if message.in_reply_to or message.references else "",
            _further(message.headers) if message.headers else "",
            "MIME-Version: 1.0\r\n",
            _body(message),
        )
    )
    return WholeLines(wire.encode())


def _body(message: Message) -> str:
    words, rich = message.parts
    if message.is_flowed:
        # Closed anew: what is left of a last line of blanks is a line, and no line end.
        plain = flowed(message.text.removesuffix("\n")) + "\n"
        words = _part("plain", plain, more="; format=flowed")
    else:
        words = words or _part("plain", message.text)
    if rich or message.html:
        rich = rich or _part("html", message.html)
        if message.pictures:
            shown = (attached(each, content_id(each.path)) for each in message.pictures)
            rich = _multipart("related", message, (rich, *shown))
        words = _multipart("alternative", message, (words, rich))
    if message.attachments:
        files = (attached(each) for each in message.attachments)
        words = _multipart("mixed", message, (words, *files))
    return words


def _multipart(kind: str, message: Message, parts: tuple[str, ...]) -> str:
    seed = message.message_id if kind == "alternative" else f"{kind} {message.message_id}"
    boundary = f"=_{blake2b(seed.encode(), digest_size=12).hexdigest()}"
    # RFC 2387 section 3.1: a reader learns from the head which kind of part the others belong to.
    root = ' type="text/html";' if kind == "related" else ""
    within = f"\r\n--{boundary}\r\n".join(parts)
    return (
        f'Content-Type: multipart/{kind};{root}\r\n boundary="{boundary}"\r\n\r\n'
        f"--{boundary}\r\n{within}\r\n--{boundary}--\r\n"
    )


def _reply_to(message: Message) -> str:
    # Only where it differs from From (domain.md M8).
    other = message.reply_to
    if other is None or other.address == message.sender.address:
        return ""
    return mailbox("Reply-To", other.name, other.address)


def _date(moment: datetime) -> str:
    return _written(moment, moment.tzinfo, moment.fold)


@lru_cache(maxsize=64)
def _written(moment: datetime, _zone: tzinfo | None, _fold: int) -> str:
    # By what its offset follows from, too: the same moment in two zones would be one key.
    offset = moment.utcoffset()
    if offset is None:
        raise BadHeader("Date", f"needs a time with its zone, not {moment}")
    minutes, rest = divmod(round(offset.total_seconds()), 60)
    if rest:  # local mean time of long ago has seconds, which RFC 5322 cannot write
        return _date(moment.astimezone(UTC))
    hours, minutes = divmod(abs(minutes), 60)
    sign = "-" if offset.total_seconds() < 0 else "+"
    return (
        f"{_DAYS[moment.weekday()]}, {moment.day:02} {_MONTHS[moment.month - 1]} {moment.year:04}"
        f" {moment.hour:02}:{moment.minute:02}:{moment.second:02} {sign}{hours:02}{minutes:02}"
    )


def _conversation(message: Message) -> str:
    reply = message.in_reply_to
    ids = [_id("References", each) for each in message.references]
    return (f"In-Reply-To: {_id('In-Reply-To', reply)}\r\n" if reply else "") + (
        folded("References", ids) if ids else ""
    )


def _id(name: str, message_id: str) -> str:
    if not is_id(message_id):
        raise BadHeader(name, f"cannot carry the message id {message_id[:60]!r}")
    return f"<{message_id}>"


@lru_cache(maxsize=256)
def _further(headers: tuple[tuple[str, str], ...]) -> str:
    return "".join([_field(name, value) for name, value in headers])


def _field(name: str, value: str) -> str:
    lower = name.lower()
    if not _NAME.fullmatch(name):
        raise BadHeader(repr(name[:60]), "is no header name")
    if lower in _OWN or lower in _NEVER:
        why = "is written from the message itself" if lower in _OWN else "has no place in our mail"
        raise BadHeader(name, why)
    return structured(name, value)


def part_head(kind: str, encoding: str, more: str = "", *, is_ascii: bool) -> str:
    """The head of a part of text, with the empty line below it."""
    charset = "us-ascii" if is_ascii else "utf-8"
    return (
        f"Content-Type: text/{kind}; charset={charset}{more}\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )


def _part(kind: str, text: str, more: str = "") -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    fits, spelled = zip(*map(spelt, lines), strict=True)
    encoding, wire = ("7bit", lines) if all(fits) else ("quoted-printable", spelled)
    head = part_head(kind, encoding, more, is_ascii=text.isascii())
    return "\r\n".join((head + wire[0], *wire[1:], ""))
