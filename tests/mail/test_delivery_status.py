"""Delivery reports: by RFC 3464, in words, and what they say about the address."""

import pytest

from nurture.mail.read.delivery_status import Report, standard_report
from nurture.mail.read.failure_notice import notice_report
from nurture.mail.read.fate import Fate, fate_of, status_in
from nurture.mail.read.inbound import read


def report(blocks: str, notice: str = "Notice") -> Report:
    raw = (
        "From: MAILER-DAEMON@mx.example\nReturn-Path: <>\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        f"--b\n\n{notice}\n--b\nContent-Type: message/delivery-status\n\n{blocks}\n"
        "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <step@owner.example>\n\n--b--\n"
    )
    found = standard_report(read(raw.encode()))
    assert found is not None
    return found


def test_each_recipient_has_action_status_and_both_addresses() -> None:
    found = report(
        "Reporting-MTA: dns; mx.example\n\n"
        "Original-Recipient: rfc822;kim@firm.example\n"
        "Final-Recipient: rfc822; <kim@inner.example>\n"
        "Action: failed (bounced)\nStatus: 5.1.1 (bad mailbox)\n"
        "Diagnostic-Code: smtp; 550 5.1.1\n   User unknown\n"
    )
    (only,) = found.recipients
    assert (only.address, only.original, only.ours) == (
        "kim@inner.example",
        "kim@firm.example",
        "kim@firm.example",
    )
    assert (only.action, only.status, only.fate) == ("failed", "5.1.1", Fate.HARD)
    assert only.diagnostic == "smtp; 550 5.1.1 User unknown"
    assert found.message_ids == ("step@owner.example",)


def test_the_worst_fate_names_the_whole_report() -> None:
    found = report(
        "Final-Recipient: rfc822; a@x.example\nAction: delivered\nStatus: 2.0.0\n\n"
        "Final-Recipient: rfc822; b@x.example\nAction: failed\nStatus: 5.2.2\n"
    )
    assert [each.fate for each in found.recipients] == [Fate.DELIVERED, Fate.SOFT]
    assert found.fate is Fate.SOFT


def test_recipients_without_a_blank_line_between_them_are_told_apart() -> None:
    found = report(
        "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\n"
        "Final-Recipient: rfc822; b@x.example\nAction: delayed\nStatus: 4.4.1\n"
    )
    assert [each.address for each in found.recipients] == ["a@x.example", "b@x.example"]


def test_a_status_behind_a_blank_line_belongs_to_its_recipient() -> None:
    found = report("Final-Recipient: rfc822; a@x.example\n\nAction: failed\nStatus: 5.1.1\n")
    assert found.recipients[0].status == "5.1.1"


def test_a_report_without_recipients_is_none() -> None:
    raw = b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n"
    assert standard_report(read(raw)) is None


@pytest.mark.parametrize(
    ("action", "status", "words", "fate"),
    [
        ("delayed", "5.1.1", "", Fate.DELAYED),
        ("relayed", "2.0.0", "", Fate.DELIVERED),
        ("expanded", "", "", Fate.DELIVERED),
        ("failed", "5.1.1", "", Fate.HARD),
        ("failed", "5.1.10", "", Fate.HARD),
        ("failed", "5.4.310", "", Fate.HARD),
        ("failed", "5.0.0", "550 User unknown", Fate.HARD),
        ("failed", "4.4.4", "Host not found", Fate.HARD),
        ("failed", "5.2.2", "submission quota exceeded", Fate.SOFT),
        ("failed", "5.7.26", "unauthenticated; recipient does not exist", Fate.SOFT),
        ("failed", "5.7.1", "likely unsolicited mail", Fate.SOFT),
        ("failed", "5.1.8", "bad outbound sender", Fate.SOFT),
        ("failed", "4.4.7", "", Fate.SOFT),
        ("failed", "5.0.0", "552 mailbox full", Fate.SOFT),
        ("failed", "", "", Fate.SOFT),
    ],
)
def test_the_action_comes_first_and_the_address_is_blamed_only_for_its_own(
    action: str, status: str, words: str, fate: Fate
) -> None:
    assert fate_of(action, status, words) is fate


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("550 5.1.1 no", "5.1.1"),
        ("(#5.1.1)", "5.1.1"),
        ("host 5.1.1.9 said", ""),
        ("5.0.0 and later 5.2.2", "5.2.2"),
        ("version 4.69", ""),
    ],
)
def test_a_status_is_no_piece_of_an_address_or_version(text: str, status: str) -> None:
    assert status_in(text) == status


def notice(body: str, sender: str, subject: str, more: str = "") -> Report | None:
    raw = f"From: {sender}\nTo: ada@owner.example\nSubject: {subject}\n{more}\n{body}"
    return notice_report(read(raw.encode()))


QMAIL = (
    "Unable to deliver your message.\n\n"
    "<kim@firm.example>:\nno mailbox here by that name. (#5.1.1)\n"
)
COPY = "\n--- Below this line is a copy of the message.\n\n"


def test_a_notice_gives_address_status_and_the_copied_id() -> None:
    body = (
        QMAIL
        + "\n--- Below this line is a copy of the message.\n\nMessage-ID: <step@owner.example>\n"
    )
    found = notice(body, "MAILER-DAEMON@mx.example", "failure notice")
    assert found is not None
    assert [each.address for each in found.recipients] == ["kim@firm.example"]
    assert found.recipients[0].status == "5.1.1"
    assert found.message_ids == ("step@owner.example",)


def test_addresses_of_the_returned_message_are_no_recipients() -> None:
    body = QMAIL + COPY + "<boss@owner.example>:\n"
    found = notice(body, "MAILER-DAEMON@mx.example", "failure notice")
    assert found is not None
    assert len(found.recipients) == 1


def test_x_failed_recipients_is_believed_first() -> None:
    found = notice(
        "A message could not be delivered.", "d@mx.example", "Mail delivery failed",
        "Return-Path: <>\nX-Failed-Recipients: kim@firm.example\n",
    )  # fmt: skip
    assert found is not None
    assert found.recipients[0].address == "kim@firm.example"


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        ("kim@firm.example", "Delivery failed?", "My mail to you bounced: user unknown."),
        ("kim@firm.example", "Re: Undelivered Mail Returned to Sender", QMAIL),
        ("kim@firm.example", "Fwd: failure notice", QMAIL),
        ("postmaster@firm.example", "New offices", "We are moving in May."),
    ],
)
def test_a_person_who_writes_about_a_bounce_is_none(sender: str, subject: str, body: str) -> None:
    assert notice(body, sender, subject) is None
