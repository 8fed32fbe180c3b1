"""What every store promises about the lanes of a walk (ports.Outgoing; promises P1, P2)."""

from dataclasses import replace
from datetime import date

import pytest

from nurture.core.contact import Contact
from nurture.core.decision import Advance, Change, Decision, End, Rest
from nurture.core.effect import Effect
from nurture.core.enrollment import Enrollment, State
from nurture.core.handoff import Outcome
from nurture.core.touch import TouchMove
from nurture.ports import (
    Begun,
    Stopped,
    Stores,  # fmt: skip
)
from tests.fakes.story import ACCEPTED, ACCOUNT, ALLOWED, ANSWERED, DAY, HOUR, START, Story, walk_of

CARD = {"lane": "card", "position": "card", "occurrence": "2026-07-04"}
NEXT_YEAR = Advance("card", START + 365 * DAY, "card was sent", occurrence="2027-07-04")


async def two_lanes(
    story: Story, address: str = "bob@firm.example", **fields: object
) -> tuple[Enrollment, Enrollment]:
    """The order and one occasion of a walk, both due at START."""
    contact = await story.store.people.contact(address) or await story.known(address)
    given = [walk_of(contact, **fields), walk_of(contact, **{**fields, **CARD, "owes": ""})]
    numbers = await story.store.outgoing.enroll(given)
    order, card = [await story.walk(contact.id, number or 0) for number in numbers]
    return order, card


# --- beginning ---


async def test_the_lanes_of_a_walk_begin_together_and_are_told_once(
    store: Stores, story: Story
) -> None:
    order, card = await two_lanes(story, owes="first")
    assert (order.lane, order.owes, card.lane, card.occurrence) == (
        "", "first", "card", "2026-07-04",
    )  # fmt: skip
    assert await store.outgoing.walks([order.contact_id, 99]) == {order.contact_id: (order, card)}
    assert (await story.events(order.contact_id)).count("enrollment_started") == 1


async def test_where_one_lane_was_walked_before_none_begins(store: Stores, story: Story) -> None:
    order, _ = await two_lanes(story)
    bob = await story.known("bob@firm.example")
    easter = walk_of(bob, lane="easter", position="easter")
    assert await store.outgoing.enroll([easter, walk_of(bob, **CARD)]) == (None, None)
    assert await store.outgoing.enroll([walk_of(bob, run=2), easter]) != (None, None)
    found = (await store.outgoing.walks([bob.id]))[bob.id]
    assert [each.lane for each in found] == ["", "card", "", "easter"]
    assert found[0] == order


# --- places in the calendar ---


async def test_a_rest_is_no_news_and_finds_the_day(store: Stores, story: Story) -> None:
    order, card = await two_lanes(story)
    before = await story.events(order.contact_id)
    rests: list[tuple[int, Decision]] = [
        (order.id, Rest(START + DAY)), (card.id, Rest(START + 2 * DAY, "2026-12-24")),
    ]  # fmt: skip
    await store.outgoing.note(story.lease or await story.leased(), rests, START)
    order, card = [await story.now_at(each) for each in (order, card)]
    assert (order.due_at, order.occurrence, order.anchor_at) == (START + DAY, "1", START)
    assert (card.due_at, card.occurrence) == (START + 2 * DAY, "2026-12-24")
    assert await story.events(order.contact_id) == before


async def test_a_day_that_is_not_known_is_due_never(store: Stores, story: Story) -> None:
    _, card = await two_lanes(story)
    await story.noted(card, Rest(None, ""))
    now = await story.now_at(card)
    assert (now.due_at, now.occurrence, now.state) == (None, "", State.ACTIVE)


