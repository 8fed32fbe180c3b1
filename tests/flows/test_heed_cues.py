"""What was noted comes round on its day: a task, or the beginning of a sequence."""

from dataclasses import replace
from datetime import date, timedelta

from nurture.core.calendar import Unit, Wait
from nurture.core.cue import Cue
from nurture.core.task import Channel
from nurture.flows.heed_cues import heed_cues
from nurture.register import Door, Register
from tests.fakes.small_house import ACCOUNT, START, SmallHouse, person

ADA = person("Ada", "Brandt")
DAY = date(2026, 3, 9)


async def noted(house: SmallHouse, **fields: object) -> Cue:
    """A note on Ada for Monday."""
    await house.store.people.merge([ADA], house.clock.now())
    ada = await house.store.people.contact(ADA.address)
    assert ada
    first = Cue(0, ada.id, ACCOUNT.name, "call about the new office", START, DAY)
    cue = replace(first, **fields)  # type: ignore[arg-type]
    return replace(cue, id=await house.store.cues.add(cue))


async def heeded(house: SmallHouse, days: int = 7) -> int:
    """How many came round so many days after START."""
    await house.clock.advance_to(START + timedelta(days=days))
    register = Register(
        house.store.outgoing, house.store.people, house.shelf, {ACCOUNT.name: ACCOUNT}, house.clock
    )
    door = Door(ACCOUNT, register, house.store.desk, house.shelf.all_today(), is_default=True)
    return await heed_cues(door, house.store.cues)


async def test_on_its_day_a_note_is_a_task_and_not_before() -> None:
    house = SmallHouse()
    await noted(house, channel=Channel.CALL)
    assert await heeded(house, 6) == 0
    assert await heeded(house, 7) == 1
    assert await heeded(house, 8) == 0
    ((task, ada),) = await house.store.tasks.tasks()
    assert (task.title, task.channel, task.due_on) == (
        "call about the new office", Channel.CALL, DAY,
    )  # fmt: skip
    assert ada.address == ADA.address


async def test_a_day_that_is_closed_is_due_on_the_next_one_open() -> None:
    house = SmallHouse()
    await noted(house, on=date(2026, 3, 7))  # a Saturday
    assert await heeded(house, 5) == 1
    ((task, _),) = await house.store.tasks.tasks()
    assert task.due_on == date(2026, 3, 9)


async def test_what_comes_again_is_a_task_each_time() -> None:
    house = SmallHouse()
    await noted(house, every=Wait(1, Unit.WEEKS))
    assert [await heeded(house, days) for days in (7, 8, 14, 15, 35)] == [1, 0, 1, 0, 1]
    assert len(await house.store.tasks.tasks()) == 3


async def test_a_note_begins_its_sequence_and_is_what_templates_call_note() -> None:
    house = SmallHouse()
    await house.shelve({"tips": SEQUENCE}, {"mail/hello.md": MAIL})
    await noted(house, sequence="tips", text="the new office")
    assert await heeded(house) == 1
    assert await house.store.tasks.tasks() == ()
    ada = await house.store.people.contact(ADA.address)
    assert ada
    (walk,) = await house.store.desk.enrollments(ada.id)
    assert (walk.sequence, walk.because) == ("tips", "noted: the new office")
    await house.round()
    assert "I thought of the new office" in str(house.courier.delivered[0].wire)


async def test_where_the_sequence_cannot_begin_the_note_is_a_task_that_says_why() -> None:
    house = SmallHouse()
    await noted(house, sequence="gone")
    await house.store.people.suppress("nobody@else.example", "no", START)
    assert await heeded(house) == 1
    ((task, _),) = await house.store.tasks.tasks()
    assert "there is no sequence 'gone' any more" in task.why


async def test_a_suppressed_person_begins_nothing() -> None:
    house = SmallHouse()
    await noted(house, sequence="tips")
    await house.store.people.suppress(ADA.address, "said no", START)
    await heeded(house)
    ada = await house.store.people.contact(ADA.address)
    assert ada
    assert await house.store.desk.enrollments(ada.id) == ()


async def test_nobody_is_told_of_a_note_at_night() -> None:
    house = SmallHouse()
    await noted(house, on=date(2026, 3, 2))
    await house.clock.advance_to(START + timedelta(hours=18))  # three in the morning, UTC
    register = Register(
        house.store.outgoing, house.store.people, house.shelf, {ACCOUNT.name: ACCOUNT}, house.clock
    )
    door = Door(ACCOUNT, register, house.store.desk, ())
    assert await heed_cues(door, house.store.cues) == 0


SEQUENCE = """\
sequence: tips
why: we talked
steps:
  - id: hello
    email: mail/hello.md
"""
MAIL = "---\nsubject: Hello\n---\nDear {{ given_name }},\n\nI thought of {{ note }}.\n"
