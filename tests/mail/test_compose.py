"""The bytes that leave: as the standard library reads them, and as the RFCs demand."""

import re
import time
from binascii import a2b_qp
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import nurture
from nurture.mail.read.inbound import read
from nurture.mail.write.attachment import Attachment
from nurture.mail.write.compose import Correspondent, Message, compose
from nurture.mail.write.field import BadHeader, wire_address

_NOON = datetime(2026, 11, 22, 12, 0, 5, tzinfo=ZoneInfo("Europe/Berlin"))
_PLAIN = Message(
    sender=Correspondent("anna@example.com", "Anna Weiß"),
    recipient=Correspondent("jim@example.org", "Jim Poe"),
    subject="A thought for you",
    text="Dear Jim,\n\nall is well.\n",
    message_id="m1@example.com",
    date=_NOON,
)
_LINE_ENDS = "\r\n\0\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_CONTROLS = {chr(number) for number in (*range(9), *range(10, 32), *range(127, 160))}

_scripts = st.characters(codec="utf-8", exclude_characters=_LINE_ENDS, exclude_categories=["Cs"])
_readable = st.characters(
    codec="utf-8", exclude_characters=_LINE_ENDS, exclude_categories=["Cs", "Cc"]
)
_names = st.text(_readable, max_size=300).map(str.strip)
_subjects = st.text(_readable, min_size=1, max_size=400).map(str.strip).filter(bool)
_bodies = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=2000)
_ids = st.from_regex(r"[a-z0-9.!#$%+_-]{1,100}@[a-z0-9.-]{1,60}", fullmatch=True)


