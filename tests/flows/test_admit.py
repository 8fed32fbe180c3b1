"""Whoever comes to match begins by themselves, or the owner is asked once (flows/admit)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from nurture.core.capacity import Capacity
from nurture.core.situation import Pace
from nurture.core.task import own_task
from nurture.flows.admit import admit
from nurture.register import Door, Register
from tests.fakes.small_house import SmallHouse, person

STEPS = "why: you know us\nsteps:\n  - {id: first, email: first.md}\n"
RICH = person("Rich", value=900)
POOR = person("Poor", value=10)


def sequence(name: str, entry: str) -> str:
    return f"sequence: {name}\nentry: {{{entry}}}\n{STEPS}"


async def door(house: SmallHouse, *, is_default: bool = True) -> Door:
    store = house.store
    register = Register(
        store.outgoing, store.people, house.shelf, {"anna": house.account}, house.clock
    )
    sequences = house.shelf.all_today()
    return Door(house.account, register, store.desk, sequences, is_default, store.tasks)


async def opened(*people: object, **entries: str) -> SmallHouse:
    """A house with these sequences, and people who are in none."""
    house = SmallHouse()
    await house.shelve({name: sequence(name, entry) for name, entry in entries.items()})
    await house.store.people.merge(people, house.clock.now())
    return house


async def begun(house: SmallHouse) -> list[tuple[int, str, str]]:
    walks = await house.store.outgoing.walks([1, 2])
    return [(who, each.sequence, each.because) for who in walks for each in walks[who]]


async def test_who_matches_begins_once_with_the_reason() -> None:
    house = await opened(RICH, POOR, tips="start: automatic, when: value is at least 500")
    assert await admit(await door(house)) == 1
    assert await begun(house) == [(1, "tips", "value is at least 500")]
    assert await admit(await door(house)) == 0


async def test_the_owner_is_asked_once_for_the_same_people() -> None:
    house = await opened(RICH, tips="start: ask")
    for _ in range(2):
        assert await admit(await door(house)) == 0
    (asked,) = await house.store.desk.notices_due(house.clock.now() + timedelta(days=1))
    assert asked.subject == "1 people match tips"
    assert "Rich" in asked.text
    assert await begun(house) == []
    await house.store.people.merge([POOR], house.clock.now())
    await admit(await door(house))
    assert len(await house.store.desk.notices_due(house.clock.now() + timedelta(days=1))) == 2


async def test_of_two_that_would_be_alone_the_more_important_one_opens_first() -> None:
    house = await opened(
        RICH,
        aaa="start: automatic, alone: yes",
        zzz="start: automatic, alone: yes, priority: 8",
    )
    assert await admit(await door(house)) == 1
    assert [name for _, name, _ in await begun(house)] == ["zzz"]


async def test_nobody_begins_by_a_door_that_is_opened_by_hand_or_belongs_to_another() -> None:
    by_hand = await opened(RICH, tips="start: by hand")
    assert await admit(await door(by_hand)) == 0
    ours = await opened(RICH, tips="start: automatic")
    assert await admit(await door(ours, is_default=False)) == 0


async def test_a_door_that_nobody_matches_asks_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = await opened(RICH, POOR, tips="start: automatic, who: client")
    outgoing = type(house.store.outgoing)
    asked: list[int] = []

    async def paces(_self: object, ids: Collection[int], _now: datetime) -> dict[int, Pace]:
        asked.extend(ids)
        return {}

    monkeypatch.setattr(outgoing, "paces", paces)
    monkeypatch.delattr(outgoing, "enroll")
    assert await admit(await door(house)) == 0
    assert asked == []


async def test_a_no_is_no_to_every_door() -> None:
    house = await opened(RICH, tips="start: automatic")
    await house.store.people.suppress(RICH.address, "opted out", house.clock.now())
    assert await admit(await door(house)) == 0


async def test_a_halted_house_lets_nobody_in() -> None:
    from nurture.core.halt import HaltKind

    house = await opened(RICH, tips="start: automatic")
    await house.store.switch.halt(next(iter(HaltKind)), "stop", house.clock.now())
    await house.live(house.clock.now() + timedelta(hours=2))
    assert await begun(house) == []


CALLS = "why: you know us\nsteps:\n  - {id: first, call: Ring them.}\n"


async def busy(per_week: int, open_tasks: int = 0, steps: str = CALLS) -> SmallHouse:
    """A sequence that brings work for an owner who has some already, and two people for it."""
    house = SmallHouse()
    owner = replace(house.account.owner, capacity=Capacity(per_week, 0))
    house.account = replace(house.account, owner=owner)
    await house.shelve({"tips": f"sequence: tips\nentry: {{start: automatic}}\n{steps}"})
    await house.store.people.merge([POOR, RICH], house.clock.now())
    now = house.clock.now()
    for _ in range(open_tasks):
        rich = await house.store.people.contact(RICH.address)
        assert rich
        task = own_task(replace(rich, id=99), "anna", "Write the offer", now.date(), now)
        await house.store.tasks.add(replace(task, contact_id=rich.id))
    return house


async def test_where_human_work_piles_up_nobody_begins_what_brings_more_of_it() -> None:
    house = await busy(per_week=3, open_tasks=3)
    assert await admit(await door(house)) == 0
    idle = await busy(per_week=3, open_tasks=3, steps=STEPS)
    assert await admit(await door(idle)) == 2


async def test_no_more_begin_than_the_owner_can_take_on_the_most_valuable_first() -> None:
    house = await busy(per_week=1)
    assert await admit(await door(house)) == 1
    ((who, _, _),) = await begun(house)
    contact = await house.store.people.contact_by_id(who)
    assert contact
    assert contact.address == RICH.address
    assert await admit(await door(house)) == 0
    await house.clock.advance_to(house.clock.now() + timedelta(days=8))
    assert await admit(await door(house)) == 1


async def test_without_a_limit_everybody_begins() -> None:
    assert await admit(await door(await busy(per_week=0, open_tasks=40))) == 2
