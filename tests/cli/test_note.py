"""`nurture note`: reasons to get in touch, as the owner types them."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from nurture.wiring.world import World
from tests.fakes.story import Story

if TYPE_CHECKING:
    from tests.cli.conftest import Practice

BOB = "bob@firm.example"


@pytest.fixture
def bob(practice: "Practice") -> "Practice":
    """Bob is known."""

    async def act(world: World) -> None:
        await Story(world.store).known(BOB, given_name="Bob")

    practice.before(act)
    return practice


async def _today(world: World) -> date:
    return world.clock.now().date()


def test_a_month_in_the_text_is_its_day(bob: "Practice") -> None:
    said = bob.run("note", BOB, "call when the new office opens, March").stdout
    assert "a task for you (call) on " in said
    (row,) = bob.rows("note", "--list")
    day = date.fromisoformat(str(row["on"]))
    assert (day.month, day.day <= 3 or day == bob.before(_today)) == (3, True)
    assert (row["channel"], row["sequence"], row["every"]) == ("call", "", "")


def test_a_day_and_an_interval_may_be_said_by_option(bob: "Practice") -> None:
    assert "on Fri 2999-01-04" in bob.run("note", BOB, "likes tulips", "--on", "2999-01-04").stdout
    said = bob.run("note", BOB, "ring", "--every", "6 months", "--as", "visit").stdout
    assert "a task for you (visit)" in said
    assert "then every 6 months" in said
    first, second = bob.rows("note", "--list", BOB)
    assert date.fromisoformat(str(first["on"])) > bob.before(_today) + timedelta(days=170)
    assert second["on"] == "2999-01-04"


def test_without_a_day_it_is_what_templates_call_note(bob: "Practice") -> None:
    assert "mails may say it as {{ note }}" in bob.run("note", BOB, "has a dog").stdout
    (row,) = bob.rows("contacts", "show", BOB)
    assert row["note"] == "has a dog"
    assert bob.run("note", "--remove", "1").stdout == "note 1 is off\n"
    (row,) = bob.rows("contacts", "show", BOB)
    assert row["note"] == ""
    assert bob.run("note", "--remove", "1").exit_code == 1
    assert "nothing is noted" in bob.run("note", "--list").stdout


def test_a_sequence_begins_on_its_day_or_at_once(bob: "Practice") -> None:
    later = bob.run("note", BOB, "the fair", "--on", "2999-01-04", "--sequence", "former-client")
    assert "former-client begins on Fri 2999-01-04" in later.stdout
    assert (
        "former-client begins on"
        in bob.run("note", BOB, "now", "--sequence", "former-client").stdout
    )
    now, _ = bob.rows("note", "--list")
    assert now["on"] == str(bob.before(_today))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((BOB, " "), "say what: nurture note EMAIL"),
        ((BOB, "ring", "--on", "someday"), "is no day"),
        ((BOB, "ring", "--every", "often"), "--every: write a number and a unit"),
        ((BOB, "ring", "--every", "3 hours"), "by days, not by hours"),
        ((BOB, "ring", "--sequence", "former-clients"), "did you mean 'former-client'"),
        (("eve@else.example", "ring"), "eve@else.example is no contact"),
    ],
)
def test_a_slip_is_answered_with_words(bob: "Practice", words: tuple[str, ...], said: str) -> None:
    result = bob.run("note", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert bob.rows("note", "--list") == []


def test_why_tells_what_is_noted(bob: "Practice") -> None:
    bob.run("note", BOB, "call about the fair", "--on", "2999-01-04")
    said = bob.run("why", BOB).stdout
    assert "you noted for 2999-01-04: call about the fair (nurture note --list)" in said


def test_a_note_comes_with_an_import(bob: "Practice") -> None:
    (bob.folder / "more.csv").write_text("email,note\nzoe@other.example,met at the fair\n")
    assert bob.run("contacts", "import", str(bob.folder / "more.csv")).exit_code == 0
    (row,) = bob.rows("contacts", "show", "zoe@other.example")
    assert row["note"] == "met at the fair"