def _parsed(wire: bytes) -> EmailMessage:
    parsed = message_from_bytes(wire, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def _lines(wire: bytes) -> list[bytes]:
    return wire.split(b"\r\n")


def _unfolded(wire: bytes, name: str) -> list[str]:
    """An independent look: the values of a field, unfolded by the letter of RFC 5322 2.2.3."""
    head = wire.partition(b"\r\n\r\n")[0].decode("ascii")
    fields = re.sub(r"\r\n(?=[ \t])", "", head).split("\r\n")
    return [each.partition(": ")[2] for each in fields if each.startswith(f"{name}:")]


@settings(max_examples=150)
@given(_names, _names, _subjects, _bodies, _bodies, st.lists(_ids, max_size=30))
def test_the_standard_library_reads_exactly_what_was_meant(
    sender: str, recipient: str, subject: str, text: str, html: str, ids: list[str]
) -> None:
    message = replace(
        _PLAIN,
        sender=Correspondent("anna@example.com", sender),
        recipient=Correspondent("jim+x@example.org", recipient),
        subject=subject,
        text=text,
        html=html,
        references=tuple(ids),
    )
    wire = compose(message)
    parsed = _parsed(wire)
    assert _mailbox(wire, "From") == (" ".join(sender.split()), "anna@example.com")
    assert _mailbox(wire, "To") == (" ".join(recipient.split()), "jim+x@example.org")
    assert parsed["To"].addresses[0].addr_spec == "jim+x@example.org"
    assert parsed["Subject"] == subject
    assert parsed.get("References", "").split() == [f"<{each}>" for each in ids]
    plain = parsed.get_body(("plain",))
    assert plain is not None
    assert _text(plain) == _closed(text)
    rich = parsed.get_body(("html",))
    assert (rich is not None) == bool(html)
    if rich is not None:
        assert _text(rich) == _closed(html)
    assert not list(parsed.defects)
    assert wire.isascii()
    assert max(map(len, _lines(wire))) <= 998
    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert b"\r" not in wire.replace(b"\r\n", b"")


def _mailbox(wire: bytes, name: str) -> tuple[str, str]:
    """As the standard library's older reader sees it: its newer one puts blanks between words."""
    raw = message_from_bytes(wire, policy=policy.compat32)[name]
    words, address = parseaddr(re.sub(r"\r\n(?=[ \t])", "", raw))
    return str(make_header(decode_header(words))), address


def _text(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode(part.get_content_charset() or "").replace("\r\n", "\n")


def _closed(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


@settings(max_examples=100)
@given(_names, _subjects, _bodies)
def test_our_own_reader_agrees(name: str, subject: str, text: str) -> None:
    message = replace(
        _PLAIN, sender=Correspondent("anna@example.com", name), subject=subject, text=text
    )
    inbound = read(compose(message))
    assert inbound.subject == " ".join(subject.split())
    assert inbound.message_id == "m1@example.com"
    assert inbound.sender == "anna@example.com"
    assert inbound.defects == ()


def test_ids_and_links_of_a_hundred_characters_travel_unencoded() -> None:
    ids = tuple(f"{number:0100}@mail.example.com" for number in range(12))
    link = f"<https://example.com/u/{'t' * 300}>, <mailto:anna+{'s' * 90}@example.com>"
    wire = compose(
        replace(_PLAIN, in_reply_to=ids[-1], references=ids, headers=(("List-Unsubscribe", link),))
    )
    assert _unfolded(wire, "In-Reply-To") == [f"<{ids[-1]}>"]
    assert _unfolded(wire, "References") == [" ".join(f"<{each}>" for each in ids)]
    assert _unfolded(wire, "List-Unsubscribe") == [link]
    assert b"=?" not in wire.partition(b"List-Unsub")[2].partition(b"MIME")[0]


@pytest.mark.parametrize("end", [*_LINE_ENDS, "\b", "\x1b", "\x7f", "\x90"])
@pytest.mark.parametrize(
    ("field", "header"),
    [("sender", "From"), ("recipient", "To"), ("reply_to", "Reply-To"), ("subject", "Subject")],
)
def test_no_value_can_add_a_header(field: str, header: str, end: str) -> None:
    evil = f"Jim{end}Bcc: everyone@example.net"
    value = evil if field == "subject" else Correspondent("jim@example.org", evil)
    with pytest.raises(BadHeader, match=f"the header {header} "):
        compose(replace(_PLAIN, **{field: value}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "headers",
    [
        (("X-Note", "a\r\nBcc: b@example.net"),),
        (("X-Note\r\nBcc", "a"),),
        (("X Note", "a"),),
        (("X-Note", "größer"),),
        (("X-Note", "  "),),
        (("X-Note", "x" * 1000),),
        (("Subject", "another"),),
        (("bcc", "b@example.net"),),
        (("Content-Type", "text/html"),),
        (("List-Id", "<list.example.com>"),),
        (("Precedence", "bulk"),),
        (("X-Mailer", "nurture"),),
    ],
)
def test_a_header_that_cannot_or_must_not_stand_is_refused(
    headers: tuple[tuple[str, str], ...],
) -> None:
    with pytest.raises(BadHeader):
        compose(replace(_PLAIN, headers=headers))


@pytest.mark.parametrize(
    "changes",
    [
        {"message_id": "a b@c"},
        {"message_id": ""},
        {"message_id": "a>\r\nBcc: <b@c"},
        {"in_reply_to": "ü@example.com"},
        {"references": ("ok@example.com", "x" * 1000)},
        {"date": datetime(2026, 11, 22, 12, 0)},  # noqa: DTZ001 the case in question
        {"subject": "half a character \ud83d"},
        {"recipient": Correspondent("jim@example.org, tom@example.org")},
        {"recipient": Correspondent("jim")},
        {"recipient": Correspondent("@example.org")},
        {"recipient": Correspondent("jim@exa mple.org")},
        {"recipient": Correspondent("jim@" + "x" * 400)},
    ],
)
def test_what_no_header_can_carry_is_refused_and_never_repaired(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="the header"):
        compose(replace(_PLAIN, **changes))  # type: ignore[arg-type]


def test_every_singleton_stands_once_and_nothing_betrays_a_machine() -> None:
    wire = compose(replace(_PLAIN, html="<p>Dear Jim</p>"))
    names = re.findall(rb"^([A-Za-z-]+):", wire.partition(b"\r\n\r\n")[0], re.MULTILINE)
    assert [name.decode() for name in names] == [
        "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
    ]  # fmt: skip


def test_plain_text_comes_first_and_is_complete() -> None:
    parsed = _parsed(compose(replace(_PLAIN, html="<p>Dear Jim</p>")))
    kinds = [part.get_content_type() for part in parsed.iter_parts()]
    assert (parsed.get_content_type(), kinds) == (
        "multipart/alternative",
        ["text/plain", "text/html"],
    )
    assert _parsed(compose(_PLAIN)).get_content_type() == "text/plain"


def test_no_text_can_end_its_own_part() -> None:
    boundary = _parsed(compose(replace(_PLAIN, html="x"))).get_boundary()
    evil = f"before\n--{boundary}--\nafter\n"
    parsed = _parsed(compose(replace(_PLAIN, text=evil, html=evil)))
    assert [_text(part) for part in parsed.iter_parts()] == [evil, evil]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("short lines\n-- \nAnna\n", "7bit"),
        ("x" * 79, "quoted-printable"),
        ("Grüße\n", "quoted-printable"),
        ("bell \a\n", "quoted-printable"),
        ("on and\n... on\n", "quoted-printable"),
    ],
)
def test_text_travels_as_it_is_while_every_server_can_carry_it(text: str, encoding: str) -> None:
    wire = compose(replace(_PLAIN, text=text))
    assert _unfolded(wire, "Content-Transfer-Encoding") == [encoding]
    assert max(map(len, _lines(wire))) <= 78


_traps = st.text("a .\r\n=é", max_size=120)


@settings(max_examples=300)
@given(
    *[_traps | _subjects] * 3, _traps, _traps | st.just(""), _ids | _traps, st.booleans(),
    st.lists(_traps.map(lambda words: Attachment(f"mail/{words}.pdf", words.encode())), max_size=1),
)  # fmt: skip
def test_what_is_composed_has_no_dot_to_double_and_no_line_end_to_doubt(
    name: str, subject: str, header: str, text: str, html: str, id_: str, is_flowed: bool,
    files: list[Attachment],
) -> None:  # fmt: skip
    message = replace(
        _PLAIN, sender=Correspondent("anna@example.com", name), subject=subject, text=text,
        html=html, message_id=id_, in_reply_to=id_, references=(id_,), is_flowed=is_flowed,
        headers=(("X-Why", header),), attachments=tuple(files),
    )  # fmt: skip
    try:
        wire = compose(message)
    except BadHeader:
        return
    assert re.fullmatch(rb"(?:(?!\.)[^\r\n]*\r\n)+", wire)


def test_nobody_but_the_composer_vouches_for_its_lines() -> None:
    files = Path(nurture.__file__).parent.rglob("*.py")
    sayers = {each.stem for each in files if re.search(r"\bWholeLines\(", each.read_text("utf-8"))}
    assert sayers == {"delivery", "compose"}


@given(st.text(alphabet="a =.\t_é日\n\x0b\x0c\x1c\x85\u2028", max_size=600))
@example("." * 200)
def test_quoted_lines_read_as_they_were_written(text: str) -> None:
    quoted = compose(replace(_PLAIN, text=f"é{text}")).partition(b"\r\n\r\n")[2]
    meant = f"é{text}".removesuffix("\n") + "\n"
    assert a2b_qp(quoted) == meant.replace("\n", "\r\n").encode()
    for line in quoted.split(b"\r\n"):
        assert len(line) <= 76
        assert not line.endswith((b" ", b"\t"))


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        (ZoneInfo("Europe/Berlin"), "+0100"),
        (ZoneInfo("America/St_Johns"), "-0330"),
        (UTC, "+0000"),
        (timezone(timedelta(seconds=-1172)), "+0000"),
    ],
)
def test_the_date_is_the_owners_hour(zone: timezone, written: str) -> None:
    moment = datetime(2026, 11, 22, 9, 30, 1, tzinfo=zone)
    (value,) = _unfolded(compose(replace(_PLAIN, date=moment)), "Date")
    assert value.endswith(written)
    assert parsedate_to_datetime(value) == moment


