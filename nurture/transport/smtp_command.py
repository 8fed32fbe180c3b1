"""The commands and the content of one envelope, as one server takes them."""

from collections.abc import Mapping
from typing import Final, Self

from nurture.errors import Broken
from nurture.mail.delivery import Envelope, WholeLines
from nurture.mail.write.field import BadHeader, wire_address
from nurture.value import frozen

Commands = tuple[bytes, bytes, bytes]
"""MAIL, RCPT and DATA."""

_DATA: Final = b"DATA\r\n"


@frozen
class Offer:
    """What a server said it can do, as far as an envelope cares; a `limit` of 0 is none."""

    limit: int
    takes_size: bool
    takes_groups: bool
    takes_8bit: bool
    takes_utf8: bool
    takes_reports: bool

    @classmethod
    def of(cls, extensions: Mapping[str, str]) -> Self:
        """From the lines of an EHLO, their keywords in lower case (RFC 5321 section 4.1.1.1)."""
        limit = extensions.get("size", "")
        return cls(
            limit=int(limit) if limit.isdigit() else 0,
            takes_size="size" in extensions,
            takes_groups="pipelining" in extensions,
            takes_8bit="8bitmime" in extensions,
            takes_utf8="smtputf8" in extensions,
            takes_reports="dsn" in extensions,
        )


def commands(envelope: Envelope, offer: Offer) -> Commands | str:
    """MAIL, RCPT and DATA; or why a person must look: this server cannot carry it (domain.md M12).

    Raises Broken for an address that is none.
    """
    wire, size = envelope.wire, len(envelope.wire)
    try:
        recipient = wire_address(envelope.recipient, "To")
        mail = f"MAIL FROM:<{wire_address(envelope.sender, 'From')}>"
    except BadHeader as error:
        raise Broken(f"an envelope with an address that is none: {error}") from error
    rcpt = f"RCPT TO:<{recipient}>"
    is_7bit = wire.isascii()
    needs_utf8 = not (mail.isascii() and rcpt.isascii() and (is_7bit or _head(wire).isascii()))
    if 0 < offer.limit < size:
        return f"the mail has {size} bytes and the server takes {offer.limit}"
    if needs_utf8 and not offer.takes_utf8:
        return "the address or a header is not ASCII and the server offers no SMTPUTF8"
    if not is_7bit and not offer.takes_8bit:
        return "the mail holds 8-bit text and the server offers no 8BITMIME"
    if offer.takes_size:
        mail = f"{mail} SIZE={size}"
    if not is_7bit:
        mail = f"{mail} BODY=8BITMIME"
    if needs_utf8:
        mail = f"{mail} SMTPUTF8"
    elif offer.takes_reports:
        # A report then names our envelope even where it carries no original (domain.md M13).
        mail = f"{mail} RET=HDRS ENVID={_xtext(envelope.message_id)}"
        rcpt = f"{rcpt} NOTIFY=FAILURE,DELAY ORCPT=rfc822;{_xtext(recipient)}"
    return f"{mail}\r\n".encode(), f"{rcpt}\r\n".encode(), _DATA


def stuffed(wire: bytes) -> bytes:
    """The content with its dots doubled (RFC 5321 section 4.5.2), ending in CRLF.

    Raises Broken for a bare CR or LF: servers disagree about it, and smuggling lives on that.
    Whoever makes WholeLines has seen to both.
    """
    if isinstance(wire, WholeLines):
        return wire
    if not wire.endswith(b"\r\n") or wire.replace(b"\r", b"").replace(b"\n", b"\r\n") != wire:
        raise Broken("an envelope whose lines do not end in CRLF")
    doubled = wire.replace(b"\r\n.", b"\r\n..")
    return b"." + doubled if doubled.startswith(b".") else doubled


def _head(wire: bytes) -> bytes:
    return wire.partition(b"\r\n\r\n")[0]


def _xtext(text: str) -> str:
    """RFC 3461 section 4: printable ASCII, all else, `+` and `=` in hexadecimal."""
    if text.isprintable() and text.isascii() and not ("+" in text or "=" in text or " " in text):
        return text
    return "".join(
        each if "!" <= each <= "~" and each not in "+=" else f"+{ord(each) & 0xFF:02X}"
        for each in text
    )
