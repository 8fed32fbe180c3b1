"""`nurture tasks`: what there is to do, and how it is said to be done."""

from datetime import date
from typing import TYPE_CHECKING

import pytest

from nurture.core.enrollment import Enrollment
from nurture.wiring.world import World
from tests.fakes.story import START, Story, order_of

if TYPE_CHECKING:
    from tests.cli.conftest import Practice


async def give(world: World, address: str, due_on: date, **fields: object) -> Enrollment:
    """A call that is to be made before the sequence goes on."""
    story, sequence = Story(world.store), world.shelf.sequences["former-client"]
    await story.known(address, given_name="Bob", phone="+43 1 22")
    walk = await story.enrolled(
        address, sequence.name, revision=sequence.revision, position="let-it-settle", **fields
    )
    text = "Ask Bob how it went.\n\nHe has a dog."
    order = order_of(walk, text=text, due_on=due_on, why="a year is over")
    await world.store.outgoing.assign([order], START)
    return walk


@pytest.fixture
def busy(practice: "Practice") -> "Practice":
    """A call that is overdue, and one far ahead."""

    async def act(world: World) -> None:
        await give(world, "zoe@other.example", date(2999, 1, 1))
        await give(world, "bob@firm.example", date(2026, 3, 9))

    practice.before(act)
    return practice


def test_at_first_there_is_nothing_to_do(practice: "Practice") -> None:
    assert practice.run("tasks").stdout == "there is nothing for you to do\n"
    assert practice.rows("tasks") == []


def test_the_earliest_due_comes_first_and_what_is_overdue_is_marked(busy: "Practice") -> None:
    lines = busy.run("tasks").stdout.splitlines()
    assert lines[0].split() == ["id", "due", "what", "contact", "to", "do", "sequence"]
    assert lines[1].split()[:5] == ["2", "2026-03-09", "overdue", "call", "bob@firm.example"]
    assert lines[2].split()[:4] == ["1", "2999-01-01", "call", "zoe@other.example"]
    first, second = busy.rows("tasks")
    assert (first["is_overdue"], second["is_overdue"]) == (True, False)
    assert (first["task"], first["channel"], first["blocks"]) == (2, "call", True)


def test_one_is_shown_in_full(busy: "Practice") -> None:
    result = busy.run("tasks", "show", "2")
    for words in ("Bob <bob@firm.example>", "+43 1 22", "He has a dog.", "a year is over"):
        assert words in result.stdout
    (row,) = busy.rows("tasks", "show", "2")
    assert row["text"] == "Ask Bob how it went.\n\nHe has a dog."


def test_what_is_done_lets_the_sequence_go_on_and_cannot_be_done_twice(busy: "Practice") -> None:
    done = busy.run("tasks", "done", "2", "--note", "he is glad")
    assert done.exit_code == 0
    assert done.stdout == (
        "task 2 is done: Ask Bob how it went; former-client goes on with 'where-things-are'\n"
    )
    again = busy.run("tasks", "done", "2")
    assert again.exit_code == 1
    assert "task 2 is not open: see `nurture tasks --all`" in again.stderr
    assert [row["task"] for row in busy.rows("tasks")] == [1]
    row = next(row for row in busy.rows("tasks", "--all") if row["task"] == 2)
    assert (row["state"], row["note"]) == ("done", "he is glad")
    assert "done" in busy.run("tasks", "--all").stdout


def test_what_is_skipped_goes_on_too_without_having_been_contact(busy: "Practice") -> None:
    skipped = busy.run("tasks", "skip", "2", "--note", "met him anyway")
    assert "task 2 is skipped" in skipped.stdout

    async def reached(world: World) -> object:
        bob = await world.store.people.contact("bob@firm.example")
        assert bob is not None
        pace = await world.store.outgoing.paces([bob.id], world.clock.now())
        return pace[bob.id].last_touch_at

    assert busy.before(reached) is None


def test_what_is_not_there_is_said_so(busy: "Practice") -> None:
    result = busy.run("tasks", "show", "9")
    assert result.exit_code == 2
    assert "there is no task 9: see `nurture tasks --all`" in result.stderr
    assert busy.run("tasks", "done", "9").exit_code == 1


def test_status_counts_them_and_an_overdue_one_is_a_finding(busy: "Practice") -> None:
    async def attend(world: World) -> None:
        await Story(world.store).leased(world.clock.now())

    busy.before(attend)
    result = busy.run("status")
    assert "Tasks for you: 2 open, 1 overdue, see `nurture tasks`" in result.stdout
    assert result.exit_code == 1
    row = next(row for row in busy.rows("status") if row["kind"] == "tasks")
    assert (row["open"], row["overdue"]) == (2, 1)
    busy.run("tasks", "done", "2")
    assert "Tasks for you: 1 open, see" in busy.run("status").stdout
    assert busy.run("status").exit_code == 0


def test_why_tells_what_is_to_do_for_somebody(busy: "Practice") -> None:
    said = busy.run("why", "bob@firm.example").stdout
    assert "you have to do by 2026-03-09: Ask Bob how it went (nurture tasks show 2)" in said
    assert "zoe" not in said
