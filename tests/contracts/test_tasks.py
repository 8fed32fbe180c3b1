"""What every store promises about the owner's tasks (ports.Tasks, ports.Outgoing.assign)."""

from dataclasses import replace
from datetime import date

import pytest

from nurture.core.decision import Advance, Decision, End
from nurture.core.enrollment import Enrollment, State
from nurture.core.handoff import Outcome
from nurture.core.override import Overridden, Override
from nurture.core.task import Channel, Task, TaskMove, TaskState, own_task
from nurture.ports import Stores
from tests.fakes.story import ANSWERED, DAY, HOUR, START, Story, order_of

SECOND = Advance("second", START + HOUR, "called")


async def given(story: Story, walk: Enrollment, **fields: object) -> Task:
    """The task that the owner has to do for this walk."""
    await story.store.outgoing.assign([order_of(walk, **fields)], START)
    found = [task for task, _ in await story.store.tasks.tasks()]
    return next(task for task in found if task.enrollment_id == walk.id)


# --- giving ---


async def test_a_task_comes_back_as_it_was_given_with_whom_it_is_for(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    await store.outgoing.assign([order_of(walk)], START)
    ((task, contact),) = await store.tasks.tasks()
    assert task == replace(order_of(walk).task, id=task.id)
    assert contact.address == "bob@firm.example"
    assert await store.tasks.task(task.id) == task
    assert await store.tasks.task(99) is None


async def test_the_owner_learns_of_a_task_once(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    for _ in range(2):
        await store.outgoing.assign([order_of(walk)], START)
    assert len(await store.tasks.tasks(open_only=False)) == 1
    (notice,) = await store.desk.notices_due(START)
    assert notice.subject == "To do by Mon 09 Mar 2026: Ask Bob how it went"
    assert "bob@firm.example" in notice.text
    assert "nurture tasks done" in notice.text
    assert (await story.events(walk.contact_id)).count("task_given") == 1


async def test_what_blocks_stands_until_it_lapses_or_for_ever(store: Stores, story: Story) -> None:
    walk, other = await story.enrolled(), await story.enrolled("zoe@other.example")
    lapsing = replace(order_of(other), lapses_at=START + 9 * DAY)
    await store.outgoing.assign([order_of(walk), lapsing], START)
    standing = [await story.now_at(each) for each in (walk, other)]
    assert [(each.position, each.due_at) for each in standing] == [
        ("first", None), ("first", START + 9 * DAY),
    ]  # fmt: skip


async def test_what_does_not_block_lets_the_walk_go_on_at_once(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await store.outgoing.assign([replace(order_of(walk, blocks=False), then=SECOND)], START)
    now = await story.now_at(walk)
    assert (now.position, now.due_at) == ("second", START + HOUR)
    ((task, _),) = await store.tasks.tasks()
    assert task.state is TaskState.OPEN


async def test_who_is_stopped_or_elsewhere_is_given_no_task(store: Stores, story: Story) -> None:
    stopped, elsewhere = await story.enrolled(), await story.enrolled("zoe@other.example")
    await story.hears(await story.known("bob@firm.example"), ANSWERED)
    orders = [order_of(stopped), order_of(elsewhere, step="second")]
    await store.outgoing.assign(orders, START)
    assert await store.tasks.tasks() == ()


async def test_a_task_that_was_settled_is_not_given_again_and_a_person_must_look(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    task = await given(story, walk)
    await store.tasks.finish(task.id, TaskMove.FINISHED, "", None, START)
    assert (await story.now_at(walk)).due_at == START
    await store.outgoing.assign([order_of(walk)], START)
    ((held, _),) = await store.desk.held()
    assert held.held_why == "its task was settled, and nobody knows what follows"
    onward = replace(order_of(walk), then=SECOND)
    await store.outgoing.assign([onward], START)
    assert (await story.now_at(walk)).position == "second"


async def test_tasks_come_the_earliest_due_first(store: Stores, story: Story) -> None:
    late, early = await story.enrolled(), await story.enrolled("zoe@other.example")
    await given(story, late, due_on=date(2026, 4, 1))
    await given(story, early, due_on=date(2026, 3, 3))
    found = [task.enrollment_id for task, _ in await store.tasks.tasks()]
    assert found == [early.id, late.id]
    assert len(await store.tasks.tasks(limit=1)) == 1


# --- finishing ---


async def test_a_done_call_is_contact_and_the_walk_goes_on_from_now(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    task = await given(story, walk)
    at = START + 5 * DAY
    onward = Advance("second", at, "done")
    assert await store.tasks.finish(task.id, TaskMove.FINISHED, "went well", onward, at)
    assert not await store.tasks.finish(task.id, TaskMove.FINISHED, "twice", onward, at)
    now = await story.now_at(walk)
    assert (now.position, now.anchor_at, now.due_at) == ("second", at, at)
    done = await store.tasks.task(task.id)
    assert done is not None
    assert (done.state, done.done_at, done.note) == (TaskState.DONE, at, "went well")
    pace = (await store.outgoing.paces([walk.contact_id], at))[walk.contact_id]
    assert (pace.touched, pace.last_touch_at) == ((at,), at)
    assert await store.tasks.tasks() == ()
    assert (await store.desk.ledger(walk.contact_id))[-1].why == "went well"


@pytest.mark.parametrize(
    ("by", "channel"),
    [(TaskMove.PASSED_OVER, Channel.CALL), (TaskMove.FINISHED, Channel.TASK)],
)
async def test_what_does_not_reach_them_is_no_contact(
    store: Stores, story: Story, by: TaskMove, channel: Channel
) -> None:
    walk = await story.enrolled()
    task = await given(story, walk, channel=channel)
    assert await store.tasks.finish(task.id, by, "", SECOND, START)
    pace = (await store.outgoing.paces([walk.contact_id], START))[walk.contact_id]
    assert pace.touched == ()
    assert (await story.now_at(walk)).position == "second"


async def test_what_has_gone_on_is_not_moved_by_a_task_done_later(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    order = replace(order_of(walk, blocks=False), then=SECOND)
    await store.outgoing.assign([order], START)
    ((task, _),) = await store.tasks.tasks()
    await store.tasks.finish(task.id, TaskMove.FINISHED, "", Advance("third", START, ""), START)
    assert (await story.now_at(walk)).position == "second"


async def test_behind_the_last_task_the_walk_is_finished(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    task = await given(story, walk)
    await store.tasks.finish(task.id, TaskMove.FINISHED, "", Advance(None, START, ""), START)
    now = await story.now_at(walk)
    assert (now.state, now.reason) == (State.ENDED, "finished")
    assert "enrollment_ended" in await story.events(walk.contact_id)


async def test_p1_after_an_answer_the_task_is_still_the_owners_and_wakes_nobody(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    task = await given(story, walk)
    await story.hears(await story.known("bob@firm.example"), ANSWERED)
    assert [each.id for each, _ in await store.tasks.tasks()] == [task.id]
    assert await store.tasks.finish(task.id, TaskMove.FINISHED, "", SECOND, START)
    now = await story.now_at(walk)
    assert (now.state, now.position) == (State.HANDED_OFF, "second")


async def test_p1_behind_the_last_task_even_a_stopped_walk_is_over(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    task = await given(story, walk)
    await story.hears(await story.known("bob@firm.example"), ANSWERED)
    await store.tasks.finish(task.id, TaskMove.FINISHED, "", Advance(None, START, ""), START)
    assert (await story.now_at(walk)).state is State.ENDED


@pytest.mark.parametrize("blocks", [True, False])
async def test_an_override_has_had_its_day_once_the_task_lets_the_walk_go(
    store: Stores, story: Story, *, blocks: bool
) -> None:
    walk = await story.enrolled()
    override = Override(walk.contact_id, "tips", "first", Overridden.MOVED, date(2026, 3, 1))
    await store.tact.override(override, START)
    order = order_of(walk, blocks=blocks)
    await store.outgoing.assign([order if blocks else replace(order, then=SECOND)], START)
    assert len(await store.tact.overrides(walk.contact_id)) == blocks
    ((task, _),) = await store.tasks.tasks()
    await store.tasks.finish(task.id, TaskMove.FINISHED, "", SECOND, START)
    assert await store.tact.overrides(walk.contact_id) == ()


# --- what the end of a walk does to them ---


@pytest.mark.parametrize(
    ("decision", "state"),
    [
        (End("too old"), TaskState.CANCELLED),
        (Advance("second", START, "too late"), TaskState.LAPSED),
        (Advance(None, START, "too late"), TaskState.LAPSED),
    ],
)
async def test_a_walk_that_leaves_its_task_behind_closes_it(
    store: Stores, story: Story, decision: Decision, state: TaskState
) -> None:
    walk = await story.enrolled()
    task = await given(story, walk)
    await story.noted(walk, decision)
    closed = await store.tasks.task(task.id)
    assert closed is not None
    assert closed.state is state
    assert f"task_{state}" in await story.events(walk.contact_id)
    assert not await store.tasks.finish(task.id, TaskMove.FINISHED, "", SECOND, START)


async def test_a_walk_that_is_finished_leaves_other_tasks_to_the_owner(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    await store.outgoing.assign([replace(order_of(walk, blocks=False), then=SECOND)], START)
    await story.noted(walk, Advance(None, START, "done"))
    assert len(await store.tasks.tasks()) == 1


async def test_a_no_and_a_won_conversation_call_every_task_off(store: Stores, story: Story) -> None:
    walk, other = await story.enrolled(), await story.enrolled("zoe@other.example")
    task, won = await given(story, walk), await given(story, other)
    await store.people.suppress("bob@firm.example", "said no", START)
    zoe = await story.known("zoe@other.example")
    recorded = await story.hears(zoe, ANSWERED)
    await story.closed(recorded.handoff_id, Outcome.WON, START)
    closed = [await store.tasks.task(each.id) for each in (task, won)]
    assert [each.state for each in closed if each] == [TaskState.CANCELLED] * 2


# --- the owner's own ---


async def own(story: Story, due_on: date = date(2026, 3, 5)) -> Task:
    """A task that the owner noted for Bob."""
    bob = await story.known("bob@firm.example")
    wanted = own_task(bob, "anna", "Send Bob the old plans", due_on, START)
    number = await story.store.tasks.add(wanted)
    found = await story.store.tasks.task(number)
    assert found is not None
    return found


async def test_a_task_of_the_owners_own_belongs_to_no_walk_and_alarms_nobody(
    store: Stores, story: Story
) -> None:
    task = await own(story)
    ((listed, contact),) = await store.tasks.tasks()
    assert (listed, contact.address) == (task, "bob@firm.example")
    assert (task.enrollment_id, task.title) == (None, "Send Bob the old plans")
    assert await store.desk.notices_due(START) == ()
    assert (await story.events(task.contact_id))[-1] == "task_given"


async def test_somebody_may_have_many_tasks_of_the_owners_own(store: Stores, story: Story) -> None:
    await own(story)
    await own(story)
    assert len(await store.tasks.tasks()) == 2


async def test_done_it_moves_no_walk_and_a_call_of_ones_own_is_contact(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    bob = await story.known("bob@firm.example")
    wanted = own_task(bob, "anna", "Ring Bob", date(2026, 3, 5), START)
    number = await store.tasks.add(replace(wanted, channel=Channel.CALL))
    assert await store.tasks.finish(number, TaskMove.FINISHED, "voicemail", None, START)
    assert await story.now_at(walk) == walk
    pace = (await store.outgoing.paces([bob.id], START))[bob.id]
    assert pace.touched == (START,)


async def test_a_task_is_moved_to_another_day_with_the_reason_and_settled_ones_are_not(
    store: Stores, story: Story
) -> None:
    task = await own(story)
    later = date(2026, 3, 12)
    assert await store.tasks.move(task.id, later, "he is away", START)
    moved = await store.tasks.task(task.id)
    assert moved == replace(task, due_on=later)
    line = (await store.desk.ledger(task.contact_id))[-1]
    assert (line.event, line.why) == ("task_moved", "from 2026-03-05 to 2026-03-12: he is away")
    await store.tasks.finish(task.id, TaskMove.FINISHED, "", None, START)
    assert not await store.tasks.move(task.id, date(2026, 4, 1), "", START)
    assert not await store.tasks.move(99, later, "", START)
