"""What every store promises about walks and touches (ports.Outgoing; promises P1, P2, P5, P6)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from nurture.core.contact import Basis, Consent, Contact
from nurture.core.decision import Advance, Decision, End, Hold, Postpone
from nurture.core.effect import Effect
from nurture.core.enrollment import Enrollment, State
from nurture.core.handoff import Outcome
from nurture.core.sequence import Intent
from nurture.core.touch import TouchMove, TouchState
from nurture.errors import Broken
from nurture.ports import (
    Alert,
    Begun,
    NoticeKind,
    Settlement,
    Stopped,
    Stores,  # fmt: skip
)
from tests.fakes.story import (
    ACCEPTED,
    ACCOUNT,
    ALLOWED,
    ANSWERED,
    DAY,
    FREELY,
    HOUR,
    LATER,
    MINUTE,
    NEVER,
    NOBODY_KNOWS,
    START,
    Story,
    walk_of,
)


def why_stopped(look: Begun | Stopped) -> str:
    """The reason; fails where nothing was stopped."""
    assert isinstance(look, Stopped), look
    return look.why


# --- enrolling and reading ---


async def test_a_revision_keeps_its_first_text(store: Stores) -> None:
    for source in ("steps: 1", "steps: 2"):
        await store.outgoing.keep_revision("tips", "r1", source, START)
    assert await store.outgoing.revision_source("tips", "r1") == "steps: 1"
    assert await store.outgoing.revision_source("tips", "r2") is None


async def test_a_walk_comes_back_as_it_was_enrolled(store: Stores, story: Story) -> None:
    bob = await story.known("bob@firm.example")
    walk = walk_of(bob, held_until=START + DAY, held_why="summer")
    (number,) = await store.outgoing.enroll([walk])
    assert await store.desk.enrollments(bob.id) == (replace(walk, id=number or 0),)


async def test_a_contact_walks_a_sequence_once_per_run(store: Stores, story: Story) -> None:
    bob = await story.known("bob@firm.example")
    first, again = await store.outgoing.enroll([walk_of(bob), walk_of(bob)])
    assert first is not None
    assert again is None
    assert await store.outgoing.enroll([walk_of(bob)]) == (None,)
    (second_run,) = await store.outgoing.enroll([walk_of(bob, run=2)])
    assert second_run is not None


async def test_nobody_unknown_is_enrolled(store: Stores, story: Story) -> None:
    bob = await story.known("bob@firm.example")
    assert await store.outgoing.enroll([walk_of(replace(bob, id=99))]) == (None,)


async def test_p1_who_waits_for_an_answer_is_enrolled_paused(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    bob = await store.people.contact_by_id(walk.contact_id)
    assert bob is not None
    recorded = await story.hears(bob, ANSWERED)
    colleague = await story.enrolled("eve@firm.example")
    stranger = await story.enrolled("zoe@other.example")
    news = await story.enrolled(sequence="news")
    states = [each.state for each in (news, colleague, stranger)]
    assert states == [State.PAUSED, State.PAUSED, State.ACTIVE]
    assert recorded.handoff_id is not None
    await story.closed(recorded.handoff_id, Outcome.DONE, START + DAY)
    assert (await story.enrolled(sequence="later")).state is State.ACTIVE


async def test_only_what_is_due_comes_the_longest_due_first(store: Stores, story: Story) -> None:
    for name, due_at in (("b", START), ("a", START - HOUR), ("c", START + MINUTE)):
        await story.enrolled(f"{name}@firm.example", due_at=due_at)
    await story.enrolled("x@firm.example", account="other", due_at=START - DAY)
    found = await store.outgoing.due(ACCOUNT, START, 10)
    assert [due.contact.address[0] for due in found] == ["a", "b"]
    assert len(await store.outgoing.due(ACCOUNT, START, 1)) == 1
    assert await store.outgoing.next_due(ACCOUNT) == START - HOUR
    assert await store.outgoing.next_due("nobody") is None


async def test_due_brings_the_facts_of_a_decision(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await story.learns(walk.contact_id, "bob@home.example")
    first = await story.sent(walk)
    news = await story.enrolled(sequence="news")
    second = await story.deferred(news, at=START + 3 * DAY)
    by_sequence = {
        due.enrollment.sequence: due
        for due in await store.outgoing.due(ACCOUNT, START + 8 * DAY, 10)
    }
    tips, letter = by_sequence["tips"], by_sequence["news"]
    assert tips.contact.aliases == ("bob@home.example",)
    assert (tips.pace.last_touch_at, tips.pace.touched) == (START + MINUTE, (START + MINUTE,))
    assert [touch.id for touch in tips.thread] == [first]
    assert letter.postponed is not None
    assert (letter.postponed.id, letter.thread, letter.is_suppressed) == (second, (), False)


async def test_a_touch_older_than_a_year_is_not_counted(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await story.sent(walk)
    (due,) = await store.outgoing.due(ACCOUNT, START + timedelta(days=366), 10)
    assert (due.pace.touched, due.pace.last_touch_at) == ((), START + MINUTE)


# --- noting ---

ACTIVE_AFTER = (
    (Postpone(START + DAY, "night"), "first", START + DAY, ""),
    (Hold(START + DAY, "no name"), "first", START + DAY, "no name"),
    (Advance("second", START + DAY, "waited"), "second", START + DAY, ""),
)


@pytest.mark.parametrize(("decision", "position", "due_at", "held_why"), ACTIVE_AFTER)
async def test_a_noted_decision_moves_the_walk(
    store: Stores,
    story: Story,
    decision: Decision,
    position: str,
    due_at: datetime,
    held_why: str,
) -> None:
    walk = await story.enrolled()
    await story.noted(walk, decision)
    now = await story.now_at(walk)
    assert (now.position, now.due_at, now.held_why) == (position, due_at, held_why)


async def test_a_wait_behind_a_wait_counts_from_the_end_of_the_first(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    await story.noted(walk, Advance("second", START + DAY, "waits"))
    assert (await story.now_at(walk)).anchor_at == START + DAY


@pytest.mark.parametrize(
    ("decision", "reason"),
    [(End("consent withdrawn"), "consent withdrawn"), (Advance(None, START, "done"), "finished")],
)
async def test_a_walk_ends_with_its_reason(
    store: Stores, story: Story, decision: Decision, reason: str
) -> None:
    walk = await story.enrolled()
    await story.deferred(walk)
    await story.noted(walk, decision)
    now = await story.now_at(walk)
    assert (now.state, now.reason, now.due_at) == (State.ENDED, reason, None)
    assert {"enrollment_ended", "touch_cancelled"} <= set(await story.events(walk.contact_id))


async def test_a_walk_that_is_not_active_is_left_as_it_is(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    bob = await store.people.contact_by_id(walk.contact_id)
    assert bob is not None
    await story.hears(bob, ANSWERED)
    before, told = await story.now_at(walk), await story.events(bob.id)
    await story.noted(walk, Advance("second", START, "late"))
    assert (await story.now_at(walk), await story.events(bob.id)) == (before, told)


async def test_a_hold_shows_until_the_walk_goes_on(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    for _ in range(2):
        await story.noted(walk, Hold(START + DAY, "no name"))
    assert [each.held_why for each, _ in await store.desk.held()] == ["no name"]
    assert (await story.events(walk.contact_id)).count("touch_held") == 1
    await story.noted(walk, Postpone(START + DAY, "night"))
    assert await store.desk.held() == ()


# --- the last look ---


async def test_what_passes_is_on_its_way_and_known_by_its_id(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    touch_id = await story.begun(walk)
    touch = await store.incoming.touch_of([f"{walk.id}.first@firm.example"])
    assert touch is not None
    assert (touch.id, touch.state, touch.attempts) == (touch_id, TouchState.SENDING, 1)
    assert (touch.revision, touch.sequence, touch.step) == ("r1", "tips", "first")
    assert await story.counted() == 1


async def test_p2_the_same_step_never_begins_twice(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await story.begun(walk)
    (look,) = await story.look(replace(story.intent(walk), message_id="other@firm.example"))
    assert "sending" in why_stopped(look)


async def test_p2_a_sent_step_never_begins_again(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await story.settled(
        await story.begun(walk),
        TouchMove.ACCEPTED,
        ACCEPTED,
        next=Advance("first", START + DAY, "a sequence that repeats a step"),
    )
    (look,) = await story.look(
        replace(story.intent(walk), last_touch_at=START + DAY), at=START + DAY
    )
    assert "sent" in why_stopped(look)


async def test_p2_a_message_id_is_used_once(store: Stores, story: Story) -> None:
    bob, eve = await story.enrolled(), await story.enrolled("eve@other.example")
    used = replace(story.intent(eve), message_id=story.intent(bob).message_id)
    looks = await story.look(story.intent(bob), used)
    assert isinstance(looks[0], Begun)
    assert "Message-ID" in why_stopped(looks[1])


async def test_p2_a_lost_lease_sends_nothing(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    old = await story.leased()
    await story.leased(START + 2 * DAY, "w2")
    (look,) = await store.outgoing.begin(old, [story.intent(walk)], START + 2 * DAY, START, FREELY)
    assert "another worker" in why_stopped(look)


async def test_nothing_leaves_for_a_walk_of_another_account_or_person(
    store: Stores, story: Story
) -> None:
    """Each account reads its own mailbox: what the wrong one sends, nobody hears answered."""
    eve = await story.known("eve@firm.example")
    theirs = await story.enrolled(account="other")
    own = await story.enrolled("ada@home.example")
    foreign = story.intent(theirs)
    swapped = replace(story.intent(own), contact_id=eve.id)
    unknown = replace(story.intent(own), enrollment_id=999)
    for intent in (foreign, swapped, unknown):
        (look,) = await story.look(intent)
        assert why_stopped(look) == "there is no such enrollment of this account"
    assert isinstance((await story.look(story.intent(own)))[0], Begun)


async def test_p2_a_lost_lease_moves_no_walk(store: Stores, story: Story) -> None:
    """What it decided on may be a mail that its successor has under way just now."""
    walk = await story.enrolled()
    old = await story.leased()
    await story.leased(START + 2 * DAY, "w2")
    before = await story.now_at(walk)
    late = (walk.id, Advance("second", START + 2 * DAY, "had its one touch before"))
    assert not await store.outgoing.note(old, [late], START + 2 * DAY)
    assert await story.now_at(walk) == before
    assert await story.noted(walk, late[1])


async def test_p5_an_account_that_was_never_read_sends_nothing(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    lease = await store.accounts.take(ACCOUNT, "w1", START, START + DAY)
    assert lease is not None
    (look,) = await store.outgoing.begin(lease, [story.intent(walk)], START, START, FREELY)
    assert "never read" in why_stopped(look)


async def test_p5_a_reading_that_is_too_old_sends_nothing(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    (look,) = await story.look(story.intent(walk), heard_since=START + MINUTE)
    assert "last read" in why_stopped(look)


async def test_p5_the_mailbox_is_read_after_the_step_became_due(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled(due_at=START + MINUTE)
    (look,) = await story.look(story.intent(walk), at=START + HOUR)
    assert "became due" in why_stopped(look)


async def test_a_resting_account_sends_nothing(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await story.leased()
    await store.accounts.rest(ACCOUNT, START + HOUR, "policy")
    (look,) = await story.look(story.intent(walk))
    assert "rests" in why_stopped(look)
    (later,) = await story.look(story.intent(walk), at=START + HOUR)
    assert isinstance(later, Begun)


async def test_p1_an_answer_between_decision_and_last_look_stops_the_mail(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    colleague = await story.enrolled("eve@firm.example")
    bob = await store.people.contact_by_id(walk.contact_id)
    assert bob is not None
    intents = [story.intent(walk), story.intent(colleague, "eve@firm.example")]
    await story.leased()
    await story.hears(bob, ANSWERED)
    looks = await story.look(*intents)
    assert ["handed_off" in why_stopped(looks[0]), "paused" in why_stopped(looks[1])] == [True] * 2


async def test_p3_expired_consent_and_suppression_stop_the_mail(
    store: Stores, story: Story
) -> None:
    consent = replace(ALLOWED, expires=START.date() - DAY)
    await story.known("old@firm.example", consent=consent)
    old = await story.enrolled("old@firm.example")
    dead = await story.enrolled("dead@firm.example")
    await story.leased()
    await store.people.suppress("gone@firm.example", "dead", START)
    looks = await story.look(
        story.intent(old, "old@firm.example"), story.intent(dead, "gone@firm.example")
    )
    assert "consent" in why_stopped(looks[0])
    assert "suppressed: dead" in why_stopped(looks[1])


async def test_p3_a_permission_that_lapsed_since_the_decision_stops_the_mail(
    store: Stores, story: Story
) -> None:
    asked = Consent(Basis.INQUIRY, date(2025, 9, 2))
    await story.known("ca@firm.example", country="CA", consent=asked)
    walk = await story.enrolled("ca@firm.example")
    intent = replace(story.intent(walk, "ca@firm.example"), aim=Intent.GIVE)
    await story.leased(START + DAY)
    (late,) = await story.look(intent, at=START + DAY)
    assert "permitted mail until 2026-03-02" in why_stopped(late)
    (on_its_last_day,) = await story.look(intent, at=START)
    assert isinstance(on_its_last_day, Begun)


async def test_p3_without_a_known_basis_nothing_leaves(store: Stores, story: Story) -> None:
    nobody = Contact("nobody@firm.example", country="US")
    await store.people.merge([nobody], START)
    walk = await story.enrolled("nobody@firm.example")
    (look,) = await story.look(story.intent(walk, "nobody@firm.example"))
    assert "is not recorded" in why_stopped(look)


async def test_p3_what_a_mail_wants_counts_at_the_last_look(store: Stores, story: Story) -> None:
    public = Consent(Basis.PUBLISHED, evidence="their site")
    await story.known("ca@firm.example", country="CA", consent=public)
    walk = await story.enrolled("ca@firm.example")
    intent = story.intent(walk, "ca@firm.example")
    (asked,) = await story.look(intent)
    assert "only mail that gives" in why_stopped(asked)
    (given,) = await story.look(replace(intent, aim=Intent.GIVE))
    assert isinstance(given, Begun)


async def test_p6_a_newer_touch_of_the_person_stops_the_mail(store: Stores, story: Story) -> None:
    tips, news = await story.enrolled(), await story.enrolled(sequence="news")
    looks = await story.look(story.intent(tips), story.intent(news))
    assert isinstance(looks[0], Begun)
    assert "on its way" in why_stopped(looks[1])
    await story.settled(
        looks[0].touch_id, TouchMove.ACCEPTED, ACCEPTED, next=Advance(None, START, "")
    )
    (look,) = await story.look(story.intent(news))
    assert "touched meanwhile" in why_stopped(look)
    known = replace(story.intent(news), last_touch_at=START + MINUTE)
    (look,) = await story.look(known)
    assert isinstance(look, Begun)


async def test_a_held_or_moved_walk_stops_the_mail(store: Stores, story: Story) -> None:
    held, moved = await story.enrolled(), await story.enrolled("eve@other.example")
    intents = [story.intent(held), story.intent(moved)]
    bob = await store.people.contact_by_id(held.contact_id)
    assert bob is not None
    await story.hears(bob, Effect(held_until=START + DAY, held_why="away"))
    await story.noted(moved, Advance("second", START, "skipped"))
    looks = await story.look(*intents)
    assert ["held until" in why_stopped(looks[0]), "second" in why_stopped(looks[1])] == [True] * 2


async def test_what_is_stopped_leaves_no_trace(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await story.leased()
    await store.accounts.rest(ACCOUNT, START + HOUR, "policy")
    before, told = await story.now_at(walk), await story.events(walk.contact_id)
    await story.look(story.intent(walk))
    assert await store.incoming.touch_of([story.intent(walk).message_id]) is None
    assert (await story.now_at(walk), await story.events(walk.contact_id)) == (before, told)


async def test_what_passes_clears_a_hold(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await story.noted(walk, Hold(START, "no name"))
    await story.begun(walk)
    assert await store.desk.held() == ()


# --- settling ---


async def test_a_sent_touch_moves_the_walk_and_is_remembered(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    touch_id = await story.sent(walk)
    now = await story.now_at(walk)
    assert (now.position, now.anchor_at, now.due_at) == ("second", START + MINUTE, START + 7 * DAY)
    touch = await store.incoming.touch_of(["server-id@mx.example.net"])
    assert touch is not None
    assert (touch.id, touch.state, touch.sent_at) == (touch_id, TouchState.SENT, START + MINUTE)
    line = (await store.desk.ledger(walk.contact_id))[-1]
    assert (line.event, line.why, line.step) == ("touch_sent", "its time has come", "first")


async def test_behind_the_last_step_the_walk_is_finished(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await story.sent(walk, to=None)
    now = await story.now_at(walk)
    assert (now.state, now.reason, now.due_at) == (State.ENDED, "finished", None)


async def test_a_deferred_touch_is_tried_again_under_its_id(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    touch_id = await story.deferred(walk)
    waiting = await story.now_at(walk)
    assert (waiting.position, waiting.due_at) == ("first", START + HOUR)
    other = replace(story.intent(walk), message_id="other@firm.example")
    assert "another Message-ID" in why_stopped((await story.look(other, at=START + HOUR))[0])
    (look,) = await story.look(story.intent(walk), at=START + HOUR)
    assert look == Begun(touch_id)
    touch = await store.incoming.touch_of([story.intent(walk).message_id])
    assert touch is not None
    assert (touch.state, touch.attempts) == (TouchState.SENDING, 2)


async def test_a_dead_address_is_suppressed_and_every_walk_ends(
    store: Stores, story: Story
) -> None:
    walk, news = await story.enrolled(), await story.enrolled(sequence="news")
    touch_id = await story.begun(walk)
    await story.settled(touch_id, TouchMove.REJECTED, NEVER, suppress="dead")
    walks = [await story.now_at(each) for each in (walk, news)]
    assert [(each.state, each.reason) for each in walks] == [(State.ENDED, "bounced")] * 2
    assert await store.people.suppressed(["bob@firm.example"]) == {"bob@firm.example": "dead"}


async def test_with_nothing_certain_the_step_waits_for_a_person(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    await story.settled(await story.begun(walk), TouchMove.REJECTED, NEVER, why="550 who knows")
    ((held, contact),) = await store.desk.held()
    assert (held.id, held.state, held.reason) == (walk.id, State.PAUSED, "550 who knows")
    assert contact.address == "bob@firm.example"
    assert await story.counted() == 0


async def test_p1_an_answer_during_the_dialogue_keeps_the_walk_stopped(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    bob = await store.people.contact_by_id(walk.contact_id)
    assert bob is not None
    touch_id = await story.begun(walk)
    await story.hears(bob, ANSWERED)
    onward = Advance("second", START + DAY, "sent")
    await story.settled(touch_id, TouchMove.ACCEPTED, ACCEPTED, next=onward)
    now = await story.now_at(walk)
    assert (now.state, now.position, now.reason) == (State.HANDED_OFF, "second", "answered")
    touch = await store.incoming.last_touch_to(bob.id)
    assert touch is not None
    assert touch.state is TouchState.SENT


async def test_p1_a_retry_of_a_stopped_walk_is_called_off(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    bob = await store.people.contact_by_id(walk.contact_id)
    assert bob is not None
    touch_id = await story.begun(walk)
    await story.hears(bob, ANSWERED)
    await story.settled(touch_id, TouchMove.POSTPONED, LATER, retry_at=START + HOUR)
    touch = await store.incoming.touch_of([story.intent(walk).message_id])
    assert touch is not None
    assert touch.state is TouchState.CANCELLED


async def test_an_away_note_during_the_dialogue_holds_the_next_step(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    bob = await store.people.contact_by_id(walk.contact_id)
    assert bob is not None
    touch_id = await story.begun(walk)
    await story.hears(bob, Effect(held_until=START + 10 * DAY, held_why="away"))
    onward = Advance("second", START + MINUTE + 3 * DAY, "sent")
    await story.settled(touch_id, TouchMove.ACCEPTED, ACCEPTED, next=onward)
    now = await story.now_at(walk)
    assert (now.due_at, now.held_until) == (START + 13 * DAY, START + 10 * DAY)
    assert now.anchor_at == START + 10 * DAY


async def test_a_batch_with_an_impossible_outcome_writes_nothing(
    store: Stores, story: Story
) -> None:
    bob, eve = await story.enrolled(), await story.enrolled("eve@other.example")
    done, open_ = await story.sent(bob), await story.begun(eve)
    with pytest.raises(Broken):
        await store.outgoing.settle(
            [
                Settlement(open_, TouchMove.ACCEPTED, START, ACCEPTED),
                Settlement(done, TouchMove.ACCEPTED, START, ACCEPTED),
            ]
        )
    touch = await store.incoming.last_touch_to(eve.contact_id)
    assert touch is not None
    assert touch.state is TouchState.SENDING


# --- what nobody knows ---


async def lost(story: Story, walk: Enrollment) -> int:
    """The id of a touch that was under way when its worker died."""
    touch_id = await story.begun(walk)
    await story.store.outgoing.lose_sight(await story.leased(START + 2 * DAY), START + 2 * DAY)
    return touch_id


async def test_what_an_earlier_epoch_left_under_way_is_uncertain_and_counts_as_sent(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    touch_id = await lost(story, walk)
    (touch,) = await store.outgoing.uncertain(ACCOUNT)
    assert (touch.id, touch.state, touch.sent_at) == (touch_id, TouchState.UNCERTAIN, START)
    assert await story.counted() == 1
    ((held, _),) = await store.desk.held()
    assert (held.id, held.state) == (walk.id, State.PAUSED)
    assert {"touch_uncertain", "enrollment_paused"} <= set(await story.events(walk.contact_id))


async def test_the_present_epoch_loses_sight_of_nothing_of_its_own(
    store: Stores, story: Story
) -> None:
    await story.begun(await story.enrolled())
    assert story.lease is not None
    assert await store.outgoing.lose_sight(story.lease, START) == ()


@pytest.mark.parametrize(
    ("move", "state"),
    [
        (TouchMove.PROVEN_SENT, TouchState.SENT),
        (TouchMove.PROVEN_UNSENT, TouchState.CANCELLED),
    ],
)
async def test_once_its_fate_is_known_the_walk_goes_on_behind_the_step(
    store: Stores, story: Story, move: TouchMove, state: TouchState
) -> None:
    walk = await story.enrolled()
    touch_id = await lost(story, walk)
    onward = Advance("second", START + 3 * DAY, "found in Sent")
    await store.outgoing.resolve(touch_id, move, onward, START + 2 * DAY, "found in Sent")
    now = await story.now_at(walk)
    assert (now.state, now.position, now.due_at) == (State.ACTIVE, "second", START + 3 * DAY)
    touch = await store.incoming.touch_of([story.intent(walk).message_id])
    assert touch is not None
    assert touch.state is state
    assert await store.outgoing.uncertain(ACCOUNT) == ()
    with pytest.raises(Broken):
        await store.outgoing.resolve(touch_id, move, onward, START, "again")


async def test_a_lost_answer_of_the_server_is_resolved_alike(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    touch_id = await story.begun(walk)
    await story.settled(touch_id, TouchMove.LOST_SIGHT, NOBODY_KNOWS, why="cut off")
    assert (await story.now_at(walk)).reason == "cut off"
    onward = Advance("second", START + DAY, "")
    await store.outgoing.resolve(touch_id, TouchMove.PROVEN_SENT, onward, START + HOUR, "in Sent")
    assert (await story.now_at(walk)).state is State.ACTIVE


async def test_p1_a_proof_never_wakes_who_was_stopped_by_an_answer(
    store: Stores, story: Story
) -> None:
    walk, colleague = await story.enrolled(), await story.known("eve@firm.example")
    touch_id = await lost(story, walk)
    await story.hears(colleague, ANSWERED)
    onward = Advance("second", START + 3 * DAY, "")
    await store.outgoing.resolve(touch_id, TouchMove.PROVEN_SENT, onward, START, "in Sent")
    now = await story.now_at(walk)
    assert (now.state, now.position) == (State.PAUSED, "second")
    assert "colleague" in now.reason


async def test_a_worker_that_lost_its_lease_still_tells_how_the_dialogue_ended(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    touch_id = await lost(story, walk)
    onward = Advance("second", START + 3 * DAY, "")
    await story.settled(touch_id, TouchMove.ACCEPTED, ACCEPTED, next=onward)
    touch = await store.incoming.last_touch_to(walk.contact_id)
    assert touch is not None
    assert touch.state is TouchState.SENT
    assert (await story.now_at(walk)).state is State.ACTIVE


async def test_p2_what_was_uncertain_once_stays_with_its_owner_though_it_was_put_off(
    store: Stores, story: Story
) -> None:
    """It is never sent again by itself; and taken for settled, nobody would be asked about it."""
    walk = await story.enrolled()
    touch_id = await lost(story, walk)
    await story.settled(touch_id, TouchMove.POSTPONED, LATER, retry_at=START + 3 * DAY)
    (touch,) = await store.outgoing.uncertain(ACCOUNT)
    assert (touch.id, touch.reply) == (touch_id, "451 4.7.1 greylisted (at rcpt)")
    assert (await story.now_at(walk)).state is State.PAUSED
    assert await store.outgoing.due(ACCOUNT, START + 9 * DAY, 10) == ()
    onward = Advance("second", START + 3 * DAY, "")
    await store.outgoing.resolve(touch_id, TouchMove.PROVEN_UNSENT, onward, START + DAY, "looked")
    assert (await story.now_at(walk)).position == "second"


async def test_what_a_worker_without_a_lease_knows_was_refused_waits_for_a_person(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    touch_id = await lost(story, walk)
    await story.settled(touch_id, TouchMove.REJECTED, NEVER, why="refused: no such user")
    now = await story.now_at(walk)
    assert (now.state, now.reason) == (State.PAUSED, "refused: no such user")
    assert await store.outgoing.uncertain(ACCOUNT) == ()


async def test_p1_no_late_word_of_a_worker_wakes_who_was_stopped_by_an_answer(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    touch_id = await lost(story, walk)
    bob = await store.people.contact_by_id(walk.contact_id)
    assert bob is not None
    await story.hears(bob, ANSWERED)
    await story.settled(touch_id, TouchMove.REJECTED, NEVER, why="refused: no such user")
    now = await story.now_at(walk)
    assert (now.state, "refused" in now.reason) == (State.HANDED_OFF, False)


async def test_a_retry_keeps_since_when_the_mail_is_tried(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await story.deferred(walk)
    await story.deferred(walk, at=START + HOUR)
    ((due,),) = [await store.outgoing.due(ACCOUNT, START + DAY, 10)]
    assert due.postponed is not None
    assert (due.postponed.attempts, due.postponed.tried_since) == (2, START)


async def test_p8_an_alert_is_told_with_the_settlement_and_once(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    touch_id = await story.begun(walk)
    alert = Alert("Bob was not reached", "refused: no such user")
    await story.settled(touch_id, TouchMove.REJECTED, NEVER, alert=alert)
    (notice,) = await store.desk.notices_due(START + HOUR)
    told = (notice.account, notice.kind, notice.subject, notice.text)
    assert told == (ACCOUNT, NoticeKind.ALERT, alert.subject, alert.text)
    assert not await store.desk.tell(ACCOUNT, "again", "", START, f"undelivered/{touch_id}")


async def test_a_copy_is_owed_from_sending_until_it_is_filed(store: Stores, story: Story) -> None:
    walk, other = await story.enrolled(), await story.enrolled("eve@other.example")
    await story.deferred(other)
    touch_id = await story.begun(walk)
    assert await store.outgoing.copies_owed(ACCOUNT) == ()
    onward = Advance(None, START, "")
    await story.settled(touch_id, TouchMove.ACCEPTED, ACCEPTED, next=onward)
    ((touch, wire),) = await store.outgoing.copies_owed(ACCOUNT)
    assert (touch.id, wire) == (touch_id, story.intent(walk).wire)
    await store.outgoing.copy_filed(touch_id)
    assert await store.outgoing.copies_owed(ACCOUNT) == ()
