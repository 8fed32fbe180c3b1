"""What an incoming mail is matched to, and what it changes."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from nurture import signals
from nurture.core.account import UnsubscribeHeader
from nurture.core.enrollment import State
from nurture.errors import Unreachable
from nurture.mail.cursor import Folder
from nurture.mail.tokens import plus_address, sign
from tests.fakes.small_house import ACCOUNT, KEY, SmallHouse, mail_from, person

ADA = person("Ada", "Brandt")
AWAY = "I am out of the office and will return on 16 March 2026. Urgent: call our desk."


async def written_to(house: SmallHouse, *people: object) -> list[str]:
    """Everybody got their first mail; the ids of those, in the order of people."""
    known = await house.invite(*people)  # type: ignore[arg-type]
    for _ in range(5):  # colleagues are not written to on the same day
        while (await house.round()).sent:
            pass
        if len(house.courier.delivered) < len(known):
            await house.clock.advance_to(house.clock.now() + timedelta(days=1))
    ids = {each.recipient: each.message_id for each in house.courier.delivered}
    return [ids[each.address] for each in known]


async def heard(house: SmallHouse, raw: bytes, folder: Folder = Folder.INBOX) -> None:
    house.mailbox.deliver(folder, raw)
    await house.listen()


async def state_of(house: SmallHouse, address: str) -> State:
    contact = await house.store.people.contact(address)
    assert contact
    return (await house.store.desk.enrollments(contact.id))[-1].state


async def test_p1_who_answers_is_handed_off_and_gets_nothing_more() -> None:
    house = SmallHouse()
    (message_id,) = await written_to(house, ADA)
    await heard(house, mail_from(ADA.address, "Could you call me?", cites=message_id))
    await house.live(house.clock.now() + timedelta(days=90))
    assert await state_of(house, ADA.address) is State.HANDED_OFF
    assert await house.sent_to(ADA.address) == ["Hello Ada"]


async def test_p1_a_colleague_is_paused_but_not_a_stranger_at_the_same_free_mailer() -> None:
    house = SmallHouse()
    grace = person("Grace", "Brandt")
    ida = replace(person("Ida"), address="ida@gmail.com", company="")
    joe = replace(person("Joe"), address="joe@gmail.com", company="")
    ids = await written_to(house, ADA, grace, ida, joe)
    await heard(house, mail_from(ADA.address, "Call me.", cites=ids[0]))
    await heard(house, mail_from(ida.address, "Call me.", cites=ids[2]))
    assert await state_of(house, grace.address) is State.PAUSED
    assert await state_of(house, joe.address) is State.ACTIVE


async def test_an_answer_from_another_address_is_matched_and_learnt() -> None:
    house = SmallHouse()
    (message_id,) = await written_to(house, ADA)
    await heard(house, mail_from("ada@home.example", "Writing from home.", cites=message_id))
    assert await state_of(house, ADA.address) is State.HANDED_OFF
    known = await house.store.people.contact("ada@home.example")
    assert known
    assert known.address == ADA.address


async def test_a_plus_token_names_the_contact_whoever_writes() -> None:
    house = SmallHouse(replace(ACCOUNT, subaddressing=True))
    await written_to(house, ADA)
    contact = await house.store.people.contact(ADA.address)
    assert contact
    token = plus_address(ACCOUNT.address, sign(KEY, str(contact.id)))
    assert token.encode() in house.courier.delivered[0].wire
    raw = mail_from("assistant@elsewhere.example", "She is glad to talk.", f"Cc: {token}")
    await heard(house, raw)
    assert await state_of(house, ADA.address) is State.HANDED_OFF


async def test_p3_the_unsubscribe_address_is_heard_whoever_writes_to_it() -> None:
    account = replace(ACCOUNT, subaddressing=True, unsubscribe_header=UnsubscribeHeader.ALWAYS)
    house = SmallHouse(account)
    await written_to(house, ADA)
    mail = message_from_bytes(house.courier.delivered[0].wire, policy=default)
    target = str(mail["list-unsubscribe"]).removeprefix("<mailto:").partition("?")[0]
    robot = mail_from("robot@provider.example", "Sent by your mail program.")
    raw = robot.replace(f"To: {ACCOUNT.address}".encode(), f"To: {target}".encode())
    await heard(house, raw.replace(b"Subject: Re: Hello", b"Subject: unsubscribe"))
    assert await state_of(house, ADA.address) is State.ENDED
    assert ADA.address in await house.store.people.suppressed([ADA.address])


async def test_p7_an_away_note_holds_to_two_business_days_after_the_return() -> None:
    house = SmallHouse()
    (message_id,) = await written_to(house, ADA)
    raw = mail_from(ADA.address, AWAY, "Auto-Submitted: auto-replied", cites=message_id)
    await heard(house, raw)
    assert await state_of(house, ADA.address) is State.ACTIVE
    contact = await house.store.people.contact(ADA.address)
    assert contact
    (walk,) = await house.store.desk.enrollments(contact.id)
    assert walk.held_until
    assert walk.held_until.date().isoformat() == "2026-03-18"


async def test_p3_a_no_is_final_however_the_address_is_spelled() -> None:
    house = SmallHouse()
    (message_id,) = await written_to(house, ADA)
    await heard(house, mail_from(ADA.address, "Please unsubscribe me.", cites=message_id))
    assert await state_of(house, ADA.address) is State.ENDED
    assert ADA.address in await house.store.people.suppressed([ADA.address])
    await house.invite(replace(ADA, given_name="Ada again"))
    await house.live(house.clock.now() + timedelta(days=60))
    assert await house.sent_to(ADA.address) == ["Hello Ada"]


async def test_a_report_about_a_mail_we_never_sent_changes_nothing() -> None:
    house = SmallHouse()
    await house.invite(ADA)
    raw = mail_from(
        "MAILER-DAEMON@mx.example",
        "The mail system\n\n<ada@brandt.example>: host mx said: 550 5.1.1 User unknown",
        "Auto-Submitted: auto-replied",
        "Return-Path: <>",
    ).replace(b"Subject: Re: Hello", b"Subject: Undelivered Mail Returned to Sender")
    await heard(house, raw)
    assert await state_of(house, ADA.address) is State.ACTIVE
    assert await house.store.people.suppressed([ADA.address]) == {}


async def test_mail_from_an_own_address_is_never_an_answer() -> None:
    house = SmallHouse()
    (message_id,) = await written_to(house, ADA)
    await heard(house, mail_from(ACCOUNT.address, "A note to myself.", cites=message_id))
    assert await state_of(house, ADA.address) is State.ACTIVE


async def test_h5_the_owners_own_mail_in_sent_answers_the_handoff_and_counts_as_contact() -> None:
    house = SmallHouse()
    (message_id,) = await written_to(house, ADA)
    await heard(house, mail_from(ADA.address, "Call me.", cites=message_id))
    (handoff,) = await house.store.desk.handoffs()
    raw = mail_from(ACCOUNT.address, "I will, at four.").replace(
        b"To: anna@carter.example", b"To: Ada <ada@brandt.example>"
    )
    await heard(house, raw, Folder.SENT)
    (taken,) = await house.store.desk.handoffs()
    assert (str(handoff.state), str(taken.state)) == ("open", "waiting")


async def test_mail_in_the_inbox_under_an_own_address_takes_no_handoff() -> None:
    house = SmallHouse()
    (message_id,) = await written_to(house, ADA)
    await heard(house, mail_from(ADA.address, "Call me.", cites=message_id))
    forged = mail_from(ACCOUNT.address, "All settled.").replace(
        b"To: anna@carter.example", b"To: Ada <ada@brandt.example>"
    )
    await heard(house, forged)
    assert [str(each.state) for each in await house.store.desk.handoffs()] == ["open"]


async def test_p4_a_mail_that_breaks_a_signal_is_put_aside_and_the_next_is_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = SmallHouse()
    grace = person("Grace", "Brandt")
    message_id, _ = await written_to(house, ADA, grace)
    honest = signals.signals()

    def breaks(mail: object) -> None:
        if "poison" in str(mail):
            raise RuntimeError("this signal cannot read that")

    monkeypatch.setattr(signals, "signals", lambda: {**honest, "broken": breaks})
    await heard(house, mail_from(ADA.address, "poison", cites=message_id))
    assert await state_of(house, grace.address) is State.PAUSED
    await heard(house, mail_from(ADA.address, "Call me.", cites=message_id))
    assert await house.store.desk.quarantined() == 1
    assert await state_of(house, ADA.address) is State.HANDED_OFF


async def test_p5_an_inbox_that_cannot_be_read_to_its_end_does_not_count_as_read() -> None:
    house = SmallHouse()
    await house.listen()
    before = await house.store.accounts.state("anna")
    house.mailbox.deliver(Folder.INBOX, mail_from(ADA.address, "Hello?"))
    await house.clock.advance_to(house.clock.now() + timedelta(hours=1))
    house.mailbox.fail_next("fetch")
    with pytest.raises(Unreachable):
        await house.listen()
    after = await house.store.accounts.state("anna")
    assert after.read_started_at == before.read_started_at


async def test_new_uids_bring_nothing_twice_and_lose_nothing() -> None:
    house = SmallHouse()
    (message_id,) = await written_to(house, ADA)
    await heard(house, mail_from(ADA.address, "Call me.", cites=message_id))
    house.mailbox.renumber(Folder.INBOX)
    house.mailbox.deliver(Folder.INBOX, mail_from(ADA.address, "And soon.", cites=message_id))
    await house.listen()
    contact = await house.store.people.contact(ADA.address)
    assert contact
    ledger = await house.store.desk.ledger(contact.id)
    assert sum(line.event == "mail_heard" for line in ledger) == 2


async def test_what_was_there_before_the_first_reading_is_not_judged() -> None:
    house = SmallHouse()
    await house.invite(ADA)
    house.mailbox.deliver(Folder.INBOX, mail_from(ADA.address, "Old news."))
    await house.listen()
    assert await state_of(house, ADA.address) is State.ACTIVE
