"""`nurture handoffs`: who waits, with their words; one takes it, and it is closed once."""

from typing import TYPE_CHECKING

import pytest

from nurture.wiring import World

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
    first = answered.run("handoffs", "take", "1")
    assert first.exit_code == 0
    assert "nurture handoffs close 1" in first.stdout
    second = answered.run("handoffs", "take", "1")
    assert second.exit_code == 1
    assert "handoff 1 is not open: see `nurture handoffs --all`" in second.stderr


def test_a_closed_one_leaves_the_list_and_stays_closed(answered: "Practice") -> None:
    assert answered.run("handoffs", "close", "1", "--outcome", "later").exit_code == 0
    assert answered.rows("handoffs") == []
    (row,) = answered.rows("handoffs", "--all")
    assert (row["state"], row["outcome"]) == ("closed", "later")
    again = answered.run("handoffs", "close", "1")
    assert again.exit_code == 2
    assert "there is no open handoff 1" in again.stderr


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
