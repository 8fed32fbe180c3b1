"""What every store promises about letters on paper (ports.Letters)."""

from dataclasses import replace
from datetime import date

from nurture.core.decision import Advance
from nurture.core.enrollment import Enrollment, State
from nurture.core.handoff import Outcome
from nurture.core.task import Channel, Task, TaskMove, TaskState
from nurture.ports import Stores
from tests.fakes.story import ANSWERED, OPTED_OUT, START, Story, order_of

TODAY = START.date()
SECOND = Advance("second", START, "posted")


async def given(story: Story, walk: Enrollment, **fields: object) -> Task:
    """A letter that the owner has to post for this walk."""
    known = {"channel": Channel.LETTER, "due_on": TODAY} | fields
    await story.store.outgoing.assign([order_of(walk, **known)], START)
    found = [task for task, _ in await story.store.tasks.tasks()]
    return next(task for task in found if task.enrollment_id == walk.id)


async def test_letters_come_with_their_person_and_walk_and_calls_do_not(
    store: Stores, story: Story
) -> None:
    walk, other = await story.enrolled(), await story.enrolled("zoe@other.example")
    await given(story, other, channel=Channel.CALL)
    task = await given(story, walk)
    (penned,) = await store.letters.penned(TODAY)
    assert penned.task == task
    assert penned.contact.address == "bob@firm.example"
    assert penned.walk == await story.now_at(walk)
    assert not penned.is_handed_off


async def test_the_earliest_due_comes_first(store: Stores, story: Story) -> None:
    for address, day in (("a@x.example", 9), ("b@x.example", 5), ("c@x.example", 5)):
        await given(story, await story.enrolled(address), due_on=date(2026, 3, day))
    found = [each.contact.address for each in await store.letters.penned(TODAY)]
    assert found == ["b@x.example", "c@x.example", "a@x.example"]


async def test_settled_ones_are_kept_in_view_since_a_day_and_open_ones_for_ever(
    store: Stores, story: Story
) -> None:
    done, open_ = await story.enrolled(), await story.enrolled("zoe@other.example")
    task = await given(story, done)
    still = await given(story, open_, due_on=date(2020, 1, 1))
    assert await store.tasks.finish(task.id, TaskMove.FINISHED, "", SECOND, START)
    found = {each.task.id: each.task.state for each in await store.letters.penned(TODAY)}
    assert found == {task.id: TaskState.DONE, still.id: TaskState.OPEN}
    tomorrow = date(2026, 3, 3)
    assert [each.task.id for each in await store.letters.penned(tomorrow)] == [still.id]


async def test_p1_an_answer_and_a_no_show_on_the_letter(store: Stores, story: Story) -> None:
    walk, other = await story.enrolled(), await story.enrolled("zoe@other.example")
    await given(story, walk)
    await given(story, other)
    recorded = await story.hears(await story.known("bob@firm.example"), ANSWERED)
    await story.hears(await story.known("zoe@other.example"), OPTED_OUT)
    bob, zoe = await store.letters.penned(TODAY)
    assert bob.is_handed_off
    assert bob.walk is not None
    assert (bob.walk.state, bob.task.state) == (State.HANDED_OFF, TaskState.OPEN)
    assert zoe.walk is not None
    assert (zoe.walk.reason, zoe.task.state) == ("opted_out", TaskState.CANCELLED)
    await story.closed(recorded.handoff_id or 0, Outcome.LATER)
    assert not (await store.letters.penned(TODAY))[0].is_handed_off


async def test_a_letter_keeps_the_date_of_its_first_print(store: Stores, story: Story) -> None:
    task = await given(story, await story.enrolled())
    assert task.dated_on is None
    assert await store.letters.date([task.id], date(2026, 3, 4)) == {task.id: date(2026, 3, 4)}
    assert await store.letters.date([task.id], date(2026, 3, 9)) == {task.id: date(2026, 3, 4)}
    (penned,) = await store.letters.penned(TODAY)
    assert penned.task == replace(task, dated_on=date(2026, 3, 4))
    anew = await store.letters.date([task.id], date(2026, 3, 9), anew=True)
    assert anew == {task.id: date(2026, 3, 9)}


async def test_printing_moves_nothing(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    task = await given(story, walk)
    before = await story.now_at(walk)
    lines = await story.events(walk.contact_id)
    await store.letters.date([task.id], TODAY)
    assert await story.now_at(walk) == before
    assert await story.events(walk.contact_id) == lines
    pace = (await store.outgoing.paces([walk.contact_id], START))[walk.contact_id]
    assert pace.touched == ()


async def test_only_letters_bear_dates(store: Stores, story: Story) -> None:
    call = await given(story, await story.enrolled(), channel=Channel.CALL)
    assert await store.letters.date([call.id, 99], TODAY) == {}
    assert await store.letters.date([], TODAY) == {}
