"""Seasons and days away begin and end on their days, New Year or not."""

from datetime import date

import pytest

from nurture.core.calendar.season import Away, Season, YearDay

WINTER = Season("holidays", YearDay(12, 20), YearDay(1, 6))
TAX = Season("tax season", YearDay(1, 15), YearDay(4, 15), frozenset({"US"}))


@pytest.mark.parametrize(
    ("season", "day", "is_covered"),
    [
        (WINTER, "2026-12-19", False),
        (WINTER, "2026-12-20", True),
        (WINTER, "2027-01-06", True),
        (WINTER, "2027-01-07", False),
        (TAX, "2027-01-14", False),
        (TAX, "2027-01-15", True),
        (TAX, "2027-04-15", True),
        (TAX, "2027-04-16", False),
    ],
)
def test_a_season_includes_both_its_ends(season: Season, day: str, *, is_covered: bool) -> None:
    assert season.covers(date.fromisoformat(day)) is is_covered


def test_a_season_over_new_year_ends_in_the_next_one() -> None:
    assert WINTER.beginning(2026) == date(2026, 12, 20)
    assert WINTER.end(2026) == date(2027, 1, 6)
    assert TAX.end(2026) == date(2026, 4, 15)


def test_a_season_is_where_it_says_or_everywhere() -> None:
    assert TAX.is_in("US")
    assert not TAX.is_in("DE")
    assert not TAX.is_in("")
    assert WINTER.is_in("DE")


def test_the_29th_of_february_is_the_28th_where_there_is_none() -> None:
    leap = YearDay(2, 29)
    assert [leap.in_year(year).day for year in (2027, 2028)] == [28, 29]
    assert str(leap) == "29 February"


def test_days_away_include_both_ends() -> None:
    away = Away(date(2026, 7, 10), date(2026, 7, 24), "holidays")
    covered = [date(2026, 7, day) for day in range(1, 32) if away.covers(date(2026, 7, day))]
    assert (covered[0].day, covered[-1].day) == (10, 24)
