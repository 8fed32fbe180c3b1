"""What in an incoming mail leads back to something we sent, the surest first (domain.md M7)."""

from dataclasses import dataclass

from nurture.mail.delivery_status import original_ids
from nurture.mail.header import addresses
from nurture.mail.inbound import Inbound
from nurture.mail.tokens import token_in

_DELIVERED_TO = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")


@dataclass(frozen=True, slots=True)
class Trace:
    """Message ids it answers or reports on, the text of our token, and who wrote it."""

    ids: tuple[str, ...]
    token: str
    writers: tuple[str, ...]


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
    )
