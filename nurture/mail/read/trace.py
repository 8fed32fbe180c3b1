"""What in an incoming mail leads back to something we sent, the surest first (domain.md M7)."""

from nurture.mail.read.delivery_status import original_ids
from nurture.mail.read.header import addresses
from nurture.mail.read.inbound import Inbound
from nurture.mail.thread import bare_subject, ids_in
from nurture.mail.tokens import token_in
from nurture.value import frozen

_DELIVERED_TO = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
# Who replaces the id under which a mail was handed in keeps the first one here (domain.md M6).
REPLACED_IDS = ("x-google-original-message-id", "x-microsoft-original-message-id")
_FAILED_TO = "x-failed-recipients"  # Exim, Gmail
_WRITTEN_TO = ("to", "cc", "x-original-to", "delivered-to", "envelope-to")


@frozen
class Trace:
    """Message ids it answers or reports on, the text of our token, and who wrote it.

    `written_to` holds, of a report, the addresses that the returned mail was first meant for:
    where it was forwarded, the report itself names only the last one.  `subject` is what the
    mail is about, without any reply prefix.
    """

    ids: tuple[str, ...]
    token: str
    writers: tuple[str, ...]
    written_to: tuple[str, ...]
    subject: str


def trace(inbound: Inbound, key: bytes) -> Trace:
    """Every lead of this mail; ids come the nearest first, writers the sender first."""
    cited = (*inbound.in_reply_to, *reversed(inbound.references), *original_ids(inbound))
    embedded = (each for original in inbound.originals for each in original.message_ids)
    delivered = (each for name in _DELIVERED_TO for each in inbound.all(name))
    mailboxes = (address for each in delivered for _, address in addresses(each))
    writers = (inbound.sender, inbound.reply_to, inbound.return_path or "")
    return Trace(
        ids=tuple(dict.fromkeys((*cited, *embedded))),
        token=token_in(mailboxes, key) or "",
        writers=tuple(dict.fromkeys(each for each in writers if each)),
        written_to=_written_to(inbound),
        subject=bare_subject(inbound.subject),
    )


def first_ids(inbound: Inbound) -> tuple[str, ...]:
    """The ids that a mail of our own was handed in under, before its server gave it another."""
    found = (each for name in REPLACED_IDS for value in inbound.all(name) for each in ids_in(value))
    return tuple(dict.fromkeys(found))


def _written_to(inbound: Inbound) -> tuple[str, ...]:
    values = list(inbound.all(_FAILED_TO))
    for original in inbound.originals:
        values += [value for name, value in original.fields if name in _WRITTEN_TO]
    return tuple(dict.fromkeys(address for each in values for _, address in addresses(each)))
