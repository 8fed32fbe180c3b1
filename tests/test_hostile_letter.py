"""Whatever stands in a contact's fields, one honest mail leaves, or none (domain.md M15)."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from email.policy import default
from os import environ

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nurture.core.account import Account
from nurture.core.contact import Contact
from nurture.core.sequence import Sequence
from nurture.core.situation import Situation
from nurture.letter import write
from nurture.mail.write.template import Hole, parse_template
from tests.fakes.scene import OWNER, due_at

_LETTERS = max(100, int(environ.get("NURTURE_FUZZ", "0")) // 60)  # of six values each
_TEMPLATE = parse_template(
    "---\nsubject: For {{ given_name }} at {{ company }}, {{ first }}\n---\n"
    "Dear {{ given_name }},\n\n*{{ company }}* in {{ city }}: {{ first }}\n\n{{ second }}\n",
    "mail/hostile.md",
)
_NOW = datetime(2026, 5, 6, 22, 30, tzinfo=UTC)
_WALK = due_at("thanks", _NOW)
_ODD = (
    "\t", " ", "  ", '"', "\\", "\\n", "<", ">", "@", ",", ";", ":", "(", ")", "[", "]",
    "Bcc: eve@example.com", " a: b: c:",
    "=?utf-8?q?=0D=0ABcc:_eve=40example.com?=", "=?utf-8?b?DQpCY2M6IGV2ZUBleGFtcGxlLmNvbQ==?=",
    "=?utf-8?q?", "?=", "=_", "--=_", "=0D=0A", "a@b.example, c@d.example", "<eve@example.com>",
    "<script>", "**", ".", "...", "![](http://x.example/)",
    "🙂", "👩\u200d👩\u200d👧", "é", "e\u0301", "名", "\u202e", "\u200f", "\u2066", "\ufeff",
    "שלום", "مرحبا",
)  # fmt: skip
_HUGE = ("x" * 10_000, "名" * 3_400, "a b " * 2_500, "🙂" * 2_500)
_FORBIDDEN = (
    "\r\n", "\r", "\n", "\0", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\x7f", "\x1b", "\b",
    "\r\n\r\n", "\r\n.\r\n", "\r\n ", "\n\tfolded", "\r\nBcc: eve@example.com", "\ud800",
    "\nContent-Type: text/html", "\r\nSubject: other", "{{ key }}", "{% raw %}",
)  # fmt: skip
_text = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"], exclude_characters="{}%#"),
    max_size=12,
)
_odd = st.lists(st.one_of(st.sampled_from(_ODD), _text), max_size=5).map("".join)
_hostile = st.tuples(_odd, st.sampled_from(_FORBIDDEN), _odd).map("".join)
_tail = st.sampled_from((*[""] * 20, *_HUGE))
_NAMES = ("given_name", "family_name", "company", "city", "first", "owner")
_FIELD = re.compile(rb"([A-Z][A-Za-z-]*): \S[\x20-\x7e]*")
_FOLDED = re.compile(rb" +\S[\x20-\x7e]*")
_TOP = (b"From", b"To", b"Subject", b"Date", b"Message-ID", b"MIME-Version", b"Content-Type")
_OF_PART = (b"Content-Type", b"Content-Transfer-Encoding")


@pytest.mark.slow
@settings(max_examples=_LETTERS, suppress_health_check=[HealthCheck.too_slow])
@given(st.fixed_dictionaries(dict.fromkeys(_NAMES, _odd)), st.sampled_from(_NAMES), _tail)
def test_odd_values_travel_in_one_honest_mail(values: dict[str, str], name: str, tail: str) -> None:
    """Quotes, encoded words, either direction of writing, ten thousand characters."""
    said = {each: f"A{value}" for each, value in values.items()}
    check(said | {name: said[name] + tail, "second": f".{values['first']}"}, must_leave=True)


@pytest.mark.slow
@settings(max_examples=_LETTERS, suppress_health_check=[HealthCheck.too_slow])
@given(st.fixed_dictionaries(dict.fromkeys(_NAMES, _odd)), st.sampled_from(_NAMES), _hostile)
def test_no_value_makes_a_header_or_a_recipient(
    values: dict[str, str], name: str, evil: str
) -> None:
    """Line ends, NUL, half a character, and what a template would take for its own."""
    said = {name: f"A{value}" for name, value in values.items()}
    check(said | {name: f"A{evil}", "second": "tame"}, must_leave=False)


def check(said: dict[str, str], *, must_leave: bool) -> None:
    """The letter of such a contact and such an owner, if there is one."""
    owner = replace(OWNER, name=said.pop("owner"))
    custom = {each: said.pop(each) for each in ("first", "second")}
    contact = Contact("mara@example.org", id=3, custom=custom, **said)
    situation = Situation(
        now=_NOW,
        enrollment=_WALK,
        contact=contact,
        sequence=Sequence("former", "r1", (), why="you were a client of ours"),
        account=Account("anna", "anna@example.com", owner),
    )
    try:
        letter = write(situation, _TEMPLATE, (), message_id="m9@example.com", key=b"k" * 32)
    except Hole:
        assert not must_leave
        return
    check_lines(letter.envelope.wire)
    check_parse(letter.envelope.wire, contact, letter.subject)


def check_lines(wire: bytes) -> None:
    """By the letter of RFC 5322 2.1.1 and 2.2, RFC 2045 6.7 and RFC 2046 5.1."""
    assert wire.endswith(b"\r\n")
    assert wire.count(b"\r") == wire.count(b"\n") == wire.count(b"\r\n")
    assert b"\0" not in wire
    assert b"\n." not in wire
    assert wire.isascii()
    head, _, body = wire.partition(b"\r\n\r\n")
    assert _fields(head) == _TOP
    boundary = re.search(rb'boundary="([^"]+)"', head)
    assert boundary is not None
    mark = b"--" + boundary[1]
    nothing, *parts, end = body.split(mark)
    assert (nothing, end) == (b"", b"--\r\n")
    assert len(parts) == 2
    for part in parts:
        of_part, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        assert _fields(of_part) == _OF_PART
        assert all(len(line) <= 78 for line in content.split(b"\r\n"))


def _fields(head: bytes) -> tuple[bytes, ...]:
    """The names of the fields, each line of them being one or the rest of one."""
    names = []
    for line in head.split(b"\r\n"):
        assert len(line) <= 78, line
        field = _FIELD.fullmatch(line)
        assert field or (names and _FOLDED.fullmatch(line)), line
        if field:
            names.append(field[1])
    return tuple(names)


def check_parse(wire: bytes, contact: Contact, subject: str) -> None:
    """As the standard library reads it: one sender, one recipient, the very subject, no defect."""
    mail = message_from_bytes(wire, policy=default)
    assert isinstance(mail, EmailMessage)
    for part in mail.walk():
        assert not part.defects
        assert not [each for value in part.values() for each in value.defects]
    for name, address in (("To", contact.address), ("From", "anna@example.com")):
        field = mail[name]
        assert isinstance(field, AddressHeader)
        assert [each.addr_spec for each in field.addresses] == [address]
    assert mail["Subject"] == subject.strip()
    assert [each.get_content_type() for each in mail.iter_parts()] == ["text/plain", "text/html"]
