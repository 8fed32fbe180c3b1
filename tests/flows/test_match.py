"""To whom an incoming mail belongs, by every lead there is (domain.md M6, M7)."""

from dataclasses import replace

from nurture.core.enrollment import State
from nurture.mail.cursor import SPARING_BYTES, Folder
from nurture.mail.delivery import Accepted, Answer, Phase
from nurture.mail.write.server_id import server_ids
from tests.fakes.small_house import ACCOUNT, SmallHouse, mail_from, person

ADA = person("Ada", "Brandt")
SES = "0102018f6b2c4d3e-1c9a2b7e-8d3f-4a5b-9c6d-7e8f9a0b1c2d-000000"
REPORT = """\
From: Mail Delivery System <MAILER-DAEMON@mx.home.example>
To: anna@carter.example
Subject: Undelivered Mail Returned to Sender
Return-Path: <>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

This is the mail system. Your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.home.example

Final-Recipient: rfc822; old-ada@home.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: text/rfc822-headers

{returned}

--b--
"""


async def written_to(house: SmallHouse, *people: object) -> list[bytes]:
    """Everybody got their first mail; what was sent to each, in the order of people."""
    known = await house.invite(*people)  # type: ignore[arg-type]
    while (await house.round()).sent:
        pass
    sent = {each.recipient: each.wire for each in house.courier.delivered}
    return [sent[each.address] for each in known]


async def heard(
    house: SmallHouse, raw: bytes, folder: Folder = Folder.INBOX, thread: str = ""
) -> None:
    house.mailbox.deliver(folder, raw, thread=thread)
    await house.listen()


async def state_of(house: SmallHouse, address: str = ADA.address) -> State:
    contact = await house.store.people.contact(address)
    assert contact
    return (await house.store.desk.enrollments(contact.id))[-1].state


async def reasons(house: SmallHouse) -> list[str]:
    return [each.reason for each in await house.store.desk.handoffs()]


async def test_f5_an_answer_that_cites_only_the_id_ses_gave_pauses_the_right_walk() -> None:
    house = SmallHouse()
    ids = server_ids(f"Ok {SES}", "email-smtp.eu-west-1.amazonaws.com")
    said = Answer(Phase.BODY, 250, f"Ok {SES}")
    house.courier.will(Accepted(said, ids))
    await written_to(house, ADA)
    cited = f"{SES}@eu-west-1.amazonses.com"
    await heard(house, mail_from("ada@phone.example", "Sent from my phone: yes!", cites=cited))
    assert await state_of(house) is State.HANDED_OFF


async def test_m6_the_id_that_gmail_gave_is_learnt_from_sent() -> None:
    house = SmallHouse()
    (wire,) = await written_to(house, ADA)
    copy = wire.replace(b"Message-ID: <", b"X-Google-Original-Message-ID: <")
    await heard(house, b"Message-ID: <CA+new@mail.gmail.com>\r\n" + copy, Folder.SENT)
    raw = mail_from("ada@phone.example", "Yes, call me.", cites="CA+new@mail.gmail.com")
    await heard(house, raw)
    assert await state_of(house) is State.HANDED_OFF


async def test_m6_nobody_teaches_us_ids_through_the_inbox() -> None:
    house = SmallHouse()
    (wire,) = await written_to(house, ADA)
    copy = wire.replace(b"Message-ID: <", b"X-Google-Original-Message-ID: <")
    await heard(house, b"Message-ID: <evil@strangers.example>\r\n" + copy)
    raw = mail_from("who@strangers.example", "Yes.", cites="evil@strangers.example")
    await heard(house, raw)
    assert await state_of(house) is State.ACTIVE


