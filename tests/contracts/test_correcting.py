"""What every store promises about a person's verdict on a mail (ports.Incoming.correct)."""

from dataclasses import replace

import pytest

from nurture.core.contact import Contact
from nurture.core.effect import NOTHING, Effect
from nurture.core.enrollment import Enrollment, State
from nurture.core.handoff import HandoffState, Outcome
from nurture.core.verdict import Meaning, Verdict
from nurture.errors import Misconfigured
from nurture.mail.cursor import Fetched, Folder
from nurture.ports import Heard, LastSpoken, Recorded, Stores
from tests.fakes.story import ACCOUNT, ANSWERED, DAY, HOUR, OPTED_OUT, START, Story

UNSURE = replace(ANSWERED, handoff="to check: not sure what was said")
WHY = "not sure what was said"
LATER = START + 2 * HOUR


async def bob_of(story: Story, walk: Enrollment) -> Contact:
    contact = await story.store.people.contact_by_id(walk.contact_id)
    assert contact is not None
    return contact


async def doubted(story: Story, bob: Contact, **fields: object) -> str:
    """The id of an unsure mail by Bob."""
    recorded = await story.hears(bob, UNSURE, to_check=WHY, **fields)
    return str(recorded.inbound_id)


def said(mail: Heard, meaning: Meaning, effect: Effect = NOTHING) -> Heard:
    """A person's verdict on that mail."""
    return replace(mail, at=LATER, verdict=Verdict(meaning, 1.0, ()), effect=effect)


async def correct(
    store: Stores, number: str, meaning: Meaning, effect: Effect = NOTHING
) -> Recorded:
    mail = await store.desk.doubtful(number)
    assert mail is not None
    return await store.incoming.correct(number, said(mail.heard, meaning, effect))


