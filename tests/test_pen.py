"""A decision becomes a letter, a task, or the beginning of another sequence (nurture/pen)."""

import pytest

from nurture import ports
from nurture.core.decision import Advance, Decision, Hold
from nurture.core.enrollment import State
from nurture.core.override import Overridden, Override
from nurture.pen import Pen, Ready, choose
from tests.fakes.small_house import KEY, SmallHouse, person

ADA = person("Ada", "Firm")
HEAD = "sequence: tips\nwhy: you know us\nwindow: {days: monday to sunday, hours: 00:00 to 23:59}\n"
THERE = "sequence: there\nwhy: you know us\nsteps:\n  - {id: begin, email: first.md}\n"
MOVE = f"{HEAD}steps:\n  - {{id: over, move to: there}}\n"


async def chosen(house: SmallHouse) -> Ready | ports.Order | Decision:
    """What is to be done with Ada's only due lane."""
    now = house.clock.now()
    (due,) = await house.store.outgoing.due("anna", now, 10)
    pen = Pen(house.account, house.store.outgoing, house.shelf, house.clock, KEY)
    return await choose(pen, due, now)


async def invited(**sources: str) -> SmallHouse:
    house = SmallHouse()
    await house.shelve(sources)
    await house.invite(ADA)
    return house


async def test_a_move_ends_here_and_begins_there_in_one() -> None:
    house = await invited(tips=MOVE, there=THERE)
    choice = await chosen(house)
    assert isinstance(choice, Advance)
    assert choice.to is None
    assert [(each.sequence, each.position) for each in choice.starts] == [("there", "begin")]
    await house.round()
    (walks,) = (await house.store.outgoing.walks([1])).values()
    assert [(each.sequence, each.state) for each in walks] == [
        ("tips", State.ENDED), ("there", State.ACTIVE),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "said"), [("instead of: [elsewhere]", "elsewhere"), ("again: never", "there")]
)
async def test_where_that_door_is_shut_only_the_end_remains(entry: str, said: str) -> None:
    house = await invited(
        tips=MOVE,
        there=f"entry: {{{entry}}}\n{THERE}",
        elsewhere=THERE.replace("there", "elsewhere"),
    )
    await house.invite(ADA, sequence="elsewhere")
    await house.invite(ADA, sequence="there")
    (tips, *_) = await house.store.outgoing.due("anna", house.clock.now(), 10)
    pen = Pen(house.account, house.store.outgoing, house.shelf, house.clock, KEY)
    choice = await choose(pen, tips, house.clock.now())
    assert isinstance(choice, Advance)
    assert (choice.to, choice.starts) == (None, ())
    assert choice.why.startswith("cannot move to there: ")
    assert said in choice.why


async def test_a_move_to_nowhere_is_shown_to_a_person() -> None:
    choice = await chosen(await invited(tips=MOVE))
    assert isinstance(choice, Hold)
    assert "there is no sequence 'there' to move to" in choice.why


async def reworded(house: SmallHouse, text: str) -> Ready | ports.Order | Decision:
    override = Override(1, "tips", "first", Overridden.REWORDED, text=text, why="her wedding")
    await house.store.tact.override(override, house.clock.now())
    return await chosen(house)


MAIL = f"{HEAD}steps:\n  - {{id: first, email: first.md}}\n"


async def test_the_owners_own_words_go_in_place_of_the_template() -> None:
    choice = await reworded(
        await invited(tips=MAIL), "---\nsubject: Your day\n---\nDear {{ given_name }}, a toast.\n"
    )
    assert isinstance(choice, Ready)
    assert choice.letter.subject == "Your day"
    assert b"Dear Ada, a toast." in choice.letter.envelope.wire


async def test_a_hole_in_the_owners_words_is_held() -> None:
    choice = await reworded(
        await invited(tips=MAIL), "---\nsubject: Your day\n---\nHow is {{ custom.boat }}?\n"
    )
    assert isinstance(choice, Hold)
    assert "boat" in choice.why
