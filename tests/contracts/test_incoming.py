"""What every store promises about what was heard (ports.Incoming; promises P1, P3, P4)."""

from dataclasses import replace

import pytest

from nurture.core.contact import Contact
from nurture.core.effect import NOTHING, Effect
from nurture.core.enrollment import Enrollment, Move, State
from nurture.core.handoff import HandoffState
from nurture.core.handoff.deed import Take
from nurture.core.touch import TouchMove, TouchState
from nurture.mail.cursor import Cursor, Fetched, Folder
from nurture.ports import (
    Moved,
    NoticeKind,
    Stores,  # fmt: skip
)
from tests.fakes.story import (
    ACCEPTED,
    ACCOUNT,
    ANSWERED,
    DAY,
    HOUR,
    MINUTE,
    OPTED_OUT,
    START,
    Story,
)


async def bob_of(story: Story, walk: Enrollment) -> Contact:
    """The contact of a walk."""
    contact = await story.store.people.contact_by_id(walk.contact_id)
    assert contact is not None
    return contact


# --- cursors, and mail that is known ---


async def test_a_folder_has_no_cursor_before_its_first_reading(store: Stores) -> None:
    assert await store.incoming.cursor(ACCOUNT, Folder.INBOX) is None
    for cursor in (Cursor(7, 5), Cursor(8, 1)):
        await store.incoming.set_cursor(ACCOUNT, Folder.INBOX, cursor)
    assert await store.incoming.cursor(ACCOUNT, Folder.INBOX) == Cursor(8, 1)
    assert await store.incoming.cursor(ACCOUNT, Folder.JUNK) is None


async def test_p4_the_cursor_moves_with_the_outcome(store: Stores, story: Story) -> None:
    mail = story.mail()
    recorded = await store.incoming.record(mail)
    assert (recorded.is_new, recorded.moved, recorded.handoff_id) == (True, (), None)
    assert await store.incoming.cursor(ACCOUNT, Folder.INBOX) == mail.fetched.cursor


@pytest.mark.parametrize("again", ["place", "digest"])
async def test_p4_a_known_mail_changes_nothing_but_the_cursor(
    store: Stores, story: Story, again: str
) -> None:
    walk = await story.enrolled()
    bob = await bob_of(story, walk)
    first = story.mail(bob, ANSWERED)
    recorded = await store.incoming.record(first)
    moved = Fetched(Folder.JUNK, 9, 4, b"", 0)
    copy = replace(first, fetched=moved) if again == "digest" else replace(first, digest="other")
    told = await story.events(bob.id)
    repeated = await store.incoming.record(copy)
    assert (repeated.is_new, repeated.inbound_id) == (False, recorded.inbound_id)
    assert await story.events(bob.id) == told
    assert len(await store.desk.notices_due(START + DAY)) == 1
    cursor = await store.incoming.cursor(ACCOUNT, copy.fetched.folder)
    assert cursor == copy.fetched.cursor


async def test_the_same_mail_in_another_account_is_new(store: Stores, story: Story) -> None:
    mail = story.mail()
    await store.incoming.record(mail)
    assert (await store.incoming.record(replace(mail, account="otto"))).is_new


async def test_p4_a_mail_that_broke_us_is_counted_once_and_passed(store: Stores) -> None:
    fetched = Fetched(Folder.INBOX, 7, 3, b"\xff\x00 raw", 6)
    for _ in range(2):
        await store.incoming.quarantine(ACCOUNT, fetched, START, "ValueError: odd")
    assert await store.desk.quarantined() == 1
    assert await store.incoming.cursor(ACCOUNT, Folder.INBOX) == Cursor(7, 3)


# --- finding what a mail answers ---


async def test_the_latest_touch_under_any_of_the_ids_is_found(store: Stores, story: Story) -> None:
    first, other = await story.enrolled(), await story.enrolled("eve@other.example")
    await story.sent(first)
    await story.look(story.intent(other), at=START + HOUR)
    ids = [story.intent(first).message_id, story.intent(other).message_id, "unknown@x"]
    touch = await store.incoming.touch_of(ids)
    assert touch is not None
    assert touch.contact_id == other.contact_id
    assert await store.incoming.touch_of(["unknown@x"]) is None
    assert await store.incoming.touch_of([]) is None


