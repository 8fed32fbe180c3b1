"""Files travel whole under their names, and what could run never does."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.mail.write.attachment import MOST_EACH, Attachment, objection
from nurture.mail.write.compose import Correspondent, Message, compose
from nurture.mail.write.markdown import content_id

NAMES = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp"), exclude_characters='"\\/'),
    min_size=1,
    max_size=120,
).map(lambda stem: f"{stem.strip('.') or 'x'}.pdf")


def mail(
    *attachments: Attachment, html: str = "", pictures: tuple[Attachment, ...] = ()
) -> tuple[bytes, EmailMessage]:
    wire = compose(
        Message(
            sender=Correspondent("anna@x.example", "Anna"),
            recipient=Correspondent("bob@y.example"),
            subject="Terms",
            text="Dear Bob",
            html=html,
            message_id="m1@x.example",
            date=datetime(2026, 3, 2, 9, tzinfo=UTC),
            attachments=attachments,
            pictures=pictures,
        )
    )
    parsed = message_from_bytes(wire, policy=default)
    assert isinstance(parsed, EmailMessage)
    return wire, parsed


@settings(max_examples=200, derandomize=True)
@given(st.lists(st.tuples(NAMES, st.binary(min_size=1, max_size=300)), min_size=1, max_size=3))
def test_an_independent_parser_finds_the_same_files(files: list[tuple[str, bytes]]) -> None:
    given = [Attachment(f"files/{name}", content) for name, content in files]
    wire, parsed = mail(*given, html="<p>Dear Bob</p>")
    assert max(map(len, wire.split(b"\r\n"))) <= 78
    assert wire.isascii()
    assert b"\n" not in wire.replace(b"\r\n", b"")
    found = [*parsed.iter_attachments()]
    assert [part.get_content() for part in found] == [content for _, content in files]
    assert [part.get_filename() for part in found] == [name for name, _ in files]
    assert not [defect for part in parsed.walk() for defect in part.defects]
    assert not [d for part in found for d in part["content-disposition"].defects]
    body = parsed.get_body(("plain",))
    assert body is not None
    assert body.get_content().rstrip() == "Dear Bob"


def test_a_mail_with_a_file_holds_its_words_first() -> None:
    _, rich = mail(Attachment("terms.pdf", b"%PDF"), html="<p>x</p>")
    assert [part.get_content_type() for part in rich.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf",
    ]  # fmt: skip
    _, plain = mail(Attachment("a.txt", "Grüße".encode()))
    assert [part.get_content_type() for part in plain.walk()] == [
        "multipart/mixed", "text/plain", "text/plain",
    ]  # fmt: skip
    (text,) = plain.iter_attachments()
    assert text.get_content() == "Grüße"
    assert text["content-disposition"].content_disposition == "attachment"


def test_a_picture_stands_beside_the_html_that_shows_it() -> None:
    office = Attachment("mail/Büro 1.png", b"\x89PNG...")
    html = f'<img src="cid:{content_id(office.path)}" alt="our office" />'
    wire, parsed = mail(Attachment("a.pdf", b"%PDF"), html=html, pictures=(office,))
    assert [part.get_content_type() for part in parsed.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html",
        "image/png", "application/pdf",
    ]  # fmt: skip
    (related,) = (each for each in parsed.walk() if each.get_content_type() == "multipart/related")
    assert related.get_param("type") == "text/html"
    (_, picture) = related.iter_parts()
    assert picture["content-id"] == f"<{content_id(office.path)}>"
    assert picture["content-disposition"].content_disposition == "inline"
    assert picture.get_filename() == "Büro 1.png"
    assert picture.get_content() == office.content
    boundaries = {part.get_boundary() for part in parsed.walk() if part.is_multipart()}
    assert len(boundaries) == 3
    assert [each.get_content_type() for each in parsed.iter_attachments()] == ["application/pdf"]
    assert max(map(len, wire.split(b"\r\n"))) <= 78


def test_the_same_mail_gives_the_same_bytes() -> None:
    files = (Attachment("a/b.png", b"\x89PNG"), Attachment("c.unknown", b"x"))
    assert mail(*files)[0] == mail(*files)[0]
    assert files[1].kind == "application/octet-stream"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.exe", b"x", "can hold one (.exe)"),
        ("a.EXE.zip", b"x", "can hold one (.exe)"),
        ("macro.docm", b"x", "can hold one (.docm)"),
        ("page.html", b"x", "can hold one (.html)"),
        ("a.pdf", b"MZ\x90\0", "is a program by its first bytes"),
        ("a.txt", b"#!/bin/sh\n", "is a program by its first bytes"),
        ("a.pdf", b"", "is empty"),
        ("a.pdf", b"x" * (MOST_EACH + 1), "has 5.0 MB, more than 5 MB"),
        ("invoice\u202efdp.zip", b"x", "may show wrongly"),
        ("caf\udce9.pdf", b"x", "may show wrongly"),
        ("a\tb.pdf", b"x", "may show wrongly"),
        ("x" * 147 + ".pdf", b"x", "may show wrongly"),
    ],
)  # fmt: skip
def test_what_could_run_or_mislead_never_travels(name: str, content: bytes, words: str) -> None:
    assert words in objection(f"files/{name}", content)


@pytest.mark.parametrize("name", ["a.pdf", "Straße 7.PDF", "x.tar.gz", "com", "notes.v2.docx"])
def test_harmless_files_may_go(name: str) -> None:
    assert objection(name, b"x" * MOST_EACH) == ""
