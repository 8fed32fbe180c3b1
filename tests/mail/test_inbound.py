"""Mail as it comes: odd headers, charsets, MIME trees; nothing raises, defects are named."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.mail.read.header import addresses, message_ids, words
from nurture.mail.read.inbound import read


def test_the_fields_that_others_need_are_bare_values() -> None:
    inbound = read(
        b"Return-Path: <Kim@Firm.example>\n"
        b'From: "Berg, Kim" <Kim@Firm.example>\n'
        b"To: Ada <ada@owner.example>, bo@owner.example\nCc: c@owner.example\n"
        b"Reply-To: desk@firm.example\n"
        b"Subject: =?utf-8?q?R=C3=BCckfrage?=\n zum Projekt\n"
        b"Message-ID: <m1@firm.example>\nIn-Reply-To: <a@owner.example>\n"
        b"References: <x@owner.example>\n\t<a@owner.example>\n"
        b"Date: Wed, 04 Nov 2026 09:15:00 +0100\n\nHello\n"
    )
    assert inbound.sender == "kim@firm.example"
    assert inbound.sender_name == "Berg, Kim"
    assert inbound.to == ("ada@owner.example", "bo@owner.example")
    assert inbound.cc == ("c@owner.example",)
    assert inbound.reply_to == "desk@firm.example"
    assert inbound.return_path == "kim@firm.example"
    assert inbound.subject == "Rückfrage zum Projekt"
    assert inbound.message_id == "m1@firm.example"
    assert inbound.in_reply_to == ("a@owner.example",)
    assert inbound.references == ("x@owner.example", "a@owner.example")
    assert inbound.date == datetime(2026, 11, 4, 8, 15, tzinfo=UTC)
    assert inbound.plain == "Hello\n"
    assert inbound.defects == ()


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (b"Return-Path: <>\n", ""),
        (b"", None),
        (b"Return-Path: <a@b.example>\n", "a@b.example"),
    ],
)
def test_the_null_sender_differs_from_none(field: bytes, expected: str | None) -> None:
    assert read(field + b"Subject: x\n\n").return_path == expected


def test_header_and_all_ignore_case_and_keep_order() -> None:
    inbound = read(b"Received: one\nX-A: 1\nreceived: two\n\n")
    assert inbound.header("RECEIVED") == "one"
    assert inbound.all("Received") == ("one", "two")
    assert inbound.header("missing") is None


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("=?utf-8?b?w6Q=?= =?utf-8?b?w7Y=?=", "äö"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=A4?=", "ä"),
        ("=?iso-8859-1?q?caf=E9?= au lait", "café au lait"),
        ("=?x-unknown?q?caf=C3=A9?=", "café"),
        ("=?utf-7?q?+AOQ-?=", "ä"),
        ("=?utf-8?b?w6Q?=", "ä"),
        ("=?utf-8?b?!!!?=", ""),
        ("=?utf-8?q?open", "=?utf-8?q?open"),
        ("plain", "plain"),
    ],
)
def test_encoded_words_are_read_or_left(written: str, read_as: str) -> None:
    assert words(written) == read_as


@pytest.mark.parametrize(
    ("written", "ids"),
    [
        ("<a@x.example> <b@x.example>", ("a@x.example", "b@x.example")),
        ("<a@x.example><b@x.example>", ("a@x.example", "b@x.example")),
        ("<very-long- part@x.example>", ("very-long-part@x.example",)),
        ("a@x.example", ("a@x.example",)),
        ("Your message of Tuesday <a@x.example>", ("a@x.example",)),
        ("nothing here", ()),
    ],
)
def test_message_ids_survive_bad_folding(written: str, ids: tuple[str, ...]) -> None:
    assert message_ids(written) == ids


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Team: a@x.example, b@x.example;", ("a@x.example", "b@x.example")),
        ("kim@x.example (Kim Berg)", ("kim@x.example",)),
        ('"a, b" <k@x.example>', ("k@x.example",)),
        ("<@relay.example:k@x.example>", ("k@x.example",)),
        ("undisclosed-recipients:;", ()),
        ("Postmaster <>", ()),
    ],
)
def test_addresses_of_many_habits(written: str, found: tuple[str, ...]) -> None:
    assert tuple(address for _, address in addresses(written)) == found


def multipart(*parts: bytes, kind: bytes = b"mixed", more: bytes = b"") -> bytes:
    body = b"".join(b"--b\n" + part + b"\n" for part in parts)
    head = b"Content-Type: multipart/" + kind + b"; " + more + b"boundary=b\n\n"
    return b"From: k@x.example\n" + head + body + b"--b--\n"


def test_attachments_are_named_and_stay_out_of_the_text() -> None:
    inbound = read(
        multipart(
            b"Content-Type: text/plain\n\nHello",
            b"Content-Type: text/plain\n"
            b"Content-Disposition: attachment; filename=notes.txt\n\nsecret",
            b"Content-Type: application/pdf; name*=utf-8''%C3%A4.pdf\n\n%PDF",
        )
    )
    assert inbound.plain == "Hello"
    assert inbound.attachments == ("notes.txt", "ä.pdf")


def test_transfer_encodings_and_charsets_are_undone() -> None:
    inbound = read(
        multipart(
            b"Content-Type: text/plain; charset=iso-8859-1\n"
            b"Content-Transfer-Encoding: quoted-printable\n\ncaf=E9",
            b"Content-Type: text/html; charset=utf-8\n"
            b"Content-Transfer-Encoding: base64\n\nPGI+w6Q8L2I+",
            kind=b"alternative",
        )
    )
    assert (inbound.plain, inbound.html) == ("café", "<b>ä</b>")


@pytest.mark.parametrize("charset", [b"x-nonsense", b"punycode", b"zlib", b"\xff", b"us-ascii"])
def test_an_unknown_charset_survives(charset: bytes) -> None:
    raw = b"Content-Type: text/plain; charset=" + charset + b"\n\ncaf\xc3\xa9"
    assert read(raw).plain == "café"


def test_windows_bytes_that_claim_utf8_are_read() -> None:
    assert (
        read(b"Content-Type: text/plain; charset=utf-8\n\ncaf\xe9 cr\xe8me").plain == "café crème"
    )


def test_the_parts_of_reports_are_kept_apart() -> None:
    inbound = read(
        multipart(
            b"Content-Type: text/plain\n\nNotice",
            b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x",
            b"Content-Type: message/rfc822\n\nMessage-ID: <o@x.example>\n"
            b"X-Microsoft-Original-Message-ID: <p@x.example>\nSubject: =?utf-8?q?=C3=A4?=\n\nHi",
            kind=b"report",
            more=b"report-type=delivery-status; ",
        )
    )
    assert inbound.report_type == "delivery-status"
    assert inbound.plain == "Notice"
    assert inbound.delivery_status == ("Reporting-MTA: dns; x",)
    assert inbound.originals[0].message_ids == ("o@x.example", "p@x.example")
    assert ("subject", "ä") in inbound.originals[0].fields


def test_calendar_feedback_and_receipt_parts_are_found() -> None:
    inbound = read(
        multipart(
            b"Content-Type: text/calendar; method=REPLY\n\nMETHOD:REPLY",
            b"Content-Type: message/feedback-report\n\nFeedback-Type: abuse",
            b"Content-Type: message/disposition-notification\n\nDisposition: x; displayed",
        )
    )
    assert inbound.calendar == "METHOD:REPLY"
    assert inbound.feedback == "Feedback-Type: abuse"
    assert inbound.disposition == "Disposition: x; displayed"


@pytest.mark.parametrize(
    ("raw", "defect"),
    [
        (b"Content-Type: multipart/mixed\n\nhi", "names no boundary"),
        (b"Content-Type: multipart/mixed; boundary=q\n\nhi", "without its boundary"),
        (b"Content-Type: multipart/mixed; boundary=q\n\n--q\n\nhi", "without its closing"),
        (b"no header at all\n\nhi", "without a name"),
        (b"X: " + b"y" * 70_000 + b"\n\nhi", "header section"),
    ],
)
def test_defects_are_named_and_the_text_is_read(raw: bytes, defect: str) -> None:
    inbound = read(raw)
    assert any(defect in each for each in inbound.defects)
    assert "hi" in inbound.plain


def test_an_mbox_envelope_and_blank_lines_before_the_header_are_skipped() -> None:
    inbound = read(b"\n\nFrom kim Wed Nov  4 09:15:00 2026\nFrom: k@x.example\n\nhi")
    assert (inbound.sender, inbound.plain) == ("k@x.example", "hi")


def test_carriage_returns_alone_end_lines_too() -> None:
    inbound = read(b"From: k@x.example\r\nSubject: s\r\n\r\none\r\ntwo")
    assert (inbound.subject, inbound.plain) == ("s", "one\ntwo")


def test_a_date_without_a_zone_or_sense_does_not_raise() -> None:
    assert read(b"Date: Wed, 04 Nov 2026 09:15:00\n\n").date == datetime(
        2026, 11, 4, 9, 15, tzinfo=UTC
    )
    assert read(b"Date: Wed, 99 Foo 99999 77:15:00\n\n").date is None


@given(st.binary(max_size=2000))
def test_reading_never_raises(raw: bytes) -> None:
    inbound = read(raw)
    assert inbound.size == len(raw)
    assert len(inbound.sha256) == 64
