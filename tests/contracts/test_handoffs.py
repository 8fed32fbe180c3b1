"""What every store promises about the work on handoffs (ports.Desk)."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from nurture.core.effect import Effect
from nurture.core.enrollment import State
from nurture.core.handoff import Handoff, HandoffState, Outcome, Urgency
from nurture.core.handoff.deed import (
    AwaitThem,
    Close,
    Deed,
    GiveBack,
    MoveOver,
    Onward,
    Remind,
    Resume,
    Snooze,
    Stay,
    Stop,
    Take,
)
from nurture.ports import Acted, NoticeKind, Stores
from tests.fakes.story import ANSWERED, DAY, HOUR, MINUTE, START, Story, walk_of

BOB = "bob@firm.example"
THANKS = replace(ANSWERED, only_thanks=True, urgency=Urgency.CALM, handoff="thanks you")
SPOKE = Effect(owner_spoke=True)


async def opened(story: Story, **fields: object) -> int:
    """The number of the handoff that Bob's answer opened."""
    number = (await story.hears(await story.known(BOB), ANSWERED, **fields)).handoff_id
    assert number is not None
    return number


async def act(store: Stores, number: int, deed: Deed, *, at: int = 2) -> Acted:
    """The deed, so many hours after START."""
    return await store.desk.act(number, deed, START + at * HOUR)


async def stands(store: Stores, number: int) -> Handoff:
    """The handoff as it is stored now."""
    found = await store.desk.handoff(number)
    assert found is not None
    return found


async def test_h3_of_two_takers_one_is_told_who_was_first(store: Stores, story: Story) -> None:
    number = await opened(story)
    until = START + 6 * HOUR
    both = await asyncio.gather(*(act(store, number, Take(who, until)) for who in ("Ann", "Otto")))
    first = next(each.handoff.taken_by for each in both if each.handoff and not each.objection)
    assert sorted(each.objection for each in both) == ["", f"{first} has taken handoff {number}"]
    assert (await stands(store, number)).taken_by == first
    assert (await store.desk.act(99, Take("Ann", until), START)).objection == (
        "there is no handoff 99"
    )


async def test_h3_a_lease_that_is_over_stands_in_nobodys_way(store: Stores, story: Story) -> None:
    number = await opened(story)
    await act(store, number, Take("Ann", START + 6 * HOUR))
    assert (await act(store, number, Take("Otto", START + 9 * HOUR), at=5)).objection
    assert not (await act(store, number, Take("Ann", START + 7 * HOUR), at=5)).objection
    assert not (await act(store, number, Take("Otto", START + 11 * HOUR), at=7)).objection
    assert (await stands(store, number)).taken_by == "Otto"


async def test_h3_a_lease_that_runs_out_brings_it_back_and_is_told_once(
    store: Stores, story: Story
) -> None:
    number = await opened(story)
    await act(store, number, Take("Ann", START + 6 * HOUR))
    assert await store.desk.run_out(START + 6 * HOUR - MINUTE) == ()
    (back,) = await store.desk.run_out(START + 6 * HOUR)
    assert (back.id, back.state, back.opened_at) == (number, HandoffState.OPEN, START + 6 * HOUR)
    assert (back.reason, back.urgency) == ("Ann took it, and did not answer", Urgency.NOW)
    assert await store.desk.run_out(START + 6 * HOUR) == ()
    briefs = [each for each in await store.desk.notices_due(START + DAY) if "Back" in each.subject]
    assert [(each.kind, each.handoff_id) for each in briefs] == [(NoticeKind.BRIEF, number)]
    assert "handoff_back" in await story.events(back.contact_id)


async def test_given_back_it_waits_for_somebody_anew(store: Stores, story: Story) -> None:
    number = await opened(story)
    assert (await act(store, number, GiveBack("Ann"))).objection == f"handoff {number} is open"
    await act(store, number, Take("Ann", START + DAY))
    acted = await act(store, number, GiveBack("Ann"), at=3)
    assert acted.handoff == await stands(store, number)
    assert (acted.handoff.state, acted.handoff.opened_at) == (HandoffState.OPEN, START + 3 * HOUR)


async def test_h5_the_owners_mail_makes_it_the_contacts_turn_and_their_next_mail_ends_that(
    store: Stores, story: Story
) -> None:
    number = await opened(story)
    bob = await story.known(BOB)
    await story.hears(bob, SPOKE, at=START + 3 * HOUR)
    waiting = await stands(store, number)
    assert (waiting.state, waiting.taken_by) == (HandoffState.WAITING, "the owner")
    assert (waiting.asked_at, waiting.answered_at) == (START + HOUR, START + 3 * HOUR)
    await story.hears(bob, SPOKE, at=START + 4 * HOUR)
    await story.hears(bob, ANSWERED, at=START + 5 * HOUR)
    again = await stands(store, number)
    assert (again.state, again.opened_at) == (HandoffState.OPEN, START + 5 * HOUR)
    # The first answer is what counts, however long the talk goes on.
    assert (again.asked_at, again.answered_at) == (START + HOUR, START + 3 * HOUR)
    assert (await story.events(bob.id)).count("handoff_answered") == 1


