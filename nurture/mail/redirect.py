"""A mail meant for somebody else, made into a specimen: nothing in it leads back to a contact."""

import re
from typing import Final

from nurture.mail.read.inbound import read
from nurture.mail.write.field import mailbox, structured, unstructured

INTENDED: Final = "X-Nurture-Recipient"
"""The field that names whom the mail was written for."""

# What would tie an answer to the contact, their thread, or an address that names them; and a button
# of the reader's mail program by which the contact would have said no.
_DROPPED: Final = frozenset({
    b"to", b"cc", b"bcc", b"subject", b"reply-to", b"in-reply-to", b"references",
    b"list-unsubscribe", b"list-unsubscribe-post",
})  # fmt: skip
_FIELD: Final = re.compile(rb"[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*")


def redirected(wire: bytes, intended: str, to: str) -> bytes:
    """The mail addressed to `to`, with the intended recipient in its subject and in a field.

    `Auto-Submitted` keeps responders quiet (RFC 3834 5.1); the body is as it would have been.
    """
    head, _, body = wire.partition(b"\r\n\r\n")
    kept = [
        field
        for field in _FIELD.findall(head + b"\r\n")
        if field.partition(b":")[0].strip().lower() not in _DROPPED
    ]
    new = (
        mailbox("To", "", to),
        unstructured("Subject", f"[to {intended}] {read(wire).subject}"),
        structured(INTENDED, intended),
        structured("Auto-Submitted", "auto-generated"),
    )
    return "".join(new).encode() + b"".join(kept) + b"\r\n" + body
