"""What the owner has done lets the sequence go on (flows/finish_task)."""

from datetime import timedelta

import pytest
import pytest_asyncio

from nurture.core.decision import Advance, Rest
from nurture.core.enrollment import Enrollment, State
from nurture.core.task import Task, TaskMove
from nurture.flows.finish_task import Workbench, finish_task
from nurture.ports import Order
from tests.fakes.small_house import SmallHouse, person
from tests.fakes.story import order_of

DAY = timedelta(days=1)
SEQUENCE = """
sequence: tips
why: you asked us for an offer
steps:
  - {id: first-call, call: "Ask {{ given_name }} how it went."}
  - {id: quiet, wait: 2 weeks}
  - {id: last-call, call: "Say goodbye to {{ given_name }}."}
exits: {at the latest after: 2 years}
occasions:
  - {id: card, on: 4 July, call: "Congratulate {{ given_name }}."}
"""
ZOE = person("Zoe", "Hill")


@pytest_asyncio.fixture
async def house() -> SmallHouse:
    """Zoe walks through a sequence of calls."""
    house = SmallHouse()
    await house.shelve({"tips": SEQUENCE})
    await house.invite(ZOE)
    return house


async def lane(house: SmallHouse, name: str = "") -> Enrollment:
    """One lane of Zoe's walk as it stands now."""
    (walks,) = (await house.store.outgoing.walks([1])).values()
    return next(walk for walk in walks if walk.lane == name)


async def given(house: SmallHouse, walk: Enrollment) -> Task:
    """The task of the step at which this walk stands."""
    await house.store.outgoing.assign([Order(order_of(walk).task)], house.clock.now())
    return (await house.store.tasks.tasks())[0][0]


async def finish(house: SmallHouse, task: int, by: TaskMove = TaskMove.FINISHED) -> Task | None:
    """Says that it is done, or not to be done."""
    store = house.store
    bench = Workbench(
        store.tasks, store.people, store.outgoing, house.shelf, {"anna": house.account}, house.clock
    )
    return await finish_task(bench, task, by, "said so")


@pytest.mark.parametrize("by", [TaskMove.FINISHED, TaskMove.PASSED_OVER])
async def test_what_waited_goes_on_and_the_next_wait_counts_from_now(
    house: SmallHouse, by: TaskMove
) -> None:
    task = await given(house, await lane(house))
    await house.clock.advance_to(house.clock.now() + 3 * DAY)
    assert await finish(house, task.id, by) == task
    walk, now = await lane(house), house.clock.now()
    assert (walk.position, walk.anchor_at, walk.due_at) == ("quiet", now, now)


async def test_of_two_who_say_so_one_is_told_that_there_is_nothing(house: SmallHouse) -> None:
    task = await given(house, await lane(house))
    assert await finish(house, task.id) == task
    assert await finish(house, task.id) is None
    assert await finish(house, 99) is None


async def test_an_occasion_goes_to_its_next_day(house: SmallHouse) -> None:
    now, card = house.clock.now(), await lane(house, "card")
    await house.store.outgoing.note([(card.id, Rest(now, "2026-07-04"))], now)
    task = await given(house, await lane(house, "card"))
    await finish(house, task.id)
    after = await lane(house, "card")
    assert (after.position, after.occurrence, after.state) == ("card", "2027-07-04", State.ACTIVE)


async def test_behind_the_last_step_the_order_is_finished(house: SmallHouse) -> None:
    walk = await lane(house)
    now = house.clock.now()
    await house.store.outgoing.note([(walk.id, Advance("last-call", now, "waited"))], now)
    task = await given(house, await lane(house))
    await finish(house, task.id)
    assert (await lane(house)).state is State.ENDED
    assert (await lane(house, "card")).state is State.ACTIVE


async def test_p1_who_answered_meanwhile_is_not_woken(house: SmallHouse) -> None:
    task = await given(house, await lane(house))
    now = house.clock.now()
    await house.store.recovery.doubt(1, "found in Sent", now, now)
    await finish(house, task.id)
    walk = await lane(house)
    assert (walk.position, walk.state) == ("quiet", State.PAUSED)
