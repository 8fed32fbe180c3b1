"""What every store promises about what people have to do and to know (ports.Desk)."""

from dataclasses import replace

import pytest

from nurture.core.decision import Advance
from nurture.core.effect import Effect
from nurture.core.enrollment import State
from nurture.core.handoff import HandoffState, Outcome
from nurture.core.handoff.deed import Take
from nurture.core.touch import TouchMove
from nurture.mail.cursor import Folder
from nurture.ports import (
    Begun,
    Errand,
    NoticeKind,
    Stores,  # fmt: skip
)
from tests.fakes.story import ACCEPTED, ACCOUNT, ANSWERED, DAY, HOUR, MINUTE, START, Story


async def opened(story: Story, address: str = "bob@firm.example") -> int:
    """The number of a handoff that this person's answer opened."""
    number = (await story.hears(await story.known(address), ANSWERED)).handoff_id
    assert number is not None
    return number


async def test_what_a_channel_took_stays_taken_and_what_it_refused_is_remembered(
    store: Stores, story: Story
) -> None:
    await store.desk.tell(ACCOUNT, "The disk is full", "Make room.", START, "disk")
    (notice,) = await store.desk.notices_due(START)
    assert notice.errands == ()
    refused = Errand("phone", 1, START + HOUR, None, "503")
    taken = Errand("desk", 1, None, START, "")
    for errand in (refused, taken, replace(taken, told_at=None), replace(refused, attempts=2)):
        await store.desk.notice_tried(notice.id, errand)
    (again,) = await store.desk.notices_due(START)
    assert again.errands == (taken, replace(refused, attempts=2))


async def test_handoffs_come_the_oldest_first_and_taken_ones_stay_listed(
    store: Stores, story: Story
) -> None:
    late = story.mail(await story.known("zoe@other.example"), ANSWERED, at=START + DAY)
    await store.incoming.record(late)
    first = await opened(story)
    await store.desk.act(first, Take("Anna", START + 2 * DAY), START + DAY)
    states = [handoff.state for handoff in await store.desk.handoffs()]
    assert states == [HandoffState.TAKEN, HandoffState.OPEN]


