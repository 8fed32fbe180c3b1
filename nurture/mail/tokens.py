"""Signed tokens: an answer names what it answers from any address, a link whom it is about."""

import hmac
import re
from base64 import b32decode, b32encode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from nurture.value import frozen

_MAC: Final = 10  # 80 bits: beyond guessing by mail, and short enough for a local part of 64
_PURPOSE: Final = b"nurture reply token\0"
_LEAVING: Final = b"nurture unsubscribe link\0"
_LINK_MAC: Final = 16
_NUMBER: Final = 8
_MARK: Final = 32
_LINK: Final = re.compile(r"[A-Za-z0-9_-]{75}")
_TOKEN: Final = re.compile(r"[a-z2-7]{16,60}")
_LOCAL: Final = 64  # RFC 5321 section 4.5.3.1.1


def sign(key: bytes, text: str) -> str:
    """A token that carries the text, in lower-case base32; it never expires (domain.md P15)."""
    payload = text.encode()
    mac = hmac.digest(key, _PURPOSE + payload, sha256)[:_MAC]
    return b32encode(payload + mac).decode().rstrip("=").lower()


def verify(key: bytes, token: str) -> str | None:
    """The text of a token signed with this key, in constant time; None for any other token."""
    folded = token.strip().lower()
    if not _TOKEN.fullmatch(folded):
        return None
    try:
        raw = b32decode(folded.upper() + "=" * (-len(folded) % 8))
    except Error:
        return None
    text = raw[:-_MAC].decode("utf-8", "replace")
    # Signed anew and compared whole: one text, one token, one spelling.
    return text if hmac.compare_digest(sign(key, text), folded) else None


def plus_address(address: str, token: str) -> str:
    """The address with the token as its last plus tag; raises ValueError where it is too long."""
    local, _, domain = address.rpartition("@")
    tagged = f"{local}+{token}"
    if not local or len(tagged) > _LOCAL:
        raise ValueError(f"{address!r} has no room for a reply token of {len(token)} characters")
    return f"{tagged}@{domain}"


def token_in(addresses: Iterable[str], key: bytes) -> str | None:
    """The text of the first token of ours among the plus tags of these addresses."""
    for address in addresses:
        tag = address.rpartition("@")[0].rpartition("+")[2]
        text = verify(key, tag)
        if text is not None:
            return text
    return None


@frozen
class Leaving:
    """Who a link to unsubscribe is about: a contact, and the mark of the address written to.

    The mark tells where the contact is known no more, or the number is somebody else's after a
    restore.
    """

    contact_id: int
    mark: str


def sign_leaving(key: bytes, leaving: Leaving) -> str:
    """A token of 75 characters for a link; it never expires (domain.md P15) and names nobody."""
    payload = leaving.contact_id.to_bytes(_NUMBER, "big") + bytes.fromhex(leaving.mark)
    mac = hmac.digest(key, _LEAVING + payload, sha256)[:_LINK_MAC]
    return urlsafe_b64encode(payload + mac).decode().rstrip("=")


def read_leaving(key: bytes, token: str) -> Leaving | None:
    """Whom a token signed with this key is about, in constant time; None for any other."""
    if not _LINK.fullmatch(token):
        return None
    raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    leaving = Leaving(int.from_bytes(raw[:_NUMBER], "big"), raw[_NUMBER : _NUMBER + _MARK].hex())
    return leaving if hmac.compare_digest(sign_leaving(key, leaving), token) else None