def test_one_moment_in_two_zones_is_written_in_each() -> None:
    moment = datetime(2026, 11, 22, 9, 30, 1, tzinfo=UTC)
    for zone, hour in (("Europe/Berlin", "10:30:01 +0100"), ("America/New_York", "04:30:01 -0500")):
        wire = compose(replace(_PLAIN, date=moment.astimezone(ZoneInfo(zone))))
        assert _unfolded(wire, "Date") == [f"Sun, 22 Nov 2026 {hour}"]


def test_an_hour_that_comes_twice_is_written_with_the_offset_that_it_has() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    for moment, offset in ((first, "+0200"), (first.replace(fold=1), "+0100")):
        wire = compose(replace(_PLAIN, date=moment))
        assert _unfolded(wire, "Date") == [f"Sun, 25 Oct 2026 02:30:00 {offset}"]


@pytest.mark.parametrize(
    ("written", "wire"),
    [
        ("jim@exämple.org", "jim@xn--exmple-cua.org"),
        ("jim@straße.de", "jim@xn--strae-oqa.de"),
        ("o'brien+a.b@example.org", "o'brien+a.b@example.org"),
        ("john doe@example.org", '"john doe"@example.org'),
        ('"john doe"@example.org', '"john doe"@example.org'),
        ("a..b@example.org", '"a..b"@example.org'),
        ("a,b@example.org", '"a,b"@example.org'),
        ("jim@[192.0.2.1]", "jim@[192.0.2.1]"),
    ],
)
def test_an_address_is_quoted_and_its_domain_spelled_in_ascii(written: str, wire: str) -> None:
    assert wire_address(written) == wire
    parsed = _parsed(compose(replace(_PLAIN, recipient=Correspondent(written, "Jim"))))
    assert len(parsed["To"].addresses) == 1
    assert parsed["To"].addresses[0].addr_spec.replace('"', "") == wire.replace('"', "")


