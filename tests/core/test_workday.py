"""The days on which everybody concerned is at work (core.workday)."""

from dataclasses import replace
from datetime import date

from nurture.core.account import Owner
from nurture.core.account.workday import Workdays
from nurture.core.calendar import Window
from nurture.core.calendar.season import Away, Calendar
from nurture.core.contact import Contact

ANNA = Owner("Anna", "anna@firm.example", "Europe/Vienna", "Ring 1", country="AT")
FRIDAY = date(2026, 10, 23)  # the Monday after it is Austria's national day
PIERRE = Contact("pierre@firm.example", country="FR")


def test_weekends_and_the_owners_holidays_are_passed_over() -> None:
    workdays = Workdays.of(ANNA, Calendar())
    assert workdays.after(FRIDAY, 1) == date(2026, 10, 27)
    assert workdays.from_day(date(2026, 10, 24)) == date(2026, 10, 27)
    assert workdays.from_day(FRIDAY) == FRIDAY
    assert workdays.after(FRIDAY, 0) == FRIDAY


def test_a_holiday_of_either_country_is_no_working_day_of_both() -> None:
    both = Workdays.of(ANNA, Calendar(), PIERRE)
    assert not both.is_open(date(2026, 10, 26))  # Austria
    assert not both.is_open(date(2026, 11, 11))  # France
    assert Workdays.of(ANNA, Calendar()).is_open(date(2026, 11, 11))


def test_where_no_country_is_known_only_the_weekend_is_closed() -> None:
    workdays = Workdays.of(replace(ANNA, country=""), Calendar())
    assert workdays.after(FRIDAY, 1) == date(2026, 10, 26)


def test_days_of_absence_are_none() -> None:
    calendar = Calendar(away=(Away(date(2026, 10, 27), date(2026, 10, 30)),))
    workdays = Workdays.of(ANNA, calendar)
    assert workdays.after(FRIDAY, 1) == date(2026, 11, 2)


def test_a_deadline_on_a_closed_day_is_drawn_forward_but_not_before_the_earliest() -> None:
    workdays = Workdays.of(ANNA, Calendar())
    assert workdays.until_day(date(2026, 10, 26), FRIDAY) == FRIDAY
    assert workdays.until_day(date(2026, 10, 26), date(2026, 10, 24)) == date(2026, 10, 27)


def test_an_absence_without_end_does_not_hang() -> None:
    calendar = Calendar(away=(Away(date(2026, 1, 1), date(2036, 1, 1)),))
    assert Workdays.of(ANNA, calendar).from_day(FRIDAY) == FRIDAY


def test_an_owner_who_works_three_days_and_is_away_says_so_in_the_settings() -> None:
    part_time = replace(
        ANNA,
        hours=Window(frozenset({0, 1, 2})),
        away=(Away(date(2026, 11, 2), date(2026, 11, 3)),),
    )
    workdays = Workdays.of(part_time, Calendar())
    assert workdays.after(date(2026, 10, 28), 1) == date(2026, 11, 4)
