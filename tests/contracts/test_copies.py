"""What every store promises about copies of drafts in the mailbox (ports.Copies)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from nurture.core.decision import Advance
from nurture.core.draft import CopyState, DraftState
from nurture.core.enrollment import Enrollment, State
from nurture.core.touch import TouchMove, TouchState
from nurture.mail.cursor import Cursor
from nurture.ports import Copy, Draft, Recalled, Stores
from tests.fakes.story import (
    ACCOUNT,
    ANSWERED,
    DAY,
    HOUR,
    LATER,
    MINUTE,
    SHEET,
    START,
    Story,
    draft_of,
)

PLACE = Cursor(4_294_967_295, 4_000_000_000)  # 32 bits, without a sign (RFC 3501 2.3.1.1)
PLACING = Copy(CopyState.PLACING, START)
PLACED = Copy(CopyState.PLACED, START, PLACE, "Hello", "Dear Bob")
OVER = Copy(CopyState.OVER, START)


async def kept(store: Stores, walk: Enrollment, **fields: object) -> Draft:
    return await store.drafts.keep(draft_of(walk, **fields), START)


async def placed(store: Stores, walk: Enrollment, **fields: object) -> Draft:
    draft = await kept(store, walk, **fields)
    assert await store.copies.move(draft.id, None, PLACING, START)
    assert await store.copies.move(draft.id, CopyState.PLACING, PLACED, START)
    return replace(draft, copy=PLACED)


async def known(store: Stores, draft: Draft) -> Draft:
    found = await store.drafts.draft(draft.id)
    assert found is not None
    return found


def sent(walk: Enrollment, **fields: object) -> Recalled:
    onward = Advance("second", START + DAY, "first was sent")
    found = Recalled(
        walk.id, "first", ("theirs@mx.example", SHEET.message_id), "Hello", "bob@firm.example",
        START + HOUR, onward, "by hand", only_here=True, piece="library/tea.md",
    )  # fmt: skip
    return replace(found, **fields)


async def test_what_waits_without_a_copy_is_lacking_one(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    draft = await kept(store, walk)
    other = await kept(store, await story.enrolled("cy@cy.example"))
    assert await store.copies.lacking(ACCOUNT, START, 9) == (draft, other)
    assert await store.copies.lacking(ACCOUNT, START, 1) == (draft,)
    assert await store.copies.lacking("otto", START, 9) == ()
    await store.drafts.accept(other.id, b"x", START)
    await store.copies.move(draft.id, None, PLACING, START)
    assert await store.copies.lacking(ACCOUNT, START, 9) == ()
    assert await store.copies.out(ACCOUNT) == (replace(draft, copy=PLACING),)
    assert await store.copies.out("otto") == ()


async def test_nothing_is_lacking_for_an_hour_after_a_refusal(store: Stores, story: Story) -> None:
    draft = await kept(store, await story.enrolled())
    other = await kept(store, await story.enrolled("cy@cy.example"))
    refused = Copy(CopyState.REFUSED, START)
    await store.copies.move(draft.id, None, PLACING, START)
    await store.copies.move(draft.id, CopyState.PLACING, refused, START)
    assert await store.copies.out(ACCOUNT) == ()
    assert await store.copies.lacking(ACCOUNT, START + HOUR - MINUTE, 9) == ()
    again = (replace(draft, copy=refused), other)
    assert await store.copies.lacking(ACCOUNT, START + HOUR, 9) == again
    assert await store.drafts.accept(draft.id, b"x", START)
    assert (await known(store, draft)).is_free
    assert not await store.copies.move(draft.id, CopyState.REFUSED, PLACING, START + HOUR)


async def test_a_copy_is_moved_from_where_it_stands_and_only_once(
    store: Stores, story: Story
) -> None:
    draft = await kept(store, await story.enrolled())
    assert not await store.copies.move(draft.id, CopyState.PLACING, PLACED, START)
    assert await store.copies.move(draft.id, None, PLACING, START)
    assert not await store.copies.move(draft.id, None, PLACING, START)
    assert await store.copies.move(draft.id, CopyState.PLACING, PLACED, START)
    assert (await known(store, draft)).copy == PLACED
    assert await store.copies.move(draft.id, CopyState.PLACED, None, START)
    assert await known(store, draft) == draft
    assert not await store.copies.move(99, None, PLACING, START)
    assert (await story.events(draft.contact_id))[-1] == "draft_placed"


async def test_what_is_decided_gets_no_first_copy(store: Stores, story: Story) -> None:
    draft = await kept(store, await story.enrolled())
    await store.drafts.accept(draft.id, b"x", START)
    assert not await store.copies.move(draft.id, None, PLACING, START)


async def test_a_copy_keeps_its_draft_from_leaving_until_it_is_over(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled(due_at=START + DAY, held_why="waits for you")
    draft = await placed(store, walk)
    await store.drafts.accept(draft.id, b"x", START)
    assert not (await known(store, draft)).is_free
    taken = Copy(CopyState.TAKEN_BACK, START + HOUR)
    await store.copies.move(draft.id, CopyState.PLACED, taken, START + HOUR)
    found = await known(store, draft)
    assert (found.is_free, found.copy) == (False, taken)
    assert (await story.now_at(walk)).due_at == START
    await store.copies.move(draft.id, CopyState.TAKEN_BACK, OVER, START + 2 * HOUR)
    assert (await known(store, draft)).is_free
    assert (await story.now_at(walk)).due_at == START + 2 * HOUR
    assert await store.copies.out(ACCOUNT) == ()


async def test_a_copy_that_is_over_wakes_nobody_who_still_waits(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled(due_at=START + DAY)
    draft = await placed(store, walk)
    await store.copies.move(draft.id, CopyState.PLACED, OVER, START)
    assert (await story.now_at(walk)).due_at == START + DAY


@pytest.mark.parametrize("state", [CopyState.PLACING, CopyState.PLACED])
async def test_other_words_make_the_copy_outdated(
    store: Stores, story: Story, state: CopyState
) -> None:
    draft = await kept(store, await story.enrolled())
    await store.copies.move(draft.id, None, PLACING, START)
    placed = replace(PLACED, state=state)
    await store.copies.move(draft.id, CopyState.PLACING, placed, START)
    await store.drafts.reword(draft.id, SHEET, START + HOUR)
    outdated = Copy(CopyState.OUTDATED, START + HOUR, PLACE, "Hello", "Dear Bob")
    assert (await known(store, draft)).copy == outdated


async def test_other_words_leave_alone_what_the_owner_wrote_and_what_is_over(
    store: Stores, story: Story
) -> None:
    draft = await placed(store, await story.enrolled())
    before = CopyState.PLACED
    for copy in (Copy(CopyState.CHANGED, START), OVER):
        await store.copies.move(draft.id, before, copy, START)
        await store.drafts.reword(draft.id, SHEET, START + HOUR)
        assert (await known(store, draft)).copy == copy
        before = copy.state


async def test_a_doubt_asks_the_owner_again(store: Stores, story: Story) -> None:
    draft = await placed(store, await story.enrolled())
    over = Copy(CopyState.OVER, START + HOUR)
    assert not await store.copies.doubt(draft.id, over, START)
    await store.drafts.accept(draft.id, b"x", START)
    assert await store.copies.doubt(draft.id, over, START + HOUR)
    again = await known(store, draft)
    assert again == replace(draft, copy=over)
    assert (again.state, again.wire) == (DraftState.WAITING, b"")
    assert await store.drafts.accepted_in("tips", 9) == 0
    assert await store.copies.lacking(ACCOUNT, START, 9) == ()
    assert await store.drafts.accept(draft.id, b"y", START + HOUR)


async def test_it_is_found_by_its_id_or_by_whom_it_is_for(store: Stores, story: Story) -> None:
    bob, cy = await story.enrolled(), await story.enrolled("cy@cy.example")
    draft = await placed(store, bob)
    await kept(store, cy)
    by_id, by_person = ([SHEET.message_id], []), ([], ["bob@firm.example"])
    for ids, people in (by_id, by_person):
        assert await store.copies.sent_perhaps(ACCOUNT, ids, people) == (draft,)
        assert await store.copies.sent_perhaps("otto", ids, people) == ()
    assert await store.copies.sent_perhaps(ACCOUNT, ["x@y.example"], ["cy@cy.example"]) == ()


async def test_p2_what_was_sent_by_hand_is_sent_and_the_walk_goes_on(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled(due_at=START + DAY, held_why="waits for you")
    draft = await placed(store, walk)
    touch = await store.copies.sent_by_hand(sent(walk), START + 2 * HOUR)
    assert (touch.state, touch.message_id) == (TouchState.SENT, "theirs@mx.example")
    assert (touch.step, touch.sent_at, touch.subject) == ("first", START + HOUR, "Hello")
    after = await story.now_at(walk)
    assert (after.position, after.due_at, after.held_why) == ("second", START + DAY, "")
    for message_id in ("theirs@mx.example", SHEET.message_id):
        assert await store.incoming.touch_of([message_id]) == touch
    gone = await known(store, draft)
    assert gone.state is DraftState.SENT
    assert not await store.drafts.accept(draft.id, b"x", START + 2 * HOUR)
    assert (await story.events(walk.contact_id)).count("touch_sent") == 1
    assert await store.copies.sent_by_hand(sent(walk), START + 3 * HOUR) == touch
    assert await story.now_at(walk) == after
    assert (await story.events(walk.contact_id)).count("touch_sent") == 1
    (reader,) = await store.outgoing.readers([await story.known("bob@firm.example")], START + DAY)
    assert reader.had == {"library/tea.md"}


async def test_an_accepted_one_that_was_sent_by_hand_is_sent(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    draft = await placed(store, walk)
    await store.drafts.accept(draft.id, b"x", START)
    await store.copies.sent_by_hand(sent(walk), START + HOUR)
    assert (await known(store, draft)).state is DraftState.SENT


async def test_one_that_was_skipped_before_moves_nobody_back(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    draft = await placed(store, walk)
    await store.drafts.skip(draft.id, Advance("third", START + DAY, "skipped"), START)
    touch = await store.copies.sent_by_hand(sent(walk), START + HOUR)
    assert (await story.now_at(walk)).position == "third"
    assert await store.incoming.touch_of([SHEET.message_id]) == touch


async def test_where_nobody_knows_what_follows_the_walk_stays(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await placed(store, walk)
    await store.copies.sent_by_hand(sent(walk, next=None), START + HOUR)
    assert (await story.now_at(walk)).position == "first"


async def test_p1_whoever_answered_before_is_not_woken_and_has_their_answer(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    draft = await placed(store, walk)
    await story.hears(await story.known("bob@firm.example"), ANSWERED)
    assert (await known(store, draft)).state is DraftState.STALE
    await store.copies.sent_by_hand(sent(walk), START + HOUR)
    after = await story.now_at(walk)
    assert (after.position, after.state) == ("second", State.HANDED_OFF)
    assert "handoff_answered" in await story.events(walk.contact_id)


async def test_a_mail_that_we_were_to_try_again_was_sent_by_hand_after_all(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    draft = await placed(store, walk)
    await store.copies.move(draft.id, CopyState.PLACED, OVER, START)
    await store.drafts.accept(draft.id, b"x", START)
    touch = await story.begun(await story.now_at(walk))
    await story.settled(touch, TouchMove.POSTPONED, LATER, retry_at=START + HOUR)
    found = await store.copies.sent_by_hand(sent(walk), START + HOUR)
    settled = await store.incoming.touch_of(["theirs@mx.example"])
    assert settled is not None
    assert (settled.id, settled.state) == (found.id, TouchState.SENT)
    assert (await story.now_at(walk)).position == "second"


async def test_words_are_kept_while_a_copy_is_out(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    draft = await placed(store, walk)
    await story.hears(await story.known("bob@firm.example"), ANSWERED)
    assert await store.drafts.tidy(START + HOUR) == 0
    found = await known(store, draft)
    assert found.sheet == SHEET
    over = replace(PLACED, state=CopyState.OVER)
    await store.copies.move(draft.id, CopyState.PLACED, over, START)
    assert await store.drafts.tidy(START + HOUR) == 1
    assert (await known(store, draft)).copy == replace(over, subject="", text="")


def test_when_a_copy_is_settled() -> None:
    def settles(state: CopyState) -> datetime | None:
        return Copy(state, START).settles_at

    assert settles(CopyState.TAKEN_BACK) == START + timedelta(minutes=2)
    assert settles(CopyState.MISSED) == START + timedelta(minutes=15)
    assert settles(CopyState.PLACED) is None
