"""Whoever comes to match begins by themselves, or the owner is asked once (flows/admit)."""

from datetime import timedelta

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
    return Door(house.account, register, store.desk, house.shelf.all_today(), is_default)


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
