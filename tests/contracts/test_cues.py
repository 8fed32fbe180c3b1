"""What every store promises about notes on contacts (ports.Cues)."""

from dataclasses import replace
from datetime import date

from nurture.core.calendar import Unit, Wait
from nurture.core.cue import Cue, task_of_cue
from nurture.core.task import Channel
from nurture.ports import Stores
from tests.fakes.story import ACCOUNT, DAY, START, Story

MARCH = date(2027, 3, 1)


async def noted(story: Story, text: str = "the new office opens", **fields: object) -> Cue:
    """A note on Bob, as it is kept."""
    bob = await story.known("bob@firm.example", given_name="Bob")
    cue = replace(Cue(0, bob.id, ACCOUNT, text, START), **fields)  # type: ignore[arg-type]
    number = await story.store.cues.add(cue)
    return replace(cue, id=number)


async def note_of(story: Story) -> str:
    bob = await story.known("bob@firm.example")
    return bob.note


async def test_notes_come_back_as_they_were_the_next_first(store: Stores, story: Story) -> None:
    plain = await noted(story, "likes tulips")
    yearly = await noted(
        story, on=MARCH, every=Wait(1, Unit.YEARS), sequence="tips", channel=Channel.CALL
    )
    early = await noted(story, "ring", on=date(2026, 4, 1))
    assert [cue for cue, _ in await store.cues.cues()] == [early, yearly, plain]
    bob = await story.known("bob@firm.example")
    assert len(await store.cues.cues(bob.id)) == 3
    assert await store.cues.cues(99) == ()


async def test_the_latest_is_the_contacts_note_until_it_is_removed(
    store: Stores, story: Story
) -> None:
    await noted(story, "likes tulips")
    late = await noted(story, "the office opens")
    assert await note_of(story) == "the office opens"
    assert await store.cues.remove(late.id, START)
    assert await note_of(story) == "likes tulips"
    assert not await store.cues.remove(late.id, START)
    ((left, _),) = await store.cues.cues()
    assert await store.cues.remove(left.id, START)
    assert await note_of(story) == ""


async def test_what_the_owner_wrote_over_it_stays(store: Stores, story: Story) -> None:
    cue = await noted(story)
    bob = await story.known("bob@firm.example")
    await store.people.merge([replace(bob, note="by hand")], START)
    await store.cues.remove(cue.id, START)
    assert await note_of(story) == "by hand"


async def test_only_those_whose_day_has_come_are_due_in_their_account(
    store: Stores, story: Story
) -> None:
    cue = await noted(story, on=MARCH)
    await noted(story, "likes tulips")
    assert await store.cues.due([ACCOUNT], date(2027, 2, 28)) == ()
    assert await store.cues.due(["other"], MARCH) == ()
    ((due, bob),) = await store.cues.due([ACCOUNT], MARCH)
    assert (due, bob.address) == (cue, "bob@firm.example")


async def test_heeded_it_is_a_task_of_which_the_owner_is_told_once(
    store: Stores, story: Story
) -> None:
    cue = await noted(story, on=MARCH, channel=Channel.CALL)
    await noted(story, "likes tulips")
    bob = await story.known("bob@firm.example")
    task = task_of_cue(cue, bob, MARCH, START)
    number = await store.cues.heed(cue, None, task, "", START)
    assert number is not None
    given = await store.tasks.task(number)
    assert given == replace(task, id=number)
    assert await store.cues.heed(cue, None, task, "", START) is None
    (notice,) = await store.desk.notices_due(START + DAY)
    assert notice.subject == "To do by Mon 01 Mar 2027: the new office opens"
    assert [each.text for each, _ in await store.cues.cues()] == ["likes tulips"]
    assert await note_of(story) == "the new office opens"
    assert "cue_came_round" in await story.events(bob.id)


async def test_what_comes_again_moves_on_and_is_not_heeded_twice(
    store: Stores, story: Story
) -> None:
    cue = await noted(story, on=MARCH, every=Wait(6, Unit.MONTHS))
    after = date(2027, 9, 1)
    assert await store.cues.heed(cue, after, None, "tips begins", START) is None
    ((moved, _),) = await store.cues.cues()
    assert moved == replace(cue, on=after)
    bob = await story.known("bob@firm.example")
    again = task_of_cue(cue, bob, MARCH, START)
    assert await store.cues.heed(cue, after, again, "", START) is None
    assert await store.tasks.tasks() == ()