async def test_the_occasion_goes_to_its_next_day_where_no_day_is_known_it_rests(
    store: Stores, story: Story
) -> None:
    _, card = await two_lanes(story)
    await story.noted(card, replace(NEXT_YEAR, why="too late"))
    now = await story.now_at(card)
    assert (now.position, now.occurrence, now.due_at) == (
        "card", "2027-07-04", START + 365 * DAY,
    )  # fmt: skip
    line = (await store.desk.ledger(card.contact_id))[-1]
    assert (line.event, line.why) == ("occasion_planned", "too late; next on 2027-07-04")
    nowhere = Advance("card", None, "the feast is gone", occurrence="")
    await story.noted(card, nowhere)
    assert (await story.now_at(card)).due_at is None


async def test_p2_the_same_day_of_an_occasion_is_sent_once_the_next_one_again(
    store: Stores, story: Story
) -> None:
    _, card = await two_lanes(story)
    touch_id = await story.begun(card)
    await story.settled(touch_id, TouchMove.ACCEPTED, ACCEPTED, next=NEXT_YEAR)
    again = await story.now_at(card)
    assert (again.position, again.occurrence, again.state) == ("card", "2027-07-04", State.ACTIVE)
    later = START + 366 * DAY
    await story.leased(later)
    known = {"last_touch_at": later, "due_at": START}
    last_year = replace(story.intent(card), **known)
    (look,) = await story.look(last_year, at=later, heard_since=later)
    assert isinstance(look, Stopped)
    assert "not at '2026-07-04'" in look.why
    fresh = replace(story.intent(again), message_id="next@firm.example", **known)
    (look,) = await story.look(fresh, at=later, heard_since=later)
    assert isinstance(look, Begun)
    assert look.touch_id != touch_id


async def test_a_settlement_comes_too_late_for_a_day_that_has_moved(
    store: Stores, story: Story
) -> None:
    _, card = await two_lanes(story)
    touch_id = await story.begun(card)
    await story.noted(card, Rest(START + 9 * DAY, "2026-07-13"))
    await story.settled(touch_id, TouchMove.ACCEPTED, ACCEPTED, next=NEXT_YEAR)
    assert (await story.now_at(card)).occurrence == "2026-07-13"


async def test_a_postponed_touch_belongs_to_its_day(store: Stores, story: Story) -> None:
    _, card = await two_lanes(story)
    touch_id = await story.deferred(card)
    (_, due) = await store.outgoing.due(ACCOUNT, START + DAY, 10)
    assert due.postponed is not None
    assert due.postponed.id == touch_id
    await story.noted(card, replace(NEXT_YEAR, due_at=START + DAY), START + DAY)
    (_, due) = await store.outgoing.due(ACCOUNT, START + DAY, 10)
    assert (due.postponed, [each.id for each in due.thread]) == (None, [touch_id])


# --- what stops one stops all ---


async def test_p1_an_answer_stops_every_lane_and_is_told_once(store: Stores, story: Story) -> None:
    order, card = await two_lanes(story)
    recorded = await story.hears(await story.known("bob@firm.example"), ANSWERED)
    states = [(await story.now_at(each)).state for each in (order, card)]
    assert states == [State.HANDED_OFF, State.HANDED_OFF]
    assert (await story.events(order.contact_id)).count("enrollment_handed_off") == 1
    assert [walk.id for walk, _ in await store.desk.held()] == [order.id]
    talk = await store.desk.conversation(recorded.handoff_id or 0)
    assert talk is not None
    assert [walk.id for walk in talk.enrollments] == [order.id]
    assert await store.desk.resume(order.contact_id, START + DAY, "later", START) == 1
    assert (await story.events(order.contact_id)).count("enrollment_resumed") == 1


async def test_a_conversation_that_was_won_ends_the_walks(store: Stores, story: Story) -> None:
    order, card = await two_lanes(story)
    recorded = await story.hears(await story.known("bob@firm.example"), ANSWERED)
    await story.closed(recorded.handoff_id, Outcome.WON, START + DAY)
    walks = [await story.now_at(each) for each in (order, card)]
    assert [(each.state, each.reason) for each in walks] == [(State.ENDED, "won")] * 2
    assert (await story.events(order.contact_id)).count("enrollment_ended") == 1