def test_a_local_part_outside_ascii_asks_for_smtputf8() -> None:
    foreign = replace(_PLAIN, recipient=Correspondent("jürgen@exämple.org", "Jürgen"))
    assert foreign.needs_smtputf8
    assert not _PLAIN.needs_smtputf8
    assert "<jürgen@xn--exmple-cua.org>".encode() in compose(foreign)


def test_reply_to_stands_only_where_it_differs() -> None:
    same = replace(_PLAIN, reply_to=Correspondent("anna@example.com"))
    other = replace(_PLAIN, reply_to=Correspondent("anna+t@example.com", "Anna"))
    assert _unfolded(compose(same), "Reply-To") == []
    assert _unfolded(compose(other), "Reply-To") == ["Anna <anna+t@example.com>"]


@settings(max_examples=300)
@given(st.text(st.characters(codec=None), max_size=60), st.sampled_from(["name", "subject"]))
def test_hostile_values_are_refused_or_harmless(value: str, where: str) -> None:
    message = (
        replace(_PLAIN, subject=value)
        if where == "subject"
        else replace(_PLAIN, recipient=Correspondent("jim@example.org", value))
    )
    try:
        wire = compose(message)
    except BadHeader:
        forbidden = _CONTROLS.union(_LINE_ENDS)
        assert any(each in forbidden or "\ud800" <= each <= "\udfff" for each in value)
        return
    names = {line.partition(b":")[0] for line in _lines(wire.partition(b"\r\n\r\n")[0])}
    known = {b"From", b"To", b"Subject", b"Date", b"Message-ID", b"MIME-Version", b"Content-Type"}
    assert {each for each in names if not each.startswith(b" ")} == known | {
        b"Content-Transfer-Encoding"
    }


def test_words_that_look_encoded_arrive_as_typed() -> None:
    typed = "=?utf-8?q?=42cc?= and =?us-ascii?b?eA==?="
    wire = compose(
        replace(_PLAIN, subject=typed, recipient=Correspondent("jim@example.org", typed))
    )
    assert _parsed(wire)["Subject"] == typed
    assert _mailbox(wire, "To") == (typed, "jim@example.org")
    assert read(wire).subject == typed


@pytest.mark.parametrize("name", ["x" * 10_000, "名" * 5_000, "🙂" * 3_000, "a b " * 2_500])
def test_a_name_of_ten_thousand_characters_stays_within_the_lines(name: str) -> None:
    wire = compose(replace(_PLAIN, recipient=Correspondent("jim@example.org", name.strip())))
    assert max(map(len, _lines(wire))) <= 78
    assert _mailbox(wire, "To") == (name.strip(), "jim@example.org")


def test_words_that_end_in_a_colon_are_folded_like_any_other() -> None:
    subject = " ".join(["note:"] * 2_000)
    wire = compose(replace(_PLAIN, subject=subject))
    assert max(map(len, _lines(wire))) <= 78
    assert _parsed(wire)["Subject"] == subject


def test_the_same_message_gives_the_same_bytes() -> None:
    assert compose(_PLAIN) == compose(replace(_PLAIN))


def test_composing_costs_microseconds_and_not_milliseconds() -> None:
    text = "this is a line of words with nothing special in it at all\n" * 40
    messages = [
        replace(
            _PLAIN,
            recipient=Correspondent(f"jim{number}@example.org", f"Jürgen {number}"),
            text=text,
            html=f"<p>{text}</p>",
        )
        for number in range(200)
    ]
    begun = time.process_time()
    for message in messages:
        compose(message)
    assert (time.process_time() - begun) / len(messages) < 0.0005