async def test_patience_with_the_contact_has_an_end(store: Stores, story: Story) -> None:
    number = await opened(story)
    await act(store, number, AwaitThem("Ann", START + 2 * DAY))
    (back,) = await store.desk.run_out(START + 2 * DAY)
    assert (back.reason, back.urgency) == ("they have not answered you", Urgency.TODAY)


async def test_h3_any_mail_ends_a_snooze_but_thanks_alone_keep_the_date(
    store: Stores, story: Story
) -> None:
    number = await opened(story)
    bob = await story.known(BOB)
    await act(store, number, Snooze("Ann", START + 9 * DAY))
    thanks = await story.hears(bob, THANKS, at=START + DAY)
    kept = await stands(store, number)
    assert (kept.state, kept.until) == (HandoffState.SNOOZED, START + 9 * DAY)
    assert (thanks.handoff_id, kept.inbound_id) == (number, thanks.inbound_id)
    assert "handoff_thanked" in await story.events(bob.id)
    # Their words reach the owner all the same (promise P8).
    assert len(await store.desk.notices_due(START + DAY)) == 2
    await story.hears(bob, ANSWERED, at=START + 2 * DAY)
    assert (await stands(store, number)).state is HandoffState.OPEN
    assert await store.desk.run_out(START + 20 * DAY) == ()


async def test_thanks_do_not_take_a_question_off_the_desk(store: Stores, story: Story) -> None:
    number = await opened(story)
    await story.hears(await story.known(BOB), THANKS, at=START + DAY)
    still = await stands(store, number)
    assert (still.state, still.reason, still.urgency) == (
        HandoffState.OPEN, "answered", Urgency.NOW,
    )  # fmt: skip
    assert still.opened_at == START + HOUR


async def test_a_snooze_comes_back_on_its_day(store: Stores, story: Story) -> None:
    number = await opened(story)
    assert (await act(store, number, Snooze("Ann", START))).objection.startswith(
        "that time is past"
    )
    await act(store, number, Snooze("Ann", START + 9 * DAY))
    (back,) = await store.desk.run_out(START + 9 * DAY)
    assert (back.state, back.reason) == (HandoffState.OPEN, "you put it off until now")


async def test_the_owners_mail_keeps_the_date_of_a_snooze(store: Stores, story: Story) -> None:
    number = await opened(story)
    await act(store, number, Snooze("Ann", START + 9 * DAY))
    await story.hears(await story.known(BOB), SPOKE, at=START + DAY)
    waiting = await stands(store, number)
    assert (waiting.state, waiting.until) == (HandoffState.WAITING, START + 9 * DAY)


async def test_closed_once_it_stays_closed(store: Stores, story: Story) -> None:
    number = await opened(story)
    deed = Close("Ann", Outcome.WON, amount=4200, note="the long roof")
    assert not (await act(store, number, deed)).objection
    again = f"handoff {number} is closed already: won"
    assert (await act(store, number, Close("Otto", Outcome.DONE))).objection == again
    assert (await act(store, number, Take("Otto", START + DAY))).objection == again
    closed = await stands(store, number)
    assert (closed.state, closed.outcome, closed.amount, closed.note, closed.taken_by) == (
        HandoffState.CLOSED, Outcome.WON, 4200, "the long roof", "Ann",
    )  # fmt: skip
    assert (closed.closed_at, closed.answered_at) == (START + 2 * HOUR, START + 2 * HOUR)
    assert await store.desk.handoffs() == ()
    lines = {line.event: line.why for line in await store.desk.ledger(closed.contact_id)}
    assert lines["handoff_closed"] == "Ann: won, 4200, the long roof"


@pytest.mark.parametrize(
    ("days", "is_same"), [(14, True), (15, False)], ids=["soon after", "long after"]
)
async def test_h4_an_answer_long_after_the_close_opens_a_new_one_that_follows(
    store: Stores, story: Story, days: int, is_same: bool
) -> None:
    number = await opened(story)
    await story.closed(number, Outcome.WON, START + DAY)
    bob = await story.known(BOB)
    later = await story.hears(bob, ANSWERED, at=START + DAY + timedelta(days=days))
    assert later.handoff_id is not None
    now = await stands(store, later.handoff_id)
    assert (now.state, now.closed_at) == (HandoffState.OPEN, None)
    assert (now.id == number, now.follows) == (is_same, None if is_same else number)
    assert len(await store.desk.handoffs(open_only=False)) == (1 if is_same else 2)


async def test_thanks_for_what_is_closed_open_nothing_unless_they_stopped_something(
    store: Stores, story: Story
) -> None:
    number = await opened(story)
    await story.closed(number, Outcome.WON)
    bob = await story.known(BOB)
    await story.hears(bob, THANKS, at=START + 2 * DAY)
    assert (await stands(store, number)).state is HandoffState.CLOSED
    await story.enrolled()
    await story.hears(bob, THANKS, at=START + 3 * DAY)
    assert (await stands(store, number)).state is HandoffState.OPEN