async def test_the_last_touch_is_one_that_may_have_left(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    assert await store.incoming.last_touch_to(walk.contact_id) is None
    await story.deferred(walk)
    assert await store.incoming.last_touch_to(walk.contact_id) is None
    await story.look(story.intent(walk), at=START + HOUR)
    touch = await store.incoming.last_touch_to(walk.contact_id)
    assert touch is not None
    assert touch.state is TouchState.SENDING


# --- what an answer changes ---


async def test_p1_an_answer_stops_every_walk_of_the_person_and_their_colleagues(
    store: Stores, story: Story
) -> None:
    walk, news = await story.enrolled(), await story.enrolled(sequence="news")
    await story.known("eve@gmail.com", company="Acme")
    await story.known("bob@firm.example", company="ACME ")
    by_name, by_domain = (
        await story.enrolled("eve@gmail.com"),
        await story.enrolled("zoe@firm.example"),
    )
    stranger = await story.enrolled("max@gmail.com")
    recorded = await story.hears(await bob_of(story, walk), ANSWERED)
    why = "their colleague bob@firm.example answered"
    assert recorded.moved == (
        Moved(walk.contact_id, walk.id, "handed_off", "answered"),
        Moved(walk.contact_id, news.id, "handed_off", "answered"),
        Moved(by_name.contact_id, by_name.id, "paused", why),
        Moved(by_domain.contact_id, by_domain.id, "paused", why),
    )
    assert (await story.now_at(stranger)).state is State.ACTIVE
    assert (await story.now_at(by_name)).reason == why
    assert "enrollment_paused" in await story.events(by_name.contact_id)


async def test_p1_what_is_queued_is_cancelled_in_the_same_breath(
    store: Stores, story: Story
) -> None:
    walk, colleague = await story.enrolled(), await story.enrolled("eve@firm.example")
    touches = [await story.deferred(walk), await story.deferred(colleague)]
    recorded = await story.hears(await bob_of(story, walk), ANSWERED)
    assert list(recorded.cancelled) == touches
    touch = await store.incoming.touch_of([story.intent(walk).message_id])
    assert touch is not None
    assert touch.state is TouchState.CANCELLED


async def test_an_answer_opens_one_handoff_and_each_mail_tells_the_owner(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    bob = await bob_of(story, walk)
    first = await story.hears(bob, ANSWERED)
    second = await story.hears(bob, ANSWERED, at=START + DAY)
    assert first.handoff_id == second.handoff_id
    (handoff,) = await store.desk.handoffs()
    assert (handoff.state, handoff.opened_at) == (HandoffState.OPEN, START + HOUR)
    assert handoff.inbound_id == second.inbound_id
    notices = await store.desk.notices_due(START + DAY)
    assert [(each.kind, each.handoff_id) for each in notices] == [
        (NoticeKind.BRIEF, handoff.id)
    ] * 2


async def test_a_taken_handoff_waits_anew_when_they_write_again(
    store: Stores, story: Story
) -> None:
    bob = await story.known("bob@firm.example")
    number = (await story.hears(bob, ANSWERED)).handoff_id
    assert number is not None
    taken = await store.desk.act(number, Take("Anna", START + 9 * HOUR), START + 2 * HOUR)
    assert not taken.objection
    await story.hears(bob, ANSWERED, at=START + DAY)
    (handoff,) = await store.desk.handoffs()
    assert (handoff.state, handoff.opened_at) == (HandoffState.OPEN, START + DAY)
    assert (handoff.taken_at, handoff.taken_by, handoff.until) == (None, "", None)


async def test_p10_the_ledger_quotes_what_was_heard(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await story.hears(await bob_of(story, walk), ANSWERED)
    lines = {line.event: line.why for line in await store.desk.ledger(walk.contact_id)}
    assert lines["mail_heard"] == "human_reply (human: Thanks, call me)"
    assert lines["enrollment_handed_off"] == "answered"
    assert lines["handoff_opened"] == "answered"


async def test_p3_a_no_suppresses_every_address_and_alerts_the_owner(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    effect = replace(OPTED_OUT, learn_alias="bob@home.example")
    await story.hears(await bob_of(story, walk), effect)
    both = ["bob@firm.example", "bob@home.example"]
    assert await store.people.suppressed(both) == dict.fromkeys(both, "opted out")
    assert (await story.now_at(walk)).reason == "opted_out"
    (notice,) = await store.desk.notices_due(START + DAY)
    assert (notice.kind, notice.subject) == (NoticeKind.ALERT, "Bob asked for no more mail")
    assert await store.desk.handoffs() == ()


async def test_an_alert_about_a_strangers_mail_is_told(store: Stores, story: Story) -> None:
    await store.incoming.record(story.mail(effect=Effect(alert="somebody complains")))
    (notice,) = await store.desk.notices_due(START + DAY)
    assert notice.subject == "somebody complains"


async def test_an_alias_learnt_with_a_mail_is_known(store: Stores, story: Story) -> None:
    bob = await story.known("bob@firm.example")
    await story.hears(bob, Effect(learn_alias="bob@home.example"))
    found = await store.people.contact("bob@home.example")
    assert found is not None
    assert found.id == bob.id


async def test_a_mail_without_effect_is_only_recorded(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    recorded = await story.hears(await bob_of(story, walk), NOTHING)
    assert (recorded.moved, recorded.cancelled, recorded.handoff_id) == ((), (), None)
    assert await story.now_at(walk) == walk


# --- holds ---


def away(days: int) -> Effect:
    """An away note until so many days after START."""
    return Effect(held_until=START + days * DAY, held_why="away")


async def test_a_hold_keeps_the_rest_of_the_wait(store: Stores, story: Story) -> None:
    walk = await story.enrolled(due_at=START + 3 * DAY)
    await story.hears(await bob_of(story, walk), away(10), at=START + DAY)
    now = await story.now_at(walk)
    assert (now.due_at, now.held_until) == (START + 12 * DAY, START + 10 * DAY)
    assert [held.held_why for held, _ in await store.desk.held()] == ["away"]


async def test_a_longer_note_extends_a_hold_without_counting_twice(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled(due_at=START + 3 * DAY)
    bob = await bob_of(story, walk)
    await story.hears(bob, away(10), at=START + DAY)
    await story.hears(bob, away(20), at=START + 2 * DAY)
    assert (await story.now_at(walk)).due_at == START + 22 * DAY


@pytest.mark.parametrize("days", [5, 10])
async def test_a_shorter_note_changes_nothing(store: Stores, story: Story, days: int) -> None:
    walk = await story.enrolled(due_at=START + 3 * DAY)
    bob = await bob_of(story, walk)
    await story.hears(bob, away(10), at=START + DAY)
    before = await story.now_at(walk)
    await story.hears(bob, away(days), at=START + 2 * DAY)
    assert await story.now_at(walk) == before


async def test_what_was_overdue_is_due_when_the_hold_ends(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await story.hears(await bob_of(story, walk), away(10), at=START + DAY)
    assert (await story.now_at(walk)).due_at == START + 10 * DAY


async def test_a_hold_never_wakes_a_stopped_walk(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    bob = await bob_of(story, walk)
    await story.hears(bob, ANSWERED)
    before = await story.now_at(walk)
    await story.hears(bob, away(10))
    assert await story.now_at(walk) == before


# --- reports, and the owner's own mail ---

DEAD = Effect(move=Move.BOUNCED, suppress="dead", touch_move=TouchMove.CAME_BACK)


async def test_a_report_marks_the_touch_it_is_about(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await story.sent(walk)
    touch = await store.incoming.last_touch_to(walk.contact_id)
    await story.hears(await bob_of(story, walk), DEAD, touch=touch)
    after = await store.incoming.last_touch_to(walk.contact_id)
    assert after is not None
    assert after.state is TouchState.BOUNCED
    assert "touch_bounced" in await story.events(walk.contact_id)


async def test_a_report_that_overtakes_its_settlement_loses_nothing(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    touch_id = await story.begun(walk)
    touch = await store.incoming.last_touch_to(walk.contact_id)
    await story.hears(await bob_of(story, walk), DEAD, touch=touch)
    await story.settled(touch_id, TouchMove.ACCEPTED, ACCEPTED)
    now = await story.now_at(walk)
    assert (now.state, now.reason) == (State.ENDED, "bounced")
    assert await store.people.suppressed(["bob@firm.example"])


async def test_h5_the_owners_own_mail_counts_as_a_touch_and_as_the_answer(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled(due_at=START - DAY)
    bob, zoe = await bob_of(story, walk), await story.enrolled("zoe@other.example")
    await story.hears(bob, ANSWERED)
    spoke = Effect(owner_spoke=True)
    await story.hears(bob, spoke, at=START + DAY)
    (handoff,) = await store.desk.handoffs()
    assert (handoff.state, handoff.answered_at) == (HandoffState.WAITING, START + DAY)
    assert {"owner_spoke", "handoff_answered"} <= set(await story.events(bob.id))
    await story.hears(await bob_of(story, zoe), spoke, at=START + MINUTE)
    (due,) = await store.outgoing.due(ACCOUNT, START, 10)
    assert due.pace.last_touch_at == START + MINUTE
