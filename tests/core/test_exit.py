"""The ways out of a walk that a sequence names (domain.md E7, E9)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from nurture.core.calendar import Unit, Wait
from nurture.core.condition import Facts, read_condition
from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment, State
from nurture.core.sequence.exit import Exits, Past, ending

NOW = datetime(2027, 3, 2, 9, tzinfo=UTC)
TODAY = NOW.date()
DAY = timedelta(days=1)
BEGUN = NOW - 400 * DAY
WALK = Enrollment(1, 1, "anna", "tips", "r1", State.ACTIVE, "first", BEGUN, BEGUN, BEGUN)
BOB = Contact("bob@firm.example", tags=("booked",))


def said(exits: Exits, past: Past | None = None, today: date = TODAY) -> str:
    """Which way out is open for Bob."""
    return ending(exits, WALK, BOB, Facts(today=today), past or Past(), "UTC", NOW)


def ago(*days: int) -> tuple[datetime, ...]:
    """Instants so many days ago."""
    return tuple(NOW - each * DAY for each in days)


def test_without_a_way_out_nothing_ends() -> None:
    assert said(Exits(), Past(ago(1, 2, 3))) == ""


def test_a_goal_that_is_reached_ends_it() -> None:
    goal = read_condition("tags include booked")
    assert said(Exits(goal=goal)) == "the goal is reached: tags include booked"
    assert said(Exits(goal=read_condition("tags include lost"))) == ""


def test_the_end_date_is_the_last_day() -> None:
    exits = Exits(on=date(2027, 3, 2))
    assert said(exits) == ""
    assert said(exits, today=date(2027, 3, 3)) == "the sequence ended on 2027-03-02"


@pytest.mark.parametrize(
    ("lasts", "words"),
    [
        (Wait(400, Unit.DAYS), "400 days have gone by"),
        (Wait(401, Unit.DAYS), ""),
        (Wait(1, Unit.YEARS), "1 year has gone by"),
    ],
)
def test_it_lasts_no_longer_than_it_says(lasts: Wait, words: str) -> None:
    assert said(Exits(lasts=lasts)) == words


@pytest.mark.parametrize(
    ("touched", "heard", "is_over"),
    [
        (ago(30, 20, 10), None, True),
        (ago(30, 20), None, False),
        (ago(400, 20, 10), None, False),
        (ago(30, 20, 10), NOW - 25 * DAY, False),
        (ago(30, 20, 10), NOW - 30 * DAY, False),
        (ago(30, 20, 10), NOW - 31 * DAY, True),
        (ago(30, 20, 10), NOW - 500 * DAY, True),
    ],
)
def test_silent_touches_count_in_a_year_since_they_last_wrote(
    touched: tuple[datetime, ...], heard: datetime | None, is_over: bool
) -> None:
    words = "3 touches in a year went unanswered" if is_over else ""
    assert said(Exits(silent_touches=3), Past(touched, heard)) == words


def test_a_reached_goal_is_told_before_any_other_way_out() -> None:
    exits = Exits(goal=read_condition("tags include booked"), on=date(2020, 1, 1))
    assert said(exits).startswith("the goal is reached")


@pytest.mark.parametrize(
    ("exits", "is_sure"),
    [
        (Exits(), False),
        (Exits(goal=read_condition("tags include booked"), leaves_audience=True), False),
        (Exits(silent_touches=3), True),
        (Exits(on=date(2030, 1, 1)), True),
        (Exits(lasts=Wait(3, Unit.YEARS)), True),
    ],
)
def test_only_some_ways_out_are_sure_to_be_taken(exits: Exits, is_sure: bool) -> None:
    assert exits.is_sure is is_sure
