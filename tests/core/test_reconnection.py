"""A silent list is worked off by silence, then by value, every working week, and to an end."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from nurture.core.calendar import is_business_day
from nurture.core.reconnection import (
    SPACING,
    Acquaintance,
    AppointmentState,
    Schedule,
    Silence,
    Terms,
    Week,
    allowance,
    kept_for,
    least_per_week,
    monday_of,
    schedule,
    silence_of,
    weeks_of,
)

TODAY = date(2026, 11, 18)  # a Wednesday
MONDAY = monday_of(TODAY)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
CHRISTMAS = (date(2026, 12, 21), date(2027, 1, 3))


def at_work(day: date) -> bool:
    return is_business_day(day, "DE") and not CHRISTMAS[0] <= day <= CHRISTMAS[1]


TERMS = Terms(per_week=10, keeps=timedelta(weeks=35), spacing=SPACING, is_open=at_work)


def crowd(number: int, seed: int = 1, companies: int = 200) -> list[Acquaintance]:
    dice = Random(seed)
    return [
        Acquaintance(
            contact_id=each,
            last=None if dice.random() < 0.05 else TODAY - DAY * dice.randint(1, 1800),
            value=dice.choice((0, 500, 2_000, 9_000)),
            company_keys=("", f"company-{dice.randrange(companies)}"),
        )
        for each in range(number)
    ]


@pytest.mark.parametrize(
    ("last", "silence"),
    [
        (TODAY, None),
        (date(2026, 5, 19), None),
        (date(2026, 5, 18), Silence.MONTHS),
        (date(2025, 11, 19), Silence.MONTHS),
        (date(2025, 11, 18), Silence.ONE_YEAR),
        (date(2024, 11, 18), Silence.TWO_YEARS),
        (date(2023, 11, 18), Silence.LONGER),
        (None, Silence.LONGER),
    ],
)
def test_how_long_a_silence_is(last: date | None, silence: Silence | None) -> None:
    assert silence_of(last, TODAY) is silence


def test_the_last_day_of_a_long_month_is_silent_with_the_end_of_the_shorter() -> None:
    assert silence_of(date(2026, 8, 31), date(2027, 2, 27)) is None
    assert silence_of(date(2026, 8, 31), date(2027, 2, 28)) is Silence.MONTHS


def test_the_order_is_by_silence_then_by_value_then_by_the_older_contact() -> None:
    people = [
        Acquaintance(1, date(2020, 1, 1), 9_000),
        Acquaintance(2, date(2026, 1, 1), 100),
        Acquaintance(3, date(2026, 2, 1), 500),
        Acquaintance(4, date(2026, 1, 2), 500),
        Acquaintance(5, date(2025, 1, 1), 0),
        Acquaintance(6, None, 50_000),
    ]
    made = schedule(people, TODAY, TERMS).appointments
    assert [each.contact_id for each in made] == [4, 3, 2, 5, 6, 1]
    assert made[0].silence is Silence.MONTHS
    assert {each.week for each in made} == {MONDAY}


def test_every_working_week_has_its_number_until_the_row_is_short() -> None:
    planned = schedule(crowd(500), TODAY, TERMS)
    weeks = Counter(each.week for each in planned.appointments)
    assert len(planned.appointments) == 500
    working = [week for week in sorted(weeks) if any(at_work(week + DAY * n) for n in range(7))]
    assert working == sorted(weeks)
    assert date(2026, 12, 21) not in weeks
    assert date(2026, 12, 28) not in weeks
    assert {weeks[week] for week in working[:40]} == {10}
    assert all(week.weekday() == 0 for week in weeks)


def test_inside_a_week_that_is_half_over_only_days_to_come_count() -> None:
    sunday = MONDAY + 6 * DAY
    (made,) = schedule([Acquaintance(1, None)], sunday, TERMS).appointments
    assert made.week == MONDAY + WEEK


def test_colleagues_come_two_weeks_apart_and_others_go_first_meanwhile() -> None:
    people = [Acquaintance(n, date(2026, 1, 1), 10 - n, ("firm", "")) for n in range(3)]
    people.append(Acquaintance(9, date(2020, 1, 1)))
    made = {each.contact_id: each.week for each in schedule(people, TODAY, TERMS).appointments}
    assert made == {0: MONDAY, 9: MONDAY, 1: MONDAY + 2 * WEEK, 2: MONDAY + 4 * WEEK}


def test_who_falls_silent_meanwhile_joins_before_six_months_are_over() -> None:
    last = date(2026, 9, 1)
    (made,) = schedule([Acquaintance(1, last)], TODAY, TERMS).appointments
    assert made.week == date(2027, 2, 22)  # 1 March would be the first silent day
    assert schedule([Acquaintance(1, last)], TODAY, TERMS).clear_on == TODAY


def silent_on(planned: Schedule, people: list[Acquaintance], day: date) -> int:
    """Who is silent then, where everybody hears from us by the end of their week."""
    begun = {each.contact_id: each.week + WEEK - DAY for each in planned.appointments}
    return sum(
        silence_of(each.last, day) is not None and begun[each.contact_id] >= day for each in people
    )


@pytest.mark.parametrize("seed", range(5))
def test_from_the_promised_day_on_nobody_is_silent_and_a_week_before_somebody_is(
    seed: int,
) -> None:
    people = crowd(300, seed)
    planned = schedule(people, TODAY, TERMS)
    assert planned.clear_on is not None
    for ahead in range(60):
        assert silent_on(planned, people, planned.clear_on + ahead * DAY) == 0
    assert silent_on(planned, people, planned.clear_on - WEEK) > 0


def test_a_number_that_does_not_keep_up_is_said_and_the_least_that_does() -> None:
    people, slow = crowd(500), replace(TERMS, keeps=timedelta(0))
    planned = schedule(people, TODAY, slow)
    assert not planned.keeps_up
    least = least_per_week(people, TODAY, slow)
    assert least is not None
    assert schedule(people, TODAY, replace(slow, per_week=least)).keeps_up
    assert not schedule(people, TODAY, replace(slow, per_week=least - 1)).keeps_up
    assert schedule(people, TODAY, TERMS).keeps_up


def test_an_owner_who_never_works_is_never_done() -> None:
    planned = schedule(crowd(5), TODAY, replace(TERMS, is_open=lambda _: False))
    assert (planned.appointments, planned.clear_on, planned.keeps_up) == ((), None, False)


def test_with_nobody_there_is_nothing_to_plan() -> None:
    assert schedule([], TODAY, TERMS) == Schedule((), TODAY, None)


def test_a_walk_keeps_in_touch_up_to_its_first_half_year_of_silence() -> None:
    days = [timedelta(days=each) for each in (0, 21, 63, 160, 400)]
    assert kept_for(days) == timedelta(days=160)
    assert kept_for([]) == timedelta(0)


@pytest.mark.parametrize(
    ("planned", "before", "begun", "room"),
    [
        (10, 0, 0, 10),
        (10, 0, 10, 0),
        (30, 10, 0, 15),
        (30, 10, 15, 0),
        (12, 10, 1, 1),
        (9, 9, 0, 0),
    ],
)
def test_what_was_missed_is_caught_up_by_half_as_many_again(
    planned: int, before: int, begun: int, room: int
) -> None:
    assert allowance(planned, before, begun, per_week=10) == room


def test_progress_counts_weeks_and_how_many_are_behind() -> None:
    begun, dropped = AppointmentState.BEGUN, AppointmentState.DROPPED
    turns = [
        (MONDAY, begun, MONDAY + DAY),
        (MONDAY, begun, MONDAY + 8 * DAY),
        (MONDAY, AppointmentState.PLANNED, None),
        (MONDAY + WEEK, dropped, MONDAY + DAY),
        (MONDAY + 2 * WEEK, AppointmentState.PLANNED, None),
    ]
    assert weeks_of(turns, MONDAY + 9 * DAY) == (
        Week(MONDAY, 3, 1, 1, 1),
        Week(MONDAY + WEEK, 1, 1, 0, 1),
        Week(MONDAY + 2 * WEEK, 1, 0, 0, 0),
    )
