"""How much human work an owner can take on (core.capacity)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from nurture.core.capacity import Capacity, Load
from nurture.core.contact import Contact
from nurture.core.task import TaskState, own_task

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BOB = Contact("bob@firm.example", id=3)
FIVE_A_WEEK = Capacity(per_week=5, per_day=2)


def test_the_load_is_what_is_due_within_a_week_overdue_work_first_of_all() -> None:
    days = [-3, 0, 3, 7, 8, 30]
    tasks = [own_task(BOB, "anna", "x", TODAY + timedelta(days=each), NOW) for each in days]
    done = replace(tasks[0], state=TaskState.DONE)
    assert Load.of([*tasks, done], TODAY, 2, 1) == Load(4, 2, 2, 1)


def test_there_is_room_for_what_is_left_of_week_and_day() -> None:
    assert FIVE_A_WEEK.room(Load()) == 2
    assert FIVE_A_WEEK.room(Load(due=3, begun=1)) == 1
    assert FIVE_A_WEEK.room(Load(due=9)) == 0
    assert FIVE_A_WEEK.room(Load(due_today=1, begun_today=1)) == 0


def test_without_a_limit_there_is_room_for_any_number() -> None:
    assert Capacity(0, 0).room(Load(due=900)) is None
    assert Capacity(0, 4).room(Load(due=900)) == 4


def test_it_is_said_why_there_is_none() -> None:
    assert FIVE_A_WEEK.why_full(Load(due=1)) == ""
    assert "5 tasks of yours are due within a week" in FIVE_A_WEEK.why_full(Load(due=5))
    assert "you can do 2 a day" in FIVE_A_WEEK.why_full(Load(due=2, due_today=2))