@pytest.mark.parametrize(
    ("onward", "state", "reason"),
    [
        (Stay(), State.HANDED_OFF, "answered"),
        (Remind(START + 30 * DAY), State.HANDED_OFF, "answered"),
        (Stop(), State.ENDED, "Ann: done"),
        (Resume(START + 30 * DAY), State.ACTIVE, ""),
    ],
)
async def test_h6_a_close_says_what_comes_next_and_nothing_goes_on_unasked(
    store: Stores, story: Story, onward: Onward, state: State, reason: str
) -> None:
    walk = await story.enrolled()
    number = await opened(story)
    acted = await act(store, number, Close("Ann", Outcome.DONE, onward))
    now = await story.now_at(walk)
    assert (now.state, now.reason) == (state, reason)
    assert acted.resumed == isinstance(onward, Resume)
    if isinstance(onward, Resume):
        assert now.due_at == onward.on


async def test_closing_can_move_them_over_to_another_sequence(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    number = await opened(story)
    bob = await story.known(BOB)
    lane = walk_of(bob, "news", due_at=START + 9 * DAY)
    acted = await act(store, number, Close("Ann", Outcome.WON, MoveOver((lane,))))
    assert acted.enrolled
    first, second = await store.desk.enrollments(bob.id)
    assert (first.id, first.state) == (walk.id, State.ENDED)
    assert (second.sequence, second.state, second.due_at) == ("news", State.ACTIVE, START + 9 * DAY)


async def test_whoever_was_won_leaves_every_sequence(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await story.closed(await opened(story), Outcome.WON)
    now = await story.now_at(walk)
    assert (now.state, now.reason) == (State.ENDED, "won")


async def test_p3_a_no_that_a_person_hears_is_for_every_address(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    await story.learns(walk.contact_id, "bob@home.example")
    number = await opened(story)
    goes_on = Close("Ann", Outcome.OPTED_OUT, Resume(START + DAY))
    assert "opted out" in (await act(store, number, goes_on)).objection
    await story.closed(number, Outcome.OPTED_OUT)
    both = [BOB, "bob@home.example"]
    assert set(await store.people.suppressed(both)) == set(both)
    assert (await story.now_at(walk)).reason == "opted_out"


async def test_h6_a_reminder_opens_a_handoff_that_follows_once(store: Stores, story: Story) -> None:
    number = await opened(story)
    remind = Remind(START + 30 * DAY)
    await act(store, number, Close("Ann", Outcome.LATER, remind, note="the new office"))
    assert await store.desk.run_out(START + 29 * DAY) == ()
    (back,) = await store.desk.run_out(START + 30 * DAY)
    assert (back.follows, back.reason) == (
        number, "you wanted to be reminded: the new office",
    )  # fmt: skip
    assert (back.asked_at, back.inbound_id) == (None, (await stands(store, number)).inbound_id)
    assert await store.desk.run_out(START + 31 * DAY) == ()
    assert [each.id for each in await store.desk.handoffs()] == [back.id]


async def test_a_reminder_is_not_needed_where_they_wrote_before(
    store: Stores, story: Story
) -> None:
    number = await opened(story)
    await act(store, number, Close("Ann", Outcome.LATER, Remind(START + 30 * DAY)))
    bob = await story.known(BOB)
    await story.hears(bob, ANSWERED, at=START + 29 * DAY)
    assert await store.desk.run_out(START + 30 * DAY) == ()
    assert len(await store.desk.handoffs()) == 1


async def test_p1_a_new_walk_waits_while_a_handoff_is_put_aside(
    store: Stores, story: Story
) -> None:
    number = await opened(story)
    await act(store, number, Snooze("Ann", START + 9 * DAY))
    walk = await story.enrolled(sequence="news")
    assert walk.state is State.PAUSED


async def test_h7_a_reminder_is_put_into_the_outbox_once_and_not_once_somebody_acts(
    store: Stores, story: Story
) -> None:
    number = await opened(story)
    seen = await stands(store, number)
    told = [
        await store.desk.remind(seen, "Bob waits", key, START + DAY, in_place=key == "b")
        for key in ("a", "a", "b")
    ]
    assert told == [True, False, True]
    _, first, second = await store.desk.notices_due(START + DAY)
    assert (first.subject, first.handoff_id, first.in_place) == ("Bob waits", number, False)
    assert (first.kind, second.in_place) == (NoticeKind.BRIEF, True)
    await act(store, number, Take("Ann", START + 2 * DAY))
    assert not await store.desk.remind(seen, "Bob waits", "c", START + DAY, in_place=False)


async def test_h1_what_was_answered_tells_how_long_it_took(store: Stores, story: Story) -> None:
    number = await opened(story)
    assert await store.desk.answer_times(START) == ()
    await story.closed(number, Outcome.DONE, START + DAY)
    (answered,) = await store.desk.answer_times(START + DAY)
    assert (answered.asked_at, answered.answered_at) == (START + HOUR, START + DAY)
    assert await store.desk.answer_times(START + DAY + MINUTE) == ()


async def test_a_wrong_verdict_was_no_question_and_is_no_answer(
    store: Stores, story: Story
) -> None:
    await story.closed(await opened(story), Outcome.WRONG_VERDICT)
    assert await store.desk.answer_times(START) == ()