async def test_the_order_may_end_while_the_occasion_goes_on(store: Stores, story: Story) -> None:
    order, card = await two_lanes(story)
    await story.noted(order, Advance(None, START, "done"))
    assert (await story.now_at(order)).state is State.ENDED
    assert (await story.now_at(card)).state is State.ACTIVE


async def test_who_moves_to_another_sequence_leaves_every_lane_of_this_one(
    store: Stores, story: Story
) -> None:
    order, card = await two_lanes(story)
    bob = await story.known("bob@firm.example")
    other = await story.enrolled(sequence="news")
    starts = (walk_of(bob, "reconnect"), walk_of(bob, "reconnect", **CARD))
    move = Advance(None, START, "moved to reconnect", starts=starts)
    await story.noted(order, move)
    found = (await store.outgoing.walks([bob.id]))[bob.id]
    standing = {(each.sequence, each.lane): each.state for each in found}
    assert standing == {
        ("tips", ""): State.ENDED,
        ("tips", "card"): State.ENDED,
        ("news", ""): State.ACTIVE,
        ("reconnect", ""): State.ACTIVE,
        ("reconnect", "card"): State.ACTIVE,
    }
    assert (await story.now_at(card)).reason == "moved to reconnect"
    assert (await story.now_at(other)).state is State.ACTIVE


# --- away ---


async def test_an_absence_moves_a_wait_with_its_beginning_but_no_day_of_the_calendar(
    store: Stores, story: Story
) -> None:
    order, card = await two_lanes(story, due_at=START + 20 * DAY)
    bob = await story.known("bob@firm.example")
    until = START + HOUR + 10 * DAY
    await story.hears(bob, Effect(held_until=until, held_why="away"))
    order, card = [await story.now_at(each) for each in (order, card)]
    assert (order.due_at, order.anchor_at) == (START + 30 * DAY, START + 10 * DAY)
    assert (card.due_at, card.held_until) == (START + 20 * DAY, until)
    assert (await story.events(bob.id)).count("touch_held") == 1


async def test_an_absence_heard_of_during_the_dialogue_moves_no_day_either(
    store: Stores, story: Story
) -> None:
    _, card = await two_lanes(story)
    touch_id = await story.begun(card)
    until = START + 10 * DAY
    bob = await story.known("bob@firm.example")
    await story.hears(bob, Effect(held_until=until, held_why="away"))
    await story.settled(touch_id, TouchMove.ACCEPTED, ACCEPTED, next=NEXT_YEAR)
    now = await story.now_at(card)
    assert (now.due_at, now.held_until) == (START + 365 * DAY, until)


async def test_the_trace_that_an_occasion_leaves_is_never_ahead(
    store: Stores, story: Story
) -> None:
    _, card = await two_lanes(story)
    await story.noted(card, NEXT_YEAR)
    assert (await story.now_at(card)).anchor_at == START


# --- a day is found anew ---

CHANGES = (
    {"dates": {"birthday": date(1980, 7, 9)}},
    {"country": "DE"},
    {"subdivision": "BY"},
    {"zone": "Europe/Berlin"},
    {"city": "Berlin"},
    {"tags": ("vip",)},
    {"custom": {"season": "2026"}},
    {"observes": ("Diwali",)},
)


@pytest.mark.parametrize("fields", CHANGES, ids=lambda each: next(iter(each)))
async def test_who_changes_gets_the_days_of_occasions_planned_anew(
    store: Stores, story: Story, fields: dict[str, object]
) -> None:
    order, card = await two_lanes(story, due_at=START + 20 * DAY)
    await story.known("bob@firm.example", **fields)
    assert (await story.now_at(order)).due_at == START + 20 * DAY
    assert (await story.now_at(card)).due_at == START


async def test_what_moves_no_day_plans_nothing_and_who_is_stopped_stays_so(
    store: Stores, story: Story
) -> None:
    _, card = await two_lanes(story, due_at=START + 20 * DAY)
    bob = await story.known("bob@firm.example", phone="0123")
    assert (await story.now_at(card)).due_at == START + 20 * DAY
    await story.hears(bob, ANSWERED)
    await story.known("bob@firm.example", country="DE")
    assert (await story.now_at(card)).due_at == START + 20 * DAY