async def test_an_unsure_mail_waits_with_its_bytes_evidence_and_contact(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    bob = await bob_of(story, walk)
    await story.hears(bob, ANSWERED)
    number = await doubted(story, bob)
    (mail,) = await store.desk.to_check()
    assert (mail.id, mail.contact, mail.heard.to_check) == (number, bob, WHY)
    assert mail.heard.fetched.raw == b"Subject: Re\r\n\r\nHi"
    assert (mail.verdict, mail.evidence) == ("human_reply", ("human: Thanks, call me",))
    sure = await store.desk.doubtful("1")
    assert sure is not None
    assert sure.heard.fetched.raw == b""
    assert await store.desk.doubtful("99") is None
    assert await store.desk.doubtful("rubbish") is None


async def test_a_machine_after_all_lets_go_of_them_and_their_colleagues(
    store: Stores, story: Story
) -> None:
    walk, colleague = await story.enrolled(), await story.enrolled("eve@firm.example")
    number = await doubted(story, await bob_of(story, walk))
    assert (await story.now_at(colleague)).state is State.PAUSED
    recorded = await correct(store, number, Meaning.AUTO_ACK)
    assert {each.enrollment_id for each in recorded.moved} == {walk.id, colleague.id}
    for each in (walk, colleague):
        assert (await story.now_at(each)).state is State.ACTIVE
        assert (await story.now_at(each)).due_at == LATER
    (handoff,) = await store.desk.handoffs(open_only=False)
    assert (handoff.state, handoff.outcome) == (HandoffState.CLOSED, Outcome.WRONG_VERDICT)
    assert await store.desk.to_check() == ()
    lines = {line.event: line.why for line in await store.desk.ledger(walk.contact_id)}
    assert lines["verdict_corrected"] == "auto_ack, not human_reply, says a person"


async def test_a_walk_that_was_not_due_yet_is_due_when_it_was(store: Stores, story: Story) -> None:
    walk = await story.enrolled(due_at=START + 7 * DAY)
    await correct(store, await doubted(story, await bob_of(story, walk)), Meaning.AUTO_ACK)
    assert (await story.now_at(walk)).due_at == START + 7 * DAY


async def test_p1_what_another_answer_stops_as_well_stays_stopped_until_that_is_corrected_too(
    store: Stores, story: Story
) -> None:
    walk, colleague = await story.enrolled(), await story.enrolled("eve@firm.example")
    bob = await bob_of(story, walk)
    first = await doubted(story, bob)
    second = await doubted(story, bob)
    assert (await correct(store, first, Meaning.AUTO_ACK)).moved == ()
    for each in (walk, colleague):
        assert (await story.now_at(each)).state is not State.ACTIVE
    (handoff,) = await store.desk.handoffs()
    assert str(handoff.inbound_id) == second
    await correct(store, second, Meaning.AUTO_ACK)
    for each in (walk, colleague):
        assert (await story.now_at(each)).state is State.ACTIVE
    assert await store.desk.handoffs() == ()


async def test_p1_a_colleague_who_answered_themself_stays_handed_off(
    store: Stores, story: Story
) -> None:
    walk, colleague = await story.enrolled(), await story.enrolled("eve@firm.example")
    number = await doubted(story, await bob_of(story, walk))
    await story.hears(await bob_of(story, colleague), ANSWERED)
    await correct(store, number, Meaning.AUTO_ACK)
    assert (await story.now_at(colleague)).state is State.HANDED_OFF
    assert (await story.now_at(walk)).state is not State.ACTIVE


async def test_a_walk_that_stood_still_before_the_mail_is_not_let_go(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled(state=State.PAUSED, held_why="")
    number = await doubted(story, await bob_of(story, walk))
    await correct(store, number, Meaning.AUTO_ACK)
    assert (await story.now_at(walk)).state is not State.ACTIVE


async def test_a_persons_own_word_in_between_counts_more(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    bob = await bob_of(story, walk)
    old = await doubted(story, bob)
    await store.desk.resume(bob.id, START + DAY, "they called", START + HOUR)
    new = await doubted(story, bob)
    await correct(store, old, Meaning.AUTO_ACK)
    assert (await story.now_at(walk)).state is State.HANDED_OFF
    await correct(store, new, Meaning.AUTO_ACK)
    assert (await story.now_at(walk)).state is State.ACTIVE


async def test_the_same_word_twice_changes_nothing(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    number = await doubted(story, await bob_of(story, walk))
    assert (await correct(store, number, Meaning.AUTO_ACK)).is_new
    told = await story.events(walk.contact_id)
    assert not (await correct(store, number, Meaning.AUTO_ACK)).is_new
    assert await story.events(walk.contact_id) == told


async def test_a_second_thought_stops_them_again(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    number = await doubted(story, await bob_of(story, walk))
    await correct(store, number, Meaning.AUTO_ACK)
    await correct(store, number, Meaning.HUMAN_REPLY, ANSWERED)
    assert (await story.now_at(walk)).state is State.HANDED_OFF
    (handoff,) = await store.desk.handoffs()
    assert handoff.reason == "answered"
    mail = await store.desk.doubtful(number)
    assert mail is not None
    assert (mail.verdict, mail.corrected) == ("human_reply", "human_reply")


async def test_a_person_confirmed_keeps_the_handoff_without_another_brief(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    number = await doubted(story, await bob_of(story, walk))
    before = await store.desk.notices_due(START + DAY)
    await correct(store, number, Meaning.HUMAN_REPLY, ANSWERED)
    assert await store.desk.notices_due(START + DAY) == before
    (handoff,) = await store.desk.handoffs()
    assert (handoff.state, handoff.reason) == (HandoffState.OPEN, "answered")
    assert await store.desk.to_check() == ()


async def test_p3_a_no_ends_theirs_and_lets_the_colleagues_go_on(
    store: Stores, story: Story
) -> None:
    walk, colleague = await story.enrolled(), await story.enrolled("eve@firm.example")
    number = await doubted(story, await bob_of(story, walk))
    await correct(store, number, Meaning.UNSUBSCRIBE, OPTED_OUT)
    assert (await story.now_at(walk)).state is State.ENDED
    assert (await story.now_at(colleague)).state is State.ACTIVE
    assert await store.people.suppressed(["bob@firm.example"])
    assert any(
        each.subject == OPTED_OUT.alert for each in await store.desk.notices_due(START + DAY)
    )
    assert await store.desk.handoffs() == ()


async def test_p3_a_suppression_is_never_lifted_by_a_correction(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    number = await doubted(story, await bob_of(story, walk))
    await correct(store, number, Meaning.UNSUBSCRIBE, OPTED_OUT)
    await correct(store, number, Meaning.AUTO_ACK)
    assert await store.people.suppressed(["bob@firm.example"])
    assert (await story.now_at(walk)).state is State.ENDED


async def test_an_away_note_after_all_holds_what_goes_on(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    number = await doubted(story, await bob_of(story, walk))
    away = Effect(held_until=START + 7 * DAY, held_why="away")
    await correct(store, number, Meaning.AUTO_REPLY, away)
    after = await story.now_at(walk)
    assert (after.state, after.held_until) == (State.ACTIVE, START + 7 * DAY)


async def test_p4_a_mail_that_broke_us_waits_until_a_person_settles_it(store: Stores) -> None:
    fetched = Fetched(Folder.INBOX, 7, 3, b"\xff\x00 raw", 6)
    await store.incoming.quarantine(ACCOUNT, fetched, START, "ValueError: odd")
    (mail,) = await store.desk.to_check()
    assert mail.heard.fetched.raw == b"\xff\x00 raw"
    assert mail.heard.to_check == "it broke nurture: ValueError: odd"
    assert (await correct(store, mail.id, Meaning.UNRELATED)).is_new
    assert not (await correct(store, mail.id, Meaning.UNRELATED)).is_new
    assert await store.desk.to_check() == ()
    assert await store.desk.quarantined() == 0


async def test_what_broke_us_and_was_recorded_all_the_same_waits_once(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    mail = story.mail(await bob_of(story, walk), UNSURE, to_check=WHY, verdict=None)
    await store.incoming.record(mail)
    await store.incoming.quarantine(ACCOUNT, mail.fetched, START, "ValueError: odd")
    (waiting,) = await store.desk.to_check()
    assert waiting.contact is not None
    await correct(store, waiting.id, Meaning.AUTO_ACK)
    assert await store.desk.quarantined() == 0
    assert await store.desk.to_check() == ()


@pytest.mark.parametrize("number", ["99", "q99", "rubbish"])
async def test_a_mail_that_is_not_there_is_named(store: Stores, story: Story, number: str) -> None:
    with pytest.raises(Misconfigured, match=f"no mail {number}"):
        await store.incoming.correct(number, said(story.mail(), Meaning.AUTO_ACK))


# --- what is learnt from Sent, and the last leads ---


async def test_an_id_read_back_from_sent_names_the_touch_and_none_is_taken_over(
    store: Stores, story: Story
) -> None:
    first, other = await story.enrolled(), await story.enrolled("eve@other.example")
    one, two = await story.sent(first), await story.sent(other)
    await store.incoming.learn_id(one, "new@google.example")
    await store.incoming.learn_id(two, "new@google.example")
    touch = await store.incoming.touch_of(["new@google.example"])
    assert touch is not None
    assert touch.id == one


async def test_the_latest_touch_of_a_conversation_is_found_in_its_account(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    await store.incoming.learn_thread(await story.sent(walk), "1767")
    found = await store.incoming.touch_in_thread(ACCOUNT, "1767")
    assert found is not None
    assert found.contact_id == walk.contact_id
    assert await store.incoming.touch_in_thread("otto", "1767") is None
    assert await store.incoming.touch_in_thread(ACCOUNT, "") is None


@pytest.mark.parametrize(
    ("domain", "subject", "since", "is_found"),
    [
        ("firm.example", "RE: hello", START - DAY, True),
        ("firm.example", "Aw: Re: Hello", START - DAY, True),
        ("firm.example", "Invoice", START - DAY, False),
        ("other.example", "Re: Hello", START - DAY, False),
        ("firm.example", "Re: Hello", START + DAY, False),
    ],
)
async def test_a_touch_is_found_by_company_and_subject(
    store: Stores, story: Story, domain: str, subject: str, since: object, is_found: bool
) -> None:
    await story.sent(await story.enrolled())
    touch = await store.incoming.touch_about(ACCOUNT, domain, subject, since)  # type: ignore[arg-type]
    assert (touch is not None) is is_found


async def test_last_contact_is_set_but_never_set_back(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    spoken = LastSpoken(walk.contact_id, START - 9 * DAY, START - 8 * DAY)
    assert await store.incoming.note_contact([spoken]) == 1
    assert await store.incoming.note_contact([spoken]) == 0
    older = LastSpoken(walk.contact_id, START - 20 * DAY)
    assert await store.incoming.note_contact([older]) == 0
    (due,) = await store.outgoing.due(ACCOUNT, START, 10)
    assert due.pace.last_touch_at == START - 9 * DAY
