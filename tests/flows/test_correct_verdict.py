"""A person's word on a mail, from the flow's side: what the mail itself still tells."""

from datetime import date

import pytest

from nurture import signals
from nurture.core.enrollment import State
from nurture.core.verdict import Meaning
from nurture.errors import Misconfigured
from nurture.flows.correct_verdict import Corrected, Court, correct_verdict
from nurture.mail.cursor import Folder
from tests.fakes.small_house import SmallHouse, mail_from, person

ADA = person("Ada", "Brandt")


async def corrected(house: SmallHouse, mail: str, meaning: Meaning) -> Corrected:
    accounts = {"anna": house.account}
    court = Court(accounts, house.store.desk, house.store.incoming, house.clock)
    return await correct_verdict(court, mail, meaning)


async def state_of(house: SmallHouse) -> State:
    contact = await house.store.people.contact(ADA.address)
    assert contact
    return (await house.store.desk.enrollments(contact.id))[-1].state


async def test_an_away_note_that_was_taken_for_a_person_holds_to_its_own_return_date(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = SmallHouse()
    mail = await broken(house, monkeypatch, "I am out of the office, back on 16 March 2026.")
    monkeypatch.undo()
    assert await state_of(house) is State.HANDED_OFF
    await corrected(house, mail, Meaning.AUTO_REPLY)
    assert await state_of(house) is State.ACTIVE
    contact = await house.store.people.contact(ADA.address)
    assert contact
    (walk,) = await house.store.desk.enrollments(contact.id)
    assert walk.held_until
    assert walk.held_until.date() == date(2026, 3, 18)


async def broken(house: SmallHouse, monkeypatch: pytest.MonkeyPatch, text: str) -> str:
    """The id of a mail of Ada's that a signal broke on."""
    await house.invite(ADA)
    await house.round()

    def breaks(_mail: object) -> None:
        raise RuntimeError("this signal cannot read that")

    monkeypatch.setattr(signals, "signals", lambda: {"broken": breaks})
    house.mailbox.deliver(Folder.INBOX, mail_from(ADA.address, text))
    await house.listen()
    (mail,) = await house.store.desk.to_check()
    return mail.id


async def test_a_mail_that_breaks_the_reader_still_can_be_judged_by_a_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = SmallHouse()
    mail = await broken(house, monkeypatch, "poison")
    await corrected(house, mail, Meaning.UNSUBSCRIBE)
    assert await state_of(house) is State.ENDED
    assert await house.store.people.suppressed([ADA.address])
    assert await house.store.desk.quarantined() == 0


async def test_a_mail_that_is_not_there_is_named() -> None:
    with pytest.raises(Misconfigured, match="no mail 7: see `nurture verdict`"):
        await corrected(SmallHouse(), "7", Meaning.AUTO_ACK)
