"""Whatever a mail carries, a reader that forgives nothing finds it there, and nothing besides."""

from datetime import UTC, datetime
from os import environ

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nurture.mail.write.attachment import Attachment, objection
from nurture.mail.write.compose import Correspondent, Message, compose
from nurture.mail.write.field import CONTROL, BadHeader
from nurture.mail.write.flowed import flowed
from nurture.mail.write.markdown import content_id
from tests.mail.strict import Part, Wrong, ids, is_date, mailbox, read, text

_MAILS = max(150, int(environ.get("NURTURE_FUZZ", "0")) // 60)
_ODD = (
    " ", "  ", '"', "\\", "<", ">", "@", ",", ";", ":", "(", ")", "[", "]", "=?", "?=", "=_",
    "--=_", "=?utf-8?q?=0D=0ABcc:_eve=40example.com?=",
    "=?utf-8?b?DQpCY2M6IGV2ZUBleGFtcGxlLmNvbQ==?=",
    "Bcc: eve@example.com", "a@b.example, c@d.example", "🙂", "👩\u200d👩\u200d👧",
    "é", "e\u0301", "名", "\u202e", "\u2066",
    "\ufeff", "שלום", "مرحبا", "x" * 70, "名" * 40, "x" * 10_000, "名" * 3_400, "a b " * 2_500,
)  # fmt: skip
_EVIL = (
    "\r\n", "\n", "\r", "\0", "\v", "\x1c", "\x85", "\u2028", "\x7f", "\ud800",
    "\r\nBcc: e@x.example",
)  # fmt: skip
_READABLE = st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"])
_VALUES = st.lists(
    st.one_of(st.sampled_from(_ODD), st.text(_READABLE, max_size=12)), max_size=5
).map("".join)
_BAIT = st.sampled_from([*[("", 0)] * 40, *((evil, field) for evil in _EVIL for field in range(4))])
_ATOM = st.text("abcXYZ019!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=40)
_IDS = st.tuples(_ATOM, _ATOM, st.sampled_from(["mail.example.com", "x" * 90 + ".example"])).map(
    lambda part: f"{part[0]}.{part[1]}@{part[2]}"
)
_FILES = st.lists(
    st.tuples(
        st.text(st.characters(), min_size=1, max_size=60),
        st.sampled_from([".pdf", ".png", ".txt", ""]),
        st.binary(min_size=1, max_size=200),
    ),
    max_size=2,
)
_ADDRESSES = st.sampled_from(
    ["jim@example.org", '"jim poe"@example.org', "jim@bücher.example", "o'hara+x@example.org"]
)
_BODIES = st.one_of(
    _VALUES, st.text(st.characters(), max_size=40), st.text("a =.\t_é日\n-From ", max_size=300)
)
_PICTURE = Attachment("pictures/name.png", b"\x89PNG picture")


def files(told: list[tuple[str, str, bytes]]) -> tuple[Attachment, ...]:
    """Those that may go with a mail."""
    found = (Attachment(f"files/{stem}{ending}", content) for stem, ending, content in told)
    return tuple(each for each in found if not objection(each.path, each.content))


@settings(max_examples=_MAILS, suppress_health_check=list(HealthCheck))
@given(
    values=st.tuples(_VALUES, _VALUES, _VALUES, _VALUES),
    bait=_BAIT,
    to=_ADDRESSES,
    words=_BODIES,
    html=_BODIES,
    thread=st.lists(_IDS, max_size=12),
    enclosed=_FILES,
    is_flowed=st.booleans(),
)
def test_every_value_arrives_as_meant_or_nothing_leaves(
    values: tuple[str, ...],
    bait: tuple[str, int],
    to: str,
    words: str,
    html: str,
    thread: list[str],
    enclosed: list[tuple[str, str, bytes]],
    is_flowed: bool,
) -> None:
    evil, field = bait
    told = [f"{each}{evil}x" if at == field else each for at, each in enumerate(values)]
    sender, recipient, other, subject = told
    link = f"<https://example.org/{'t' * 100}>, <mailto:u+{'s' * 60}@example.org>"
    message = Message(
        sender=Correspondent("anna@example.com", sender),
        recipient=Correspondent(to, recipient),
        subject=subject,
        text=words,
        message_id="m1@example.com",
        date=datetime(2026, 5, 6, 22, 30, tzinfo=UTC),
        html=html,
        reply_to=Correspondent("anna+token@example.com", other),
        in_reply_to=thread[-1] if thread else "",
        references=tuple(thread),
        headers=(("List-Unsubscribe", link),),
        attachments=files(enclosed),
        pictures=(_PICTURE,) if html else (),
        is_flowed=is_flowed,
    )
    try:
        wire = compose(message)
    except BadHeader:
        assert not all(map(can_travel, told)) or has_half(words + html)
        return
    assert all(map(can_travel, told))
    check(read(wire), message, link)


def can_travel(value: str) -> bool:
    """Whether a header may hold it."""
    return not CONTROL.search(value) and not has_half(value)


def has_half(value: str) -> bool:
    """Whether half of a surrogate pair stands in it, which no encoding knows."""
    return any("\ud800" <= sign <= "\udfff" for sign in value)


def check(mail: Part, meant: Message, link: str) -> None:
    """Every field once, with its very value; every part with its very content."""
    wanted = {"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Unsubscribe",
              "MIME-Version", "Content-Type"}  # fmt: skip
    wanted |= {"In-Reply-To", "References"} if meant.references else set()
    inner = {"Content-Transfer-Encoding"} if not mail.parts else set()
    assert {name for name, _ in mail.fields} == wanted | inner
    for name, known in (("From", meant.sender), ("Reply-To", meant.reply_to)):
        assert known
        assert mailbox(mail[name]) == (" ".join(known.name.split()), known.address)
    name, address = mailbox(mail["To"])
    assert name == " ".join(meant.recipient.name.split())
    assert address == meant.recipient.address.replace("bücher", "xn--bcher-kva")
    assert text(mail["Subject"]) == meant.subject.strip()
    assert ids(mail["Message-ID"]) == [meant.message_id]
    assert is_date(mail["Date"])
    if meant.references:
        assert ids(mail["References"]) == list(meant.references)
        assert ids(mail["In-Reply-To"]) == [meant.in_reply_to]
    assert mail["List-Unsubscribe"] == link
    check_parts(mail, meant)


def check_parts(mail: Part, meant: Message) -> None:
    """Text, HTML with its picture, and the files, each as it was."""
    words, *enclosed = mail.parts if meant.attachments else (mail,)
    assert [(each.name, each.content) for each in enclosed] == [
        (each.name, each.content) for each in meant.attachments
    ]
    plain = words
    if meant.html:
        assert words.kind == "multipart/alternative"
        plain, rich = words.parts
        page, shown = rich.parts
        assert (rich.kind, page.kind, shown.kind) == ("multipart/related", "text/html", "image/png")
        assert shown["Content-ID"] == f"<{content_id(_PICTURE.path)}>"
        assert shown.content == _PICTURE.content
        assert lines(page.content) == closed(meant.html)
    assert plain.kind == "text/plain"
    assert plain["Content-Type"].endswith("; format=flowed") is meant.is_flowed
    words_meant = flowed(closed(meant.text)) if meant.is_flowed else closed(meant.text)
    assert lines(plain.content) == words_meant


def lines(content: bytes) -> str:
    """The text of a part, its lines ended as here."""
    return content.decode("utf-8").replace("\r\n", "\n")


def closed(told: str) -> str:
    """What was meant, with one kind of line end and one at the end."""
    told = told.replace("\r\n", "\n").replace("\r", "\n")
    return told if told.endswith("\n") else f"{told}\n"


_GOOD = (
    b"From: Anna <anna@example.com>\r\nSubject: x\r\nContent-Type: text/plain; charset=us-ascii\r\n"
    b"Content-Transfer-Encoding: 7bit\r\n\r\nHello\r\n"
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"x\r\nContent", b"x\nContent"),
        (b"Subject: x", b"Subject: x\0"),
        (b"Subject: x", b"Subject: " + "ü".encode()),
        (b"Subject: x", b"Subject: x\r\nSubject: y"),
        (b"Subject: x", b"Subject:x"),
        (b"Subject: x", b"Subject: x\r\n "),
        (b"Subject: x", b"Subject: " + b"word " * 30),
        (b"Subject: x", b"Sub ject: x"),
        (b"Subject: x", b"Subject: x" * 200),
        (b"us-ascii", b"us-ascii; charset=utf-8"),
        (b"us-ascii", b'"us-ascii'),
        (b"7bit\r\n\r\nHello", b"quoted-printable\r\n\r\nHello "),
        (b"7bit\r\n\r\nHello", b"quoted-printable\r\n\r\n=Hello"),
        (b"7bit\r\n\r\nHello", b"base64\r\n\r\n=Hello"),
    ],
)
def test_the_strict_reader_forgives_nothing(before: bytes, after: bytes) -> None:
    """Else it would prove nothing."""
    assert text(read(_GOOD)["Subject"]) == "x"
    broken = _GOOD.replace(before, after)
    assert broken != _GOOD
    with pytest.raises((Wrong, ValueError)):
        read(broken)


@pytest.mark.parametrize(
    "value",
    ["a@b.example, c@d.example", "A <a@b.example> x", "A, B <a@b.example>", "a b@c.example",
     "=?utf-8?q?a b?= <a@b.example>", "<a@b.example", 'A "B" <a@b.example>', "a@b@c.example",
     "=?utf-8?q?a=2x?= <a@b.example>", f"=?utf-8?q?{'a' * 80}?= <a@b.example>"],
)  # fmt: skip
def test_it_takes_no_other_than_a_single_mailbox(value: str) -> None:
    with pytest.raises(Wrong):
        mailbox(value)
