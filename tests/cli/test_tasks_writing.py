"""`nurture tasks add, move, offered, accept, reject, --ics`: what the owner gives themselves."""

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from nurture.agenda import calendar_of, paths_of
from nurture.core.contact import Contact
from nurture.core.effect import Effect
from nurture.core.promise import Promise
from nurture.core.task import own_task
from nurture.wiring.world import World
from tests.fakes.story import START, Story
from tests.ical.reader import read

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Practice

SENTENCE = "I'll send it Friday."


@pytest.fixture
def bob(practice: "Practice") -> "Practice":
    """Bob is known, and was promised something."""

    async def act(world: World) -> None:
        story = Story(world.store)
        who = await story.known("bob@firm.example", given_name="Bob", phone="+43 1 22", city="Wien")
        promise = Promise(0, who.id, next(iter(world.accounts)), SENTENCE, date(2999, 3, 1), START)
        await story.hears(who, Effect(owner_spoke=True), promises=(promise,), verdict=None)

    practice.before(act)
    return practice


def test_one_is_added_moved_and_done(bob: "Practice") -> None:
    added = bob.run(
        "tasks", "add", "bob@firm.example", "Ring Bob", "--due", "2999-01-02", "--as", "call"
    )
    assert added.stdout == "task 1, due on Wed 2999-01-02: Ring Bob\n"
    (row,) = bob.rows("tasks")
    assert (row["channel"], row["due_on"], row["sequence"]) == ("call", "2999-01-02", "")
    assert (row["phone"], row["address"]) == ("+43 1 22", "Wien")
    moved = bob.run("tasks", "move", "1", "2999-01-08", "--why", "he is away")
    assert moved.stdout == "task 1 is due on Tue 2999-01-08 now\n"
    assert "you noted it" in bob.run("tasks", "show", "1").stdout
    assert bob.run("tasks", "done", "1", "--note", "voicemail").exit_code == 0
    assert bob.run("tasks", "move", "1", "2999-01-09").exit_code == 1


@pytest.mark.parametrize(
    "words", ["3 business days", "2 weeks", "next week", "end of the month", "morgen"]
)
def test_a_day_may_be_named_in_words(bob: "Practice", words: str) -> None:
    assert bob.run("tasks", "add", "bob@firm.example", "Ring Bob", "--due", words).exit_code == 0
    (row,) = bob.rows("tasks")
    day = date.fromisoformat(str(row["due_on"]))
    today = bob.before(_today)
    assert today <= day <= today + timedelta(days=33)
    assert day.weekday() < 5


async def _today(world: World) -> date:
    return world.clock.now().date()


@pytest.mark.parametrize(
    ("words", "said"),
    [("whenever", "is no day: write 2026-12-01"), ("2020-01-01", "2020-01-01 has gone by")],
)
def test_a_day_that_is_none_or_over_is_refused_with_words(
    bob: "Practice", words: str, said: str
) -> None:
    result = bob.run("tasks", "add", "bob@firm.example", "Ring Bob", "--due", words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert bob.rows("tasks") == []


def test_a_stranger_gets_no_task(bob: "Practice") -> None:
    result = bob.run("tasks", "add", "eve@else.example", "Ring", "--due", "2999-01-01")
    assert result.exit_code == 2
    assert "eve@else.example is no contact" in result.stderr


def test_a_promise_is_listed_accepted_and_then_a_task(bob: "Practice") -> None:
    assert SENTENCE in bob.run("tasks", "offered").stdout
    (row,) = bob.rows("tasks", "offered")
    assert (row["promise"], row["sentence"], row["is_dated"]) == (1, SENTENCE, True)
    accepted = bob.run("tasks", "accept", "1", "--due", "2999-03-04")
    assert accepted.stdout == f"task 1, due on Mon 2999-03-04: You promised: {SENTENCE}\n"
    assert bob.rows("tasks", "offered") == []
    again = bob.run("tasks", "accept", "1")
    assert again.exit_code == 1
    assert "promise 1 is not open" in again.stderr


def test_a_promise_that_was_none_is_rejected(bob: "Practice") -> None:
    assert bob.run("tasks", "reject", "1").stdout == "promise 1 is off the list\n"
    assert bob.run("tasks", "reject", "1").exit_code == 1
    assert "no promise of yours waits" in bob.run("tasks", "offered").stdout


def test_tasks_go_into_a_calendar_file_and_to_stdout(bob: "Practice", tmp_path: "Path") -> None:
    bob.run("tasks", "add", "bob@firm.example", "Ring Bob; soon", "--due", "2999-01-02")
    file = tmp_path / "tasks.ics"
    assert "1 tasks" in bob.run("tasks", "--ics", str(file)).stdout
    (todo,) = read(file.read_bytes()).parts
    assert (todo.name, todo["DUE"]) == ("VTODO", "29990102")
    shown = bob.run("tasks", "--ics", "-", "--as-days").stdout_bytes
    (day,) = read(shown).parts
    assert (day.name, day["SUMMARY"]) == ("VEVENT", "Ring Bob; soon (Bob)")


def test_where_nothing_listens_there_is_no_address(bob: "Practice") -> None:
    result = bob.run("tasks", "--url")
    assert result.exit_code == 2
    assert "[watch] listen" in result.stderr


def test_the_address_of_the_calendar_is_a_secret_of_its_own_for_each_account(
    bob: "Practice",
) -> None:
    async def act(world: World) -> tuple[dict[str, tuple[str, bool]], str]:
        other = replace(world, key=b"another key")
        assert not paths_of(world).keys() & paths_of(other).keys()
        number = await world.store.tasks.add(
            own_task(Contact("bob@firm.example", id=1), "nobody", "Ring", date(2999, 1, 2), START)
        )
        assert number == 1
        return paths_of(world), await calendar_of(world, account=next(iter(world.accounts)))

    paths, text = bob.before(act)
    assert [is_days for _, is_days in paths.values()] == [False, True]
    assert all(len(path) > 36 and path.count("/") > 1 for path in paths)
    assert read(text.encode()).parts == []  # the task is another account's
