"""`nurture handoffs`: who waits, with their words; one takes it, and it is closed once."""

from typing import TYPE_CHECKING

import pytest

from nurture.wiring.world import World

if TYPE_CHECKING:
    from tests.cli.conftest import Practice


def test_nobody_waits_at_first(practice: "Practice") -> None:
    assert practice.run("handoffs").stdout == "nobody waits for you\n"
    assert practice.rows("handoffs") == []


def test_who_waits_is_told_with_their_words(answered: "Practice") -> None:
    result = answered.run("handoffs")
    assert "bob@firm.example" in result.stdout
    assert "Thanks, call me" in result.stdout
    (row,) = answered.rows("handoffs")
    assert (row["handoff"], row["subject"], row["text"]) == (1, "Re: Hello", "Thanks, call me")
    assert (row["state"], row["outcome"]) == ("open", "")


def test_only_the_first_who_takes_it_has_it(answered: "Practice") -> None:
    first = answered.run("handoffs", "take", "1", "--as", "Otto")
    assert first.exit_code == 0
    assert "nurture handoffs close 1" in first.stdout
    second = answered.run("handoffs", "take", "1")
    assert second.exit_code == 1
    assert "Otto has taken handoff 1; see `nurture handoffs --all`" in second.stderr
    (row,) = answered.rows("handoffs", "list")
    assert (row["state"], row["who"]) == ("taken", "Otto")


def test_what_is_taken_can_be_given_back_put_off_or_waited_for(answered: "Practice") -> None:
    answered.run("handoffs", "take", "1")
    assert answered.run("handoffs", "release", "1").stdout == "handoff 1 is open again\n"
    assert answered.run("handoffs", "release", "1").exit_code == 1
    # 1 January 2099 is a holiday for everybody, and the 2nd a Friday.
    put_off = answered.run("handoffs", "snooze", "1", "2099-01-03")
    assert put_off.stdout == "handoff 1 comes back 2099-01-05 08:30\n"
    assert answered.rows("handoffs")[0]["state"] == "snoozed"
    waiting = answered.run("handoffs", "wait", "1", "--until", "2099-01-06")
    assert waiting.stdout == "handoff 1 waits for them, until 2099-01-06 08:30 at most\n"
    past = answered.run("handoffs", "snooze", "1", "2020-01-01")
    assert past.exit_code == 1
    assert "that time is past" in past.stderr


def test_a_closed_one_leaves_the_list_and_stays_closed(answered: "Practice") -> None:
    closed = answered.run("handoffs", "close", "1", "--outcome", "later", "--on", "2099-01-06")
    assert closed.stdout == "handoff 1 is closed: later; you are reminded 2099-01-06 08:30\n"
    assert answered.rows("handoffs") == []
    (row,) = answered.rows("handoffs", "--all")
    assert (row["state"], row["outcome"]) == ("closed", "later")
    again = answered.run("handoffs", "close", "1")
    assert again.exit_code == 1
    assert "handoff 1 is closed already: later" in again.stderr
    nothing = answered.run("handoffs", "close", "9")
    assert nothing.exit_code == 2
    assert "there is no handoff 9" in nothing.stderr


def test_h6_the_close_says_what_comes_next(answered: "Practice") -> None:
    on = ("--then", "resume", "--on", "2099-01-06", "--note", "after the move")
    assert answered.run("handoffs", "close", "1", *on).stdout == (
        "handoff 1 is closed: done; 1 resumed\n"
    )
    assert "2099-01-06" in answered.run("why", "bob@firm.example").stdout
    assert answered.rows("handoffs", "--all")[0]["note"] == "after the move"


def test_h6_they_can_be_moved_over_to_another_sequence(answered: "Practice") -> None:
    to = ("--then", "move", "--sequence", "lost-prospect", "--on", "2099-01-06")
    closed = answered.run("handoffs", "close", "1", "--outcome", "won", "--amount", "4200", *to)
    assert closed.stdout == (
        "handoff 1 is closed: won; their sequences have ended; they are in lost-prospect now\n"
    )
    assert answered.rows("handoffs", "--all")[0]["amount"] == 4200
    due = [row for row in answered.rows("status") if row["kind"] == "due"]
    assert {row["sequence"] for row in due} == {"lost-prospect"}
    assert all(str(row["due_at"]) >= "2099-01-06" for row in due)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--outcome", "later"), "say on which day"),
        (("--then", "remind"), "say on which day"),
        (("--then", "move"), "say where to"),
        (("--then", "move", "--sequence", "tip"), "no usable sequence 'tip'"),
        (("--sequence", "tips"), "--sequence belongs to --then move"),
        (("--then", "stop", "--on", "2099-01-06"), "--on has no meaning"),
    ],
)
def test_a_close_that_cannot_be_meant_changes_nothing(
    answered: "Practice", words: tuple[str, ...], why: str
) -> None:
    result = answered.run("handoffs", "close", "1", *words)
    assert result.exit_code == 2
    assert why in result.stderr
    assert answered.rows("handoffs")[0]["state"] == "open"


def test_the_brief_can_be_read_here_too(answered: "Practice") -> None:
    assert answered.run("handoffs", "show", "1").stdout.startswith("Thanks, call me\n")
    assert answered.run("handoffs", "show", "9").exit_code == 2


@pytest.mark.parametrize(("outcome", "is_suppressed"), [("opted_out", True), ("done", False)])
def test_an_opt_out_that_a_person_hears_is_for_ever(
    answered: "Practice", outcome: str, is_suppressed: bool
) -> None:
    answered.run("handoffs", "close", "1", "--outcome", outcome)

    async def refused(world: World) -> bool:
        return bool(await world.store.people.suppressed(["bob@firm.example"]))

    assert answered.before(refused) is is_suppressed


def test_whoever_was_won_has_left_every_sequence(answered: "Practice") -> None:
    result = answered.run("handoffs", "close", "1", "--outcome", "won")
    assert result.stdout == "handoff 1 is closed: won; their sequences have ended\n"
    assert "former-client is ended: won" in answered.run("why", "bob@firm.example").stdout
