"""What in a mail leads back to something we sent, and what in our own mail names it anew."""

from datetime import UTC, datetime

import pytest

from nurture.mail.read.heading import Heading, heading_of
from nurture.mail.read.inbound import read
from nurture.mail.read.trace import first_ids, trace

KEY = b"k" * 32


def test_ids_come_the_nearest_first_and_each_once() -> None:
    raw = b"In-Reply-To: <c@x>\r\nReferences: <a@x> <b@x> <c@x>\r\nSubject: Re: AW: Hello\r\n\r\nHi"
    lead = trace(read(raw), KEY)
    assert lead.ids == ("c@x", "b@x", "a@x")
    assert lead.subject == "Hello"


@pytest.mark.parametrize(
    "name", ["X-Google-Original-Message-ID", "X-Microsoft-Original-Message-ID"]
)
def test_m6_who_replaces_our_id_names_the_first_one(name: str) -> None:
    assert first_ids(read(f"Message-ID: <new@x>\r\n{name}: <ours@y>\r\n\r\n".encode())) == (
        "ours@y",
    )
    assert first_ids(read(b"Message-ID: <new@x>\r\n\r\n")) == ()


def test_f13_a_returned_mail_tells_whom_it_was_first_meant_for() -> None:
    raw = (
        b"From: MAILER-DAEMON@mx.example\r\nX-Failed-Recipients: last@home.example\r\n"
        b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nSorry.\r\n--b\r\n"
        b"Content-Type: message/rfc822\r\n\r\nTo: Ada <ada@firm.example>\r\n"
        b"X-Original-To: a.lovelace@firm.example\r\nSubject: Hello\r\n\r\nHi\r\n--b--\r\n"
    )
    assert trace(read(raw), KEY).written_to == (
        "last@home.example", "ada@firm.example", "a.lovelace@firm.example",
    )  # fmt: skip


def test_a_heading_tells_who_wrote_to_whom_and_when() -> None:
    block = (
        b"From: Ada <ADA@x.example>\r\nTo: b@x.example\r\nCc: C <c@x.example>\r\nDate: %s\r\n\r\n"
    )
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    dated = block % b"Mon, 02 Mar 2026 10:00:00 +0100"
    assert heading_of(dated) == Heading("ada@x.example", ("b@x.example", "c@x.example"), at)
    assert heading_of(block % b"soon").date is None
    assert heading_of(b"\xff\x00") == Heading("", (), None)
