"""`nurture resume` gives a contact back to the machine, not before the day that is named."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Practice


def test_what_was_handed_off_goes_on_from_that_day_in_the_owners_zone(
    answered: "Practice",
) -> None:
    result = answered.run("resume", "bob@firm.example", "--on", "2099-01-11")
    assert result.exit_code == 0
    assert "1 resumed, from 2099-01-11 00:00" in result.stdout
    assert "handoff 1 is still open: nurture handoffs close 1" in result.stdout
    rows = answered.rows("why", "bob@firm.example")
    walk = next(row for row in rows if row["kind"] == "enrollment")
    assert (walk["state"], str(walk["due_at"])[:10]) == ("active", "2099-01-10")


def test_who_is_not_stopped_cannot_be_resumed(answered: "Practice") -> None:
    answered.run("resume", "bob@firm.example")
    again = answered.run("resume", "bob@firm.example")
    assert again.exit_code == 1
    assert "nothing of bob@firm.example is paused or handed off" in again.stderr


def test_the_reason_stands_in_the_ledger(answered: "Practice") -> None:
    answered.run("resume", "bob@firm.example", "--why", "we spoke on the phone")
    reasons = [row["why"] for row in answered.rows("why", "bob@firm.example")]
    assert "we spoke on the phone" in reasons


def test_nobody_is_resumed_by_a_slip(answered: "Practice") -> None:
    result = answered.run("resume", "bab@firm.example")
    assert result.exit_code == 2
    assert "bab@firm.example is no contact: see `nurture contacts list`" in result.stderr