async def test_m7_somebody_at_their_company_under_our_subject_pauses_and_is_checked() -> None:
    house = SmallHouse()
    await written_to(house, ADA)
    raw = mail_from("assistant@brandt.example", "Ada asked me to say yes.").replace(
        b"Subject: Re: Hello", b"Subject: AW: Hello Ada"
    )
    await heard(house, raw)
    assert await state_of(house) is State.HANDED_OFF
    (why,) = await reasons(house)
    assert why == "to check: somebody at brandt.example writes under the subject of our mail"
    (waiting,) = await house.store.desk.to_check()
    assert waiting.heard.sender == "assistant@brandt.example"
    contact = await house.store.people.contact(ADA.address)
    assert contact
    assert contact.aliases == ()


async def test_m7_a_stranger_elsewhere_or_about_something_else_is_no_match() -> None:
    house = SmallHouse()
    await written_to(house, ADA)
    subject = (b"Subject: Re: Hello", b"Subject: Re: Hello Ada")
    await heard(house, mail_from("x@other.example", "Yes.").replace(*subject))
    await heard(house, mail_from("x@brandt.example", "About our invoice."))
    assert await state_of(house) is State.ACTIVE


async def test_p3_a_guess_never_suppresses_whoever_says_no() -> None:
    house = SmallHouse()
    await written_to(house, ADA)
    raw = mail_from("x@brandt.example", "Please unsubscribe me.")
    await heard(house, raw.replace(b"Subject: Re: Hello", b"Subject: Re: Hello Ada"))
    assert await house.store.people.suppressed([ADA.address]) == {}
    assert await state_of(house) is State.HANDED_OFF


async def test_m7_a_stranger_in_our_gmail_conversation_pauses_and_is_checked() -> None:
    house = SmallHouse()
    (wire,) = await written_to(house, ADA)
    await heard(house, wire, Folder.SENT, thread="1767")
    await heard(house, mail_from("ada@phone.example", "Yes.", "X: y"), thread="1768")
    assert await state_of(house) is State.ACTIVE
    await heard(house, mail_from("ada@phone.example", "Yes, call me."), thread="1767")
    assert await state_of(house) is State.HANDED_OFF
    assert await reasons(house) == [
        "to check: somebody else writes in the conversation of our mail"
    ]


async def test_f13_a_report_on_a_forwarded_mail_is_matched_by_whom_it_was_written_to() -> None:
    house = SmallHouse()
    await written_to(house, ADA)
    returned = "From: anna@carter.example\nTo: Ada <ada@brandt.example>\nSubject: Hello Ada"
    await heard(house, REPORT.format(returned=returned).replace("\n", "\r\n").encode())
    assert await state_of(house) is State.ENDED
    assert ADA.address in await house.store.people.suppressed([ADA.address])


async def test_f13_a_report_that_names_nobody_we_wrote_to_changes_nothing() -> None:
    house = SmallHouse()
    await written_to(house, ADA)
    returned = "From: someone@else.example\nTo: other@else.example\nSubject: Else"
    await heard(house, REPORT.format(returned=returned).replace("\n", "\r\n").encode())
    assert await state_of(house) is State.ACTIVE


async def test_a_mail_of_which_only_the_beginning_was_fetched_is_heard_once() -> None:
    house = SmallHouse()
    await written_to(house, ADA)
    raw = mail_from(ADA.address, "Call me.\r\n" + "x" * (2 * SPARING_BYTES))
    await heard(house, raw)
    house.mailbox.is_sparing = True
    house.mailbox.renumber(Folder.INBOX)
    await house.listen()
    contact = await house.store.people.contact(ADA.address)
    assert contact
    events = [line.event for line in await house.store.desk.ledger(contact.id)]
    assert events.count("mail_heard") == 1


async def test_a_mail_to_our_plus_address_names_the_contact_whoever_writes() -> None:
    house = SmallHouse(replace(ACCOUNT, subaddressing=True))
    (wire,) = await written_to(house, ADA)
    (reply_to,) = [row for row in wire.decode().split("\r\n") if row.startswith("Reply-To: ")]
    raw = mail_from("assistant@elsewhere.example", "She is glad to talk.").replace(
        b"To: anna@carter.example", b"To: " + reply_to.removeprefix("Reply-To: ").encode()
    )
    await heard(house, raw)
    assert await state_of(house) is State.HANDED_OFF