async def test_closing_leaves_the_walks_stopped(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await story.closed(await opened(story), Outcome.DONE)
    assert (await story.now_at(walk)).state is State.HANDED_OFF


async def test_a_conversation_tells_everything_about_a_handoff(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    touch_id = await story.sent(walk)
    waiting = await story.enrolled(sequence="news")
    number = await opened(story)
    talk = await store.desk.conversation(number)
    assert talk is not None
    assert talk.contact.address == "bob@firm.example"
    assert (talk.inbound_subject, talk.inbound_text) == ("Re: Hello", "Thanks, call me")
    assert (talk.inbound_sender, talk.inbound_at) == ("bob@firm.example", START + HOUR)
    assert talk.inbound_message_id == "in1@firm.example"
    assert talk.inbound_references == ("root@anna.example",)
    assert (talk.verdict, talk.evidence) == ("human_reply", ("human: Thanks, call me",))
    assert [each.id for each in talk.enrollments] == [walk.id, waiting.id]
    assert [touch.id for touch in talk.touches] == [touch_id]
    assert talk.confidence == 0.95
    assert [(each.who, each.subject, each.step) for each in talk.said] == [
        ("nurture", "Hello", "first")
    ]
    assert await store.desk.conversation(99) is None


async def test_h2_a_conversation_holds_the_whole_thread_in_order(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    touch_id = await story.sent(walk)
    touch = await store.incoming.touch_of([story.intent(walk).message_id])
    copy = story.mail(text="Dear Bob", copy_of=touch_id, verdict=None)
    in_sent = replace(copy.fetched, folder=Folder.SENT)
    await store.incoming.record(replace(copy, fetched=in_sent))
    first = await opened(story)
    bob = await story.known("bob@firm.example")
    by_hand = story.mail(bob, Effect(owner_spoke=True), at=START + 2 * HOUR, text="At four?")
    await store.incoming.record(
        replace(by_hand, fetched=replace(by_hand.fetched, folder=Folder.SENT))
    )
    await story.closed(first, Outcome.WON, START + 3 * HOUR)
    again = await story.hears(bob, ANSWERED, at=START + 30 * DAY, touch=touch)
    talk = await store.desk.conversation(again.handoff_id or 0)
    assert talk is not None
    assert talk.answers == touch
    assert [(each.who, each.text) for each in talk.said] == [
        ("nurture", "Dear Bob"),
        ("they", "Thanks, call me"),
        ("you", "At four?"),
    ]
    assert [each.outcome for each in talk.before] == [Outcome.WON]


async def test_a_human_returns_the_contact_from_a_day_on(store: Stores, story: Story) -> None:
    walk, ended = await story.enrolled(), await story.enrolled(sequence="news")
    await story.noted(ended, Advance(None, START, "done"))
    colleague = await story.enrolled("eve@firm.example")
    await opened(story)
    assert await store.desk.resume(walk.contact_id, START + 9 * DAY, "they said June", START) == 1
    now = await story.now_at(walk)
    assert (now.state, now.due_at, now.reason) == (State.ACTIVE, START + 9 * DAY, "")
    assert (await story.now_at(ended)).state is State.ENDED
    assert (await story.now_at(colleague)).state is State.PAUSED
    assert await store.desk.resume(walk.contact_id, START, "again", START) == 0
    lines = {line.event: line.why for line in await store.desk.ledger(walk.contact_id)}
    assert lines["enrollment_started"] == "by hand"
    assert lines["enrollment_resumed"] == "they said June"


async def test_a_returned_contact_hears_the_machine_again(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await opened(story)
    await story.leased()
    await store.desk.resume(walk.contact_id, START, "go on", START)
    (look,) = await story.look(story.intent(walk))
    assert isinstance(look, Begun)


async def test_an_alert_is_told_once_per_key(store: Stores) -> None:
    told = [
        await store.desk.tell(ACCOUNT, "Cannot send", "why", START, key) for key in ("a", "a", "b")
    ]
    assert told == [True, False, True]
    notices = await store.desk.notices_due(START)
    assert [(each.kind, each.subject, each.account) for each in notices] == [
        (NoticeKind.ALERT, "Cannot send", ACCOUNT)
    ] * 2


async def test_a_notice_stays_until_a_channel_took_it(store: Stores) -> None:
    await store.desk.tell(ACCOUNT, "Cannot send", "why", START, "a")
    (notice,) = await store.desk.notices_due(START)
    await store.desk.notice_failed(notice.id, START + HOUR, "connection refused")
    assert await store.desk.notices_due(START) == ()
    (again,) = await store.desk.notices_due(START + HOUR)
    assert (again.id, again.attempts) == (notice.id, 1)
    await store.desk.notice_told(notice.id, START + HOUR)
    assert await store.desk.notices_due(START + DAY) == ()
    assert not await store.desk.tell(ACCOUNT, "Cannot send", "why", START, "a")


async def test_the_longest_waiting_notices_come_first(store: Stores) -> None:
    for minutes, key in ((2, "c"), (0, "a"), (1, "b")):
        await store.desk.tell(ACCOUNT, key, "", START + minutes * MINUTE, key)
    notices = await store.desk.notices_due(START + HOUR, limit=2)
    assert [notice.subject for notice in notices] == ["a", "b"]


async def test_upcoming_walks_come_in_the_order_of_their_times(store: Stores, story: Story) -> None:
    await story.enrolled("b@firm.example", due_at=START + DAY)
    await story.enrolled("a@other.example", account="otto")
    stopped = await story.enrolled("c@third.example")
    await store.people.suppress("c@third.example", "no", START)
    found = await store.desk.upcoming()
    assert [contact.address for _, contact in found] == ["a@other.example", "b@firm.example"]
    assert len(await store.desk.upcoming(limit=1)) == 1
    assert await store.desk.enrollments(stopped.contact_id)


async def test_p10_the_ledger_tells_a_life_in_order(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    touch_id = await story.deferred(walk)
    await story.look(story.intent(walk), at=START + HOUR)
    onward = Advance("second", START + DAY, "sent")
    await story.settled(touch_id, TouchMove.ACCEPTED, ACCEPTED, next=onward, at=START + HOUR)
    await story.hears(await story.known("bob@firm.example"), ANSWERED, at=START + 2 * HOUR)
    assert await story.events(walk.contact_id) == [
        "contact_added",
        "enrollment_started",
        "touch_deferred",
        "touch_sent",
        "mail_heard",
        "enrollment_handed_off",
        "handoff_opened",
    ]


async def test_who_was_neither_reached_nor_heard_is_silent_the_most_valuable_first(
    store: Stores, story: Story
) -> None:
    await story.known("never@a.example", value=5)
    heard = await story.known("heard@b.example", value=9)
    await story.hears(heard, ANSWERED)
    await story.known("no@c.example", value=99)
    await store.people.suppress("no@c.example", "said no", START)
    await story.known("other@d.example", account="otto")
    count, first = await store.desk.silent(START, [ACCOUNT])
    assert (count, [(who.address, last) for who, last in first]) == (1, [("never@a.example", None)])
    count, first = await store.desk.silent(START + DAY, [ACCOUNT])
    assert [(who.address, last) for who, last in first] == [
        ("heard@b.example", START + HOUR),
        ("never@a.example", None),
    ]
    assert (await store.desk.silent(START, ["otto"]))[0] == 2


async def test_of_many_who_are_silent_all_are_counted_but_those_who_said_no(
    store: Stores, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nurture.storage.silent._CHUNK", 2)
    for value in range(9):
        await story.known(f"p{value}@firm.example", value=value)
    for value in (3, 7, 8):
        await store.people.suppress(f"p{value}@firm.example", "said no", START)
    await store.people.suppress("nobody@here.example", "said no", START)
    count, first = await store.desk.silent(START, [ACCOUNT])
    assert count == 6
    assert [who.value for who, _ in first] == [6, 5, 4, 2, 1]


async def test_a_digest_is_known_as_one(store: Stores) -> None:
    kind = NoticeKind.DIGEST
    assert await store.desk.tell(ACCOUNT, "Monday", "text", START, "digest/1", kind=kind)
    (notice,) = await store.desk.notices_due(START)
    assert notice.kind is kind
