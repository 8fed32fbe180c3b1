"""What every store promises about drafts (ports.Drafts)."""

from dataclasses import replace

import pytest

from nurture.core.decision import Advance
from nurture.core.draft import DraftState
from nurture.core.enrollment import Enrollment, State
from nurture.core.touch import TouchMove
from nurture.mail.write.rendered import Rendered
from nurture.ports import Draft, Stores
from tests.fakes.story import ACCEPTED, ANSWERED, DAY, HOUR, LATER, SHEET, START, Story, draft_of


async def kept(store: Stores, walk: Enrollment, **fields: object) -> Draft:
    return await store.drafts.keep(draft_of(walk, **fields), START)


async def test_a_draft_is_kept_as_it_is_and_once(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    draft = await kept(store, walk)
    assert draft == draft_of(walk, id=draft.id)
    assert await store.drafts.draft(draft.id) == draft
    assert await kept(store, walk, why="again") == draft
    assert await store.drafts.open() == (draft,)
    assert await store.drafts.open_for(walk.id, "first", "1") == draft
    assert await store.drafts.open_for(walk.id, "second", "1") is None
    assert await store.drafts.open_for(walk.id, "first", "2") is None
    assert await store.drafts.draft(99) is None
    assert (await story.events(walk.contact_id))[-1] == "draft_made"


async def test_an_accepted_one_holds_its_bytes_and_is_due(store: Stores, story: Story) -> None:
    walk = await story.enrolled(due_at=START + DAY, held_why="waits for you")
    draft = await kept(store, walk)
    assert await store.drafts.accept(draft.id, b"the bytes", START + HOUR)
    assert not await store.drafts.accept(draft.id, b"others", START + HOUR)
    after = await store.drafts.draft(draft.id)
    assert after == replace(
        draft, state=DraftState.ACCEPTED, wire=b"the bytes", decided_at=START + HOUR
    )
    now = await story.now_at(walk)
    assert (now.due_at, now.held_why) == (START + HOUR, "")
    assert not await store.drafts.reword(draft.id, SHEET, START + HOUR)
    assert not await store.drafts.skip(draft.id, Advance("second", START, "no"), START + HOUR)
    assert await store.drafts.open() == (after,)


async def test_an_accepted_one_does_not_end_an_absence(store: Stores, story: Story) -> None:
    away = START + 9 * DAY
    walk = await story.enrolled(due_at=away, held_until=away, held_why="away")
    draft = await kept(store, walk)
    assert await store.drafts.accept(draft.id, b"x", START)
    now = await story.now_at(walk)
    assert (now.due_at, now.held_until) == (away, away)


async def test_other_words_wait_as_well(store: Stores, story: Story) -> None:
    draft = await kept(store, await story.enrolled())
    other = replace(SHEET, words=Rendered("Hi", "Bob", ""))
    assert await store.drafts.reword(draft.id, other, START + HOUR)
    assert await store.drafts.draft(draft.id) == replace(draft, sheet=other)


@pytest.mark.parametrize(("to", "state"), [("second", State.ACTIVE), (None, State.ENDED)])
async def test_a_skipped_one_lets_the_walk_go_on(
    store: Stores, story: Story, to: str | None, state: State
) -> None:
    walk = await story.enrolled()
    draft = await kept(store, walk)
    assert await store.drafts.skip(draft.id, Advance(to, START + DAY, "skipped"), START)
    after = await story.now_at(walk)
    assert (after.position, after.state) == (to or "first", state)
    assert await store.drafts.open() == ()
    skipped = await store.drafts.draft(draft.id)
    assert skipped is not None
    assert skipped.state is DraftState.SKIPPED
    assert await store.drafts.accepted_in("tips", 9) == 0


@pytest.mark.parametrize("accepted", [False, True])
async def test_p1_an_answer_overtakes_a_draft_also_after_a_human_returned_them(
    store: Stores, story: Story, accepted: bool
) -> None:
    walk = await story.enrolled()
    bob = await story.known("bob@firm.example")
    draft = await kept(store, walk)
    if accepted:
        await store.drafts.accept(draft.id, b"x", START)
    await story.hears(bob, ANSWERED)
    await store.desk.resume(bob.id, START + DAY, "talked", START + DAY)
    assert await store.drafts.open() == ()
    assert not await store.drafts.accept(draft.id, b"y", START + DAY)
    found = await store.drafts.draft(draft.id)
    assert found is not None
    assert found.state is DraftState.STALE
    again = await kept(store, walk, made_at=START + DAY)
    assert again.id != draft.id
    assert await store.drafts.open() == (again,)


async def test_whoever_is_stopped_or_elsewhere_has_no_draft(store: Stores, story: Story) -> None:
    paused = await kept(store, await story.enrolled(state=State.PAUSED))
    assert await store.drafts.open() == ()
    assert not await store.drafts.accept(paused.id, b"x", START)
    ahead = await story.enrolled(sequence="other", position="second")
    await kept(store, replace(ahead, position="first"))
    assert await store.drafts.open() == ()


async def test_one_that_left_is_over_and_one_that_waits_for_a_retry_is_not(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    draft = await kept(store, walk)
    await store.drafts.accept(draft.id, b"x", START)
    touch = await story.begun(await story.now_at(walk))
    await story.settled(touch, TouchMove.POSTPONED, LATER, retry_at=START + HOUR)
    assert [each.id for each in await store.drafts.open()] == [draft.id]
    await story.leased(START + HOUR)
    again = await story.begun(await story.now_at(walk), at=START + HOUR)
    onward = Advance("second", START + DAY, "sent")
    await story.settled(again, TouchMove.ACCEPTED, ACCEPTED, next=onward)
    assert await store.drafts.open() == ()
    assert await store.drafts.tidy(START + DAY) == 1
    assert await store.drafts.tidy(START + DAY) == 0
    sent = await store.drafts.draft(draft.id)
    assert sent is not None
    assert (sent.state, sent.wire, sent.sheet.words.text) == (DraftState.SENT, b"", "")
    assert await store.drafts.accepted_in("tips", 9) == 1


async def test_accepted_ones_are_counted_up_to_a_limit(store: Stores, story: Story) -> None:
    for name in "abc":
        draft = await kept(store, await story.enrolled(f"{name}@{name}.example"))
        await store.drafts.accept(draft.id, b"x", START)
    await kept(store, await story.enrolled("d@d.example"))
    other = await kept(store, await story.enrolled("e@e.example", "other"))
    await store.drafts.accept(other.id, b"x", START)
    assert await store.drafts.accepted_in("tips", 9) == 3
    assert await store.drafts.accepted_in("tips", 2) == 2
