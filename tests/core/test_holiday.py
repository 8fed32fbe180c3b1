"""Holidays are those of the country and its part, by the names people use."""

import subprocess
import sys
from datetime import date

import pytest

from nurture.core.calendar.holiday import (
    closed_days,
    holiday_names,
    holidays_called,
    plain_name,
    solemn_name,
    weekend,
)


def days(name: str, place: str, year: int) -> list[str]:
    return [str(each.day) for each in holidays_called(name, place, year)]


@pytest.mark.parametrize(
    ("name", "place", "year", "found"),
    [
        ("Independence Day", "US", 2026, ["2026-07-04"]),  # a Saturday: the day, not its Friday
        ("Independence Day", "MX", 2026, ["2026-09-16"]),
        ("Independence Day", "DE", 2026, []),
        ("Thanksgiving", "CA", 2026, ["2026-10-12"]),
        ("Thanksgiving", "US", 2026, ["2026-11-26"]),
        ("Mother's Day", "GB", 2026, ["2026-03-15"]),
        ("Mothering Sunday", "IE", 2026, ["2026-03-15"]),
        ("Mother's Day", "US", 2026, ["2026-05-10"]),
        ("Halloween", "GB-SCT", 2026, ["2026-10-31"]),
        ("Halloween", "DE", 2026, []),
        ("Burns Night", "GB-SCT", 2026, ["2026-01-25"]),
        ("Burns Night", "GB", 2026, []),
        ("Epiphany", "DE-BY", 2026, ["2026-01-06"]),
        ("Reformation Day", "DE-NI", 2026, ["2026-10-31"]),
        ("Reformation Day", "DE-BY", 2026, []),
        ("Easter", "GR", 2026, ["2026-04-12"]),
        ("Easter", "DE", 2026, ["2026-04-05"]),
        ("Easter", "JP", 2026, ["2026-04-05"]),
        ("Lunar New Year", "CN", 2027, ["2027-02-06"]),
        ("Chinese New Year", "SG", 2027, ["2027-02-06"]),
        ("Diwali", "IN", 2027, ["2027-10-29"]),
        ("Hanukkah", "IL", 2027, ["2027-12-25"]),
        ("Labour Day", "DE", 2026, ["2026-05-01"]),
        ("New Year", "SA", 2027, ["2027-01-01"]),
        ("Labour Day", "ZZ", 2026, []),
    ],
)
def test_a_holiday_falls_on_the_day_its_country_keeps(
    name: str, place: str, year: int, found: list[str]
) -> None:
    assert days(name, place, year) == found


def test_a_feast_of_several_days_is_one_and_two_in_a_year_are_two() -> None:
    assert days("Eid al-Fitr", "SA", 2027) == ["2027-03-09"]
    assert len(days("Eid al-Fitr", "SA", 2033)) == 2
    assert days("Hanukkah", "IL", 2028)[0] == "2028-12-13"  # the one begun in 2027 is not it


def test_an_estimated_day_is_known_for_one_even_where_the_library_hides_it() -> None:
    assert all(each.is_estimated for each in holidays_called("Eid al-Fitr", "SA", 2027))
    assert not any(each.is_estimated for each in holidays_called("Diwali", "IN", 2027))


def test_a_feast_another_country_lends_is_for_those_who_keep_it() -> None:
    (here,), (there,) = (
        holidays_called("Lunar New Year", "CN", 2027),
        holidays_called("Lunar New Year", "FR", 2027),
    )
    assert (here.tradition, there.tradition) == ("", "Lunar New Year")
    assert holidays_called("Rosh Hashanah", "US", 2027)[0].tradition == "jewish"


def test_around_an_estimated_holiday_both_neighbours_are_closed() -> None:
    closed = closed_days("ID", 2027)
    (eid,) = (each.day for each in holidays_called("Eid al-Adha", "ID", 2027))
    assert {date(2027, eid.month, eid.day + way) for way in (-1, 0, 1)} <= closed


def test_a_part_of_a_country_closes_on_its_own_days_too() -> None:
    assert date(2026, 1, 6) in closed_days("DE-BY", 2026)
    assert date(2026, 1, 6) not in closed_days("DE", 2026)
    assert closed_days("DE-NOWHERE", 2026) == closed_days("DE", 2026)
    assert closed_days("ZZ", 2026) == frozenset()


def test_a_weekend_is_that_of_the_country() -> None:
    assert [sorted(weekend(place)) for place in ("SA", "IR", "DE-BY", "ZZ")] == [
        [4, 5],
        [4],
        [5, 6],
        [5, 6],
    ]


@pytest.mark.parametrize(
    ("written", "place", "name"),
    [
        ("4th of July", "US", "Fourth of July"),
        ("st patricks day", "", "Saint Patrick's Day"),
        ("Tag der Deutschen Einheit", "", None),
        ("german unity day", "DE", "German Unity Day"),
        ("German Unity Day", "US", None),
        ("Canada Day", "", "Canada Day"),
    ],
)
def test_a_holiday_is_known_by_its_english_name(written: str, place: str, name: str | None) -> None:
    assert plain_name(written, place) == name


def test_names_of_a_place_are_fewer_than_names_of_all() -> None:
    assert "Halloween" in holiday_names("US")
    assert "Halloween" not in holiday_names("DE")
    assert holiday_names("US") < holiday_names()


@pytest.mark.parametrize(
    ("place", "day", "observes", "name"),
    [
        ("US", "2026-05-25", (), "Memorial Day"),
        ("GB", "2026-11-11", (), "Remembrance Day"),
        ("US", "2026-04-03", (), ""),
        ("US", "2026-04-03", ("catholic",), "Good Friday"),
        ("US", "2026-09-21", ("jewish",), "Yom Kippur"),
        ("US", "2026-09-21", (), ""),
        ("US", "2026-09-22", ("jewish",), ""),
        ("DE", "2026-11-15", (), "National Day of Mourning"),
        ("", "2026-11-15", (), ""),
    ],
)
def test_a_solemn_day_is_one_of_the_country_or_of_their_faith(
    place: str, day: str, observes: tuple[str, ...], name: str
) -> None:
    assert solemn_name(place, date.fromisoformat(day), observes) == name


def test_for_who_lives_nobody_knows_where_the_library_is_not_even_loaded() -> None:
    asked = "import sys; from datetime import date"
    asked += "; from nurture.core.calendar.holiday import solemn_name"
    said = "print([solemn_name('', date(2026, 11, 22), ()), 'holidays' in sys.modules])"
    words = [sys.executable, "-c", f"{asked}; {said}"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['', False]"
