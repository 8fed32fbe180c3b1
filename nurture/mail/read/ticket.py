"""The ticket that an owner's answer carries back: in an address, a message id, or the subject."""

import re
from base64 import b32encode
from hashlib import blake2b
from typing import Final

from nurture.mail.read.header import addresses
from nurture.mail.read.inbound import Inbound
from nurture.mail.tokens import plus_address, sign, verify

_DELIVERED_TO: Final = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
_NOTE: Final = ".note"
_TEXT: Final = re.compile(r"c([a-z2-7]{10})")
_IN_SUBJECT: Final = re.compile(r"\[([a-z2-7]{30,40})\]")
_NONCE: Final = 10
_SEALED: Final = re.compile(r"s([a-z2-7]{10})")
SEAL: Final = "X-Nurture-Seal"
"""The field of a notice that no answer quotes: it speaks for the notice itself, when moved."""


def nonce_from(minted: str) -> str:
    """The nonce of a new ticket, out of an id that was never given out before."""
    return b32encode(blake2b(minted.encode(), digest_size=10).digest()).decode().lower()[:_NONCE]


def token_of(key: bytes, nonce: str) -> str:
    """What an answer has to carry; nobody can make another without the key."""
    return sign(key, f"c{nonce}")


def nonce_of(key: bytes, token: str) -> str | None:
    """The nonce of a ticket's token; None for any other text, whatever else we signed."""
    found = _TEXT.fullmatch(verify(key, token) or "")
    return found[1] if found else None


def seal_of(key: bytes, nonce: str) -> str:
    """What the notice itself bears; who was shown its text, or an answer to it, cannot know it."""
    return sign(key, f"s{nonce}")


def nonce_sealed(key: bytes, seal: str) -> str | None:
    """The nonce of the ticket that went out with the notice of this seal; None for any other."""
    found = _SEALED.fullmatch(verify(key, seal) or "")
    return found[1] if found else None


def note_id(token: str, domain: str) -> str:
    """The message id of a notice, which a Reply cites."""
    return f"{token}{_NOTE}@{domain}"


def command_address(address: str, token: str, *, subaddressing: bool) -> str:
    """Where a command is written to; without subaddressing the id or the subject must tell."""
    if not subaddressing:
        return address
    try:
        return plus_address(address, token)
    except ValueError:
        return address


def nonce_in(inbound: Inbound, key: bytes) -> str | None:
    """The nonce of the first ticket of ours: addressed, answered, then named in the subject."""
    delivered = (each for name in _DELIVERED_TO for each in inbound.all(name))
    tags = (
        address.rpartition("@")[0].rpartition("+")[2]
        for each in delivered
        for _, address in addresses(each)
    )
    cited = (*inbound.in_reply_to, *reversed(inbound.references))
    locals_ = (each.rpartition("@")[0] for each in cited)
    notes = (each.removesuffix(_NOTE) for each in locals_ if each.endswith(_NOTE))
    named = _IN_SUBJECT.findall(inbound.subject.lower())
    found = (nonce_of(key, token) for token in (*tags, *notes, *named))
    return next((nonce for nonce in found if nonce), None)


def cites_notice(inbound: Inbound) -> bool:
    """Whether it answers one of our notices, a brief among them."""
    cited = (*inbound.in_reply_to, *inbound.references)
    return any(each.rpartition("@")[0].endswith(_NOTE) for each in cited)