async def test_what_is_cleared_is_unknown_and_plans_anew(store: Stores, story: Story) -> None:
    full = {
        "given_name": "Bob", "country": "US", "subdivision": "CA", "tags": ("vip",),
        "dates": {"birthday": date(1980, 7, 4)}, "custom": {"dog": "Rex"},
    }  # fmt: skip
    bob = await story.known("bob@firm.example", **full)
    _, card = await two_lanes(story, due_at=START + 20 * DAY)
    await store.people.clear(bob.id, ["tags", "country", "dates.birthday", "custom.dog"], START)
    assert await store.people.contact_by_id(bob.id) == Contact(
        "bob@firm.example", id=bob.id, given_name="Bob", consent=ALLOWED, created_at=START
    )
    assert (await story.now_at(card)).due_at == START
    line = (await store.desk.ledger(bob.id))[-1]
    assert line.why == "no longer known: country, custom.dog, dates.birthday, tags"


async def test_what_a_step_writes_on_the_contact_is_kept(store: Stores, story: Story) -> None:
    await story.known("bob@firm.example", tags=("old", "warm"), custom={"dog": "Rex"})
    order, card = await two_lanes(story, due_at=START + 20 * DAY)
    change = Change(tags=("vip", "warm"), untags=("old",), values={"season": "2026", "dog": ""})
    advance = Advance("second", START, "tagged vip", change=change)
    await story.noted(order, advance)
    bob = await store.people.contact("bob@firm.example")
    assert bob is not None
    assert (bob.tags, bob.custom) == (("warm", "vip"), {"season": "2026"})
    assert (await story.now_at(order)).position == "second"
    assert (await story.now_at(card)).due_at == START
    assert "contact_updated" in await story.events(bob.id)


# --- the parting note ---


async def settle_first(story: Story, walk: Enrollment) -> None:
    """The walk's first step was sent."""
    await story.sent(walk)


async def test_whoever_owes_a_parting_note_silences_every_other_lane(
    store: Stores, story: Story
) -> None:
    order, card = await two_lanes(story, owes="first")
    order_due, card_due = await store.outgoing.due(ACCOUNT, START, 10)
    assert (order_due.owes_parting, card_due.owes_parting) == ("", "tips")
    news = await story.enrolled(sequence="news")
    (look,) = await story.look(story.intent(news))
    assert isinstance(look, Stopped)
    assert look.why == "the parting note of 'tips' goes first"
    await settle_first(story, order)
    assert (await story.now_at(order)).owes == ""
    dues = await store.outgoing.due(ACCOUNT, START + 8 * DAY, 10)
    assert {due.owes_parting for due in dues} == {""}
    assert card.id in {due.enrollment.id for due in dues}


async def test_of_two_parting_notes_the_elder_goes_first(store: Stores, story: Story) -> None:
    await story.enrolled(owes="first")
    await story.enrolled(sequence="news", owes="first")
    tips, news = await store.outgoing.due(ACCOUNT, START, 10)
    assert (tips.owes_parting, news.owes_parting) == ("", "tips")


async def test_a_walk_that_is_over_owes_nothing(store: Stores, story: Story) -> None:
    tips = await story.enrolled(owes="first")
    await story.enrolled(sequence="news")
    await story.noted(tips, End("too old"))
    (news,) = await store.outgoing.due(ACCOUNT, START, 10)
    assert news.owes_parting == ""


async def test_the_note_is_owed_until_its_own_step_is_left(store: Stores, story: Story) -> None:
    walk = await story.enrolled(owes="second")
    await story.noted(walk, Advance("second", START, "waited"))
    assert (await story.now_at(walk)).owes == "second"
    await story.noted(walk, Advance("third", START, "for nobody"))
    assert (await story.now_at(walk)).owes == ""
