"""An incoming mail as a value: what every reader of it needs, and nothing it could choke on."""

import hashlib
from datetime import datetime
from typing import Final

from nurture.mail.read.header import (
    Fields,
    addresses,
    message_ids,
    moment,
    parameters,
    split,
    words,
)
from nurture.mail.read.mime import Part, parse
from nurture.value import frozen

_ORIGINALS: Final = frozenset({"message/rfc822", "text/rfc822-headers", "message/global",
                               "message/global-headers", "text/rfc822"})  # fmt: skip
_STATUS: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})
# domain.md M6: Outlook.com and Gmail rename the id they replace.
_IDS: Final = ("message-id", "x-microsoft-original-message-id", "x-google-original-message-id")
_RECEIPT: Final = frozenset({"message/disposition-notification",
                             "message/global-disposition-notification"})  # fmt: skip


@frozen
class Original:
    """The message that a report or a forward carries along: its header fields and ids."""

    fields: Fields
    message_ids: tuple[str, ...]


@frozen
class Inbound:
    """A mail as read: texts decoded, ids and addresses bare, defects named instead of raised.

    `return_path` is `""` for the null sender `<>` and None where the field is absent.
    `wrapped_status` holds the status parts of a report that a gateway sent on as an attachment.
    `defects` are for people; no decision may rest on them.
    """

    headers: Fields
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    subject: str
    sender: str
    sender_name: str
    reply_to: str
    return_path: str | None
    to: tuple[str, ...]
    cc: tuple[str, ...]
    date: datetime | None
    content_type: str
    report_type: str
    plain: str
    html: str
    delivery_status: tuple[str, ...]
    disposition: str
    feedback: str
    calendar: str
    originals: tuple[Original, ...]
    original_text: str
    wrapped_status: tuple[str, ...]
    attachments: tuple[str, ...]
    sha256: str
    size: int
    defects: tuple[str, ...]

    @property
    def recipients(self) -> tuple[str, ...]:
        """Everybody whom it names as such."""
        return (*self.to, *self.cc)

    @property
    def is_auto_submitted(self) -> bool:
        """Whether it says that no person sent it (RFC 3834 section 5)."""
        return self.header("auto-submitted") not in {None, "no"}

    def header(self, name: str) -> str | None:
        """The first value of a field, decoded; None where the mail has no such field."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field, in order, decoded."""
        return tuple(value for key, value in self.headers if key == name.lower())


def read(raw: bytes) -> Inbound:
    """Never raises, and is bounded in time and memory whatever the bytes are (R9, R10).

    Reads 64 KB of headers, 50 levels, 200 parts, 256 KB of each text (reliability.md section 8).
    """
    undecoded, parts, defects = parse(raw)
    first = dict(reversed(undecoded))
    kind, options = parameters(first.get("content-type", ""))
    name, sender = _mailbox(first.get("from", ""))
    body = _Body(parts)
    return Inbound(
        headers=tuple((key, words(value)) for key, value in undecoded),
        message_id=next(iter(message_ids(first.get("message-id", ""))), ""),
        in_reply_to=message_ids(first.get("in-reply-to", "")),
        references=message_ids(first.get("references", "")),
        subject=" ".join(words(first.get("subject", "")).split()),
        sender=sender,
        sender_name=name,
        reply_to=_mailbox(first.get("reply-to", ""))[1],
        return_path=_return_path(first.get("return-path")),
        to=_everybody(undecoded, "to"),
        cc=_everybody(undecoded, "cc"),
        date=moment(first.get("date", "")),
        content_type=kind,
        report_type=options.get("report-type", "").strip().lower(),
        plain=body.texts("text/plain"),
        html=body.texts("text/html"),
        delivery_status=tuple(part.text for part in parts if part.content_type in _STATUS),
        disposition=body.first(_RECEIPT),
        feedback=body.first(frozenset({"message/feedback-report"})),
        calendar=body.first(frozenset({"text/calendar"})),
        originals=tuple(_original(part) for part in parts if part.content_type in _ORIGINALS),
        original_text="\n".join(part.text for part in parts if part.content_type in _ORIGINALS),
        wrapped_status=tuple(status for part in parts for status in _wrapped(part)),
        attachments=tuple(part.name for part in parts if part.name),
        sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        defects=defects,
    )


@frozen
class _Body:
    parts: tuple[Part, ...]

    def texts(self, kind: str) -> str:
        shown = (
            part.text
            for part in self.parts
            if part.content_type == kind and part.disposition != "attachment"
        )
        return "\n".join(shown)

    def first(self, kinds: frozenset[str]) -> str:
        return next((part.text for part in self.parts if part.content_type in kinds), "")


def _wrapped(part: Part) -> tuple[str, ...]:
    if part.content_type != "message/rfc822" or b"delivery-status" not in part.content.lower():
        return ()
    fields, inner, _ = parse(part.content)
    if "multipart/report" not in dict(fields).get("content-type", "").lower():
        return ()
    return tuple(each.text for each in inner if each.content_type in _STATUS)


def _original(part: Part) -> Original:
    block = part.content.lstrip().partition(b"\n\n")[0].partition(b"\r\n\r\n")[0]
    fields, _ = split(block)
    ids = tuple(
        each for name in _IDS for key, value in fields if key == name for each in message_ids(value)
    )
    return Original(tuple((key, words(value)) for key, value in fields), ids)


def _mailbox(value: str) -> tuple[str, str]:
    return next(iter(addresses(value)), (words(value).strip().strip('"')[:200], ""))


def _return_path(value: str | None) -> str | None:
    if value is None:
        return None
    return next((address for _, address in addresses(value)), value.strip(" <>\t").lower())


def _everybody(fields: Fields, name: str) -> tuple[str, ...]:
    return tuple(address for _, address in addresses(
        ", ".join(value for key, value in fields if key == name)))  # fmt: skip
