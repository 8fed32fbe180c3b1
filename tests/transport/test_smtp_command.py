"""An envelope is spelt as this server takes it, or not at all (RFC 5321, 3461, 6531)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.errors import Broken
from nurture.mail.delivery import Envelope, WholeLines
from nurture.transport.smtp_command import Offer, commands, stuffed

_WIRE = b"Subject: x\r\n\r\nhello\r\n"
_ALL = Offer.of({"size": "", "pipelining": "", "8bitmime": "", "smtputf8": "", "dsn": ""})
_LEAST = Offer.of({})


def _envelope(wire: bytes = _WIRE, recipient: str = "jim@example.org") -> Envelope:
    return Envelope("anna@example.com", recipient, wire, "m1@example.com")


def _as_the_rfc_says(wire: bytes) -> bytes | None:
    """RFC 5321 section 4.5.2 line by line; None for what is no sequence of CRLF lines."""
    if not wire.endswith(b"\r\n") or re.search(rb"\r(?!\n)|(?<!\r)\n", wire):
        return None
    lines = wire.split(b"\r\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)


@given(st.lists(st.sampled_from([b"\r\n", b"\r", b"\n", b".", b"x", b"\xfc"])).map(b"".join))
def test_dots_are_doubled_and_no_bare_line_end_passes_whatever_the_content(wire: bytes) -> None:
    expected = _as_the_rfc_says(wire)
    if expected is None:
        with pytest.raises(Broken, match="CRLF"):
            stuffed(wire)
    else:
        assert stuffed(wire) == expected


def test_what_was_composed_is_carried_as_it_is() -> None:
    whole = WholeLines(_WIRE)
    assert stuffed(whole) is whole == stuffed(_WIRE)


def test_a_server_without_extensions_hears_nothing_but_addresses() -> None:
    assert commands(_envelope(), _LEAST) == (
        b"MAIL FROM:<anna@example.com>\r\n",
        b"RCPT TO:<jim@example.org>\r\n",
        b"DATA\r\n",
    )


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40))
def test_an_id_of_any_printable_characters_travels_as_xtext(message_id: str) -> None:
    told = commands(Envelope("a@example.com", "b@example.org", _WIRE, message_id), _ALL)
    assert not isinstance(told, str)
    spelt = told[0].decode().strip().partition(" ENVID=")[2]
    assert re.fullmatch(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})+", spelt)
    assert re.sub(r"\+([0-9A-F]{2})", lambda code: chr(int(code[1], 16)), spelt) == message_id


@pytest.mark.parametrize(
    "envelope",
    [
        _envelope(recipient="jürgen@example.org"),
        _envelope("Subject: ü\r\n\r\nhello\r\n".encode()),
        _envelope("Subject: x\r\n\r\nü\r\n".encode(), "jürgen@example.org"),
    ],
    ids=["address", "header", "address-and-body"],
)
def test_what_is_not_ascii_before_the_body_needs_a_server_that_says_smtputf8(
    envelope: Envelope,
) -> None:
    told = commands(envelope, _ALL)
    assert told[0].endswith(b" SMTPUTF8\r\n")
    assert "SMTPUTF8" in commands(envelope, Offer.of({"8bitmime": ""}))


@pytest.mark.parametrize(("limit", "is_taken"), [("22", True), ("19", False), ("0", True)])
def test_a_mail_above_the_servers_limit_is_not_offered_to_it(limit: str, is_taken: bool) -> None:
    assert len(_WIRE) == 21
    told = commands(_envelope(), Offer.of({"size": limit}))
    assert isinstance(told, tuple) is is_taken
