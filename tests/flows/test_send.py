"""What leaves, what is held, and what an end of a dialogue leads to."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from nurture import log
from nurture.core.touch import TouchMove
from nurture.flows.send import send_due
from nurture.mail.cursor import Folder
from nurture.mail.delivery import Answer, Deferred, Phase, Rejected, Scope, Unknown
from tests.fakes.small_house import ACCOUNT, SEQUENCE, TEMPLATES, SmallHouse, mail_from, person

ADA = person("Ada", "Brandt")


def said(code: int, text: str, phase: Phase = Phase.RCPT) -> Answer:
    return Answer(phase, code, text)


async def test_a_due_mail_leaves_once_and_the_next_step_waits() -> None:
    house = SmallHouse()
    await house.invite(ADA)
    assert (await house.round()).sent == 1
    for _ in range(3):
        await house.round()
    assert await house.sent_to(ADA.address) == ["Hello Ada"]


async def test_p5_nothing_leaves_on_a_reading_older_than_the_step() -> None:
    house = SmallHouse()
    heard_since = await house.listen()
    await house.clock.advance_to(heard_since + timedelta(minutes=1))
    await house.invite(ADA)
    assert (await send_due(await house.voice(), heard_since)).sent == 0
    assert house.courier.tried == []


async def test_p5_nothing_leaves_on_a_reading_that_took_longer_than_the_limit() -> None:
    house = SmallHouse()
    await house.invite(ADA)
    heard_since = await house.listen()
    await house.clock.advance_to(heard_since + timedelta(minutes=6))
    assert (await send_due(await house.voice(), heard_since)).sent == 0
    assert house.courier.tried == []


class AnsweredInBetween:
    """Outgoing, but an answer is heard right before the last look."""

    def __init__(self, house: SmallHouse) -> None:
        self._house = house

    def __getattr__(self, name: str) -> object:
        return getattr(self._house.store.outgoing, name)

    async def begin(self, *args: object) -> object:
        self._house.mailbox.deliver(Folder.INBOX, mail_from(ADA.address, "Please call me."))
        await self._house.listen()
        return await self._house.store.outgoing.begin(*args)


async def test_p1_an_answer_between_the_choice_and_the_last_look_stops_the_mail() -> None:
    house = SmallHouse()
    await house.invite(ADA)
    heard_since = await house.listen()
    voice = replace(await house.voice(), outgoing=AnsweredInBetween(house))
    assert (await send_due(voice, heard_since)).sent == 0
    assert house.courier.tried == []


async def test_p6_a_missing_value_holds_the_mail_and_says_which() -> None:
    house = SmallHouse()
    await house.invite(replace(ADA, given_name=""))
    assert (await house.round()).sent == 0
    ((walk, _),) = await house.store.desk.held()
    assert "given_name" in walk.held_why


async def test_p6_two_sequences_never_write_to_one_person_in_the_same_days() -> None:
    house = SmallHouse()
    other = SEQUENCE.replace("sequence: tips", "sequence: more")
    await house.shelve({"tips": SEQUENCE, "more": other})
    await house.invite(ADA)
    await house.invite(ADA, sequence="more")
    for _ in range(4):
        await house.round()
    assert await house.sent_to(ADA.address) == ["Hello Ada"]


async def test_a_mail_without_a_subject_continues_the_conversation() -> None:
    house = SmallHouse()
    mails = {**TEMPLATES, "second.md": "And one more thought, {{ given_name }}.\n"}
    await house.shelve(templates=mails)
    await house.invite(ADA)
    await house.live(house.clock.now() + timedelta(days=30))
    first, second = (envelope.wire.decode() for envelope in house.courier.delivered)
    assert "Subject: Re: Hello Ada" in second
    message_id = house.courier.delivered[0].message_id
    assert f"In-Reply-To: <{message_id}>" in second
    assert f"References: <{message_id}>" in second
    assert "In-Reply-To" not in first


@pytest.mark.parametrize(
    ("delivery", "is_suppressed", "rests"),
    [
        (Rejected(said(550, "5.1.1 no such user"), Scope.RECIPIENT), True, False),
        (Rejected(said(550, "5.7.1 odd words"), Scope.UNKNOWN), False, False),
        (Rejected(said(550, "5.7.26 unauthenticated"), Scope.POLICY), False, True),
        (Deferred(said(550, "5.4.5 daily limit"), Scope.ACCOUNT), False, True),
        (Deferred(said(450, "4.2.1 busy"), Scope.RECIPIENT), False, False),
    ],
    ids=["dead", "unknown", "policy", "account", "greylisted"],
)
async def test_only_certain_news_about_the_recipient_suppresses(
    delivery: Rejected | Deferred, is_suppressed: bool, rests: bool
) -> None:
    house = SmallHouse()
    await house.invite(ADA)
    house.courier.will(delivery)
    await house.round()
    suppressed = await house.store.people.suppressed([ADA.address])
    state = await house.store.accounts.state("anna")
    assert bool(suppressed) == is_suppressed
    assert bool(state.resting_until) == rests


async def test_p25_a_mailbox_that_stays_full_is_given_up_after_five_days_and_told() -> None:
    house = SmallHouse()
    await house.invite(ADA)
    start = house.clock.now()
    full = Deferred(said(452, "4.2.2 over quota"), Scope.RECIPIENT)
    for _ in range(60):
        house.courier.will(full)
    events: list[dict[str, object]] = []
    with log.listening(events.append):
        await house.live(start + timedelta(days=8))  # there is a weekend in between
    fates = [each["event"] for each in events if str(each["event"]).startswith("touch_")]
    assert set(fates[:-1]) == {"touch_deferred", "touch_postponed"}
    assert fates[-1] == "touch_refused"
    tries = [each.message_id for each in house.courier.tried]
    assert len(set(tries)) == 1
    assert 6 < len(tries) < 40
    (told,) = house.channel.told
    assert told.subject == "Ada was not reached: Hello Ada"
    assert "given up after tries since 2026-03-02" in told.text
    house.courier.repent()
    await house.live(start + timedelta(days=40))
    assert await house.sent_to(ADA.address) == ["One more, Ada"]


async def test_behind_an_answer_about_the_account_nobody_else_is_tried() -> None:
    house = SmallHouse()
    await house.invite(ADA, person("Ben"), person("Cleo"))
    house.courier.will(Deferred(said(421, "4.7.0 try later"), Scope.ACCOUNT))
    await house.round()
    assert len(house.courier.tried) == 1
    await house.clock.advance_to(house.clock.now() + timedelta(hours=3))
    while (await house.round()).sent:
        pass
    assert {each.recipient for each in house.courier.delivered} == {
        ADA.address, "ben@ben.example", "cleo@cleo.example",
    }  # fmt: skip


async def test_p2_an_unknown_fate_is_never_repeated_and_is_shown() -> None:
    house = SmallHouse()
    await house.invite(ADA)
    house.courier.will(Unknown(Answer(Phase.BODY, 0, "connection lost")), arrives=True)
    await house.live(house.clock.now() + timedelta(days=60))
    assert len(house.courier.tried) == 1
    (touch,) = await house.store.outgoing.uncertain("anna")
    await house.store.outgoing.resolve(
        touch.id, TouchMove.PROVEN_SENT, None, house.clock.now(), "found"
    )
    assert await house.store.outgoing.uncertain("anna") == ()


@pytest.mark.parametrize("is_filed", [True, False])
async def test_p2_a_doubt_is_settled_by_what_the_provider_filed_under_an_id_of_its_own(
    is_filed: bool,
) -> None:
    house = SmallHouse(replace(ACCOUNT, files_sent_copy=True))
    await house.invite(ADA)
    house.courier.will(Unknown(Answer(Phase.BODY, 0, "connection lost")), arrives=True)
    await house.round()
    (wire,) = [each.wire for each in house.courier.delivered]
    theirs = b"Message-ID: <x@outlook.example>\r\nX-Microsoft-Original-Message-ID:"
    renamed = wire.replace(b"Message-ID:", theirs)
    if is_filed:
        house.mailbox.deliver(Folder.SENT, renamed)
    await house.live(house.clock.now() + timedelta(days=1))
    doubts = await house.store.outgoing.uncertain("anna")
    asked = [each for each in house.channel.told if "Was this mail sent?" in each.subject]
    assert (len(doubts), len(asked)) == ((0, 0) if is_filed else (1, 1))
    assert len(house.courier.tried) == 1


async def test_p2_a_dialogue_cut_short_is_uncertain_and_the_rest_of_the_batch_is_not() -> None:
    house = SmallHouse()
    await house.invite(ADA, person("Ben"))
    house.courier.will(asyncio.CancelledError(), arrives=True)
    with pytest.raises(asyncio.CancelledError):
        await house.round()
    house.lease = None
    now = house.clock.now()
    await house.store.accounts.take("anna", "other", now + timedelta(days=4000), now)
    await house.live(house.clock.now() + timedelta(days=10))
    assert len(await house.store.outgoing.uncertain("anna")) == 1
    assert sorted(each.recipient for each in house.courier.delivered) == [
        ADA.address, "ben@ben.example",
    ]  # fmt: skip


async def test_a_stopping_daemon_begins_no_further_dialogue() -> None:
    house = SmallHouse()
    await house.invite(ADA, person("Ben"))
    heard_since = await house.listen()
    voice = await house.voice()
    stopping = replace(voice, is_stopping=lambda: len(house.courier.tried) == 1)
    assert (await send_due(stopping, heard_since)).sent == 1
    assert await house.store.outgoing.uncertain("anna") == ()


async def test_the_cap_of_the_day_leaves_the_rest_for_tomorrow() -> None:
    account = replace(ACCOUNT, limits=replace(ACCOUNT.limits, per_day=2))
    house = SmallHouse(account)
    await house.invite(*(person(name) for name in ("Ada", "Ben", "Cleo", "Dora", "Emil")))
    await house.live(house.clock.now() + timedelta(hours=20))
    assert len(house.courier.delivered) == 2
    await house.live(house.clock.now() + timedelta(days=7))
    assert len(house.courier.delivered) == 5


async def test_the_copy_for_sent_holds_the_very_bytes_that_travelled() -> None:
    house = SmallHouse()
    await house.invite(ADA)
    await house.live(house.clock.now() + timedelta(hours=1))
    assert house.mailbox.raws(Folder.SENT) == (house.courier.delivered[0].wire,)


async def test_a_full_sent_folder_stops_neither_hearing_nor_sending() -> None:
    house = SmallHouse()
    await house.invite(ADA, person("Ben"))
    house.mailbox.fail_next("file_copy", times=3)
    await house.live(house.clock.now() + timedelta(hours=8))
    assert len(house.courier.delivered) == 2
    assert len(house.mailbox.raws(Folder.SENT)) == 2
    assert house.channel.told == []


async def test_a_provider_that_files_its_own_copy_gets_none_from_us() -> None:
    house = SmallHouse(replace(ACCOUNT, files_sent_copy=True))
    await house.invite(ADA)
    await house.live(house.clock.now() + timedelta(hours=1))
    assert len(house.courier.delivered) == 1
    assert house.mailbox.raws(Folder.SENT) == ()


async def test_p2_a_person_returned_after_their_step_had_left_gets_the_next_one() -> None:
    house = SmallHouse()
    (ada,) = await house.invite(ADA)
    house.courier.will(Deferred(said(450, "4.2.1 busy"), Scope.RECIPIENT))
    await house.round()
    house.mailbox.deliver(Folder.INBOX, mail_from(ADA.address, "Call me."))
    await house.listen()
    now = house.clock.now()
    await house.store.desk.resume(ada.id, now, "we talked", now)
    await house.live(now + timedelta(days=40))
    assert await house.sent_to(ADA.address) == ["One more, Ada"]


async def test_a_step_that_breaks_us_is_held_and_the_others_go_on() -> None:
    house = SmallHouse()
    await house.invite(ADA, person("Ben"))
    catalog = house.shelf

    class Breaks:
        template = catalog.template
        attachment = catalog.attachment
        calendar = catalog.calendar
        calls = 0

        async def sequence(self, name: str, revision: str) -> object:
            self.calls += 1
            if self.calls == 1:
                raise RuntimeError("our mistake")
            return await catalog.sequence(name, revision)

    heard_since = await house.listen()
    voice = replace(await house.voice(), catalog=Breaks())
    assert (await send_due(voice, heard_since)).sent == 1
    ((walk, _),) = await house.store.desk.held()
    assert "our mistake" in walk.held_why
