"""Our own table of days: every rule computes, every name is found however people write it."""

from datetime import date

import pytest

from nurture.core.calendar.feast import (
    day_by_rule,
    day_of_year,
    feast_names,
    feasts_called,
    keeps,
    key_of,
    sounds_solemn,
    tradition_of,
)


@pytest.mark.parametrize(
    ("rule", "year", "day"),
    [
        ("31 October", 2026, "2026-10-31"),
        ("4th Thursday of November", 2026, "2026-11-26"),
        ("4th Thursday of November + 1", 2027, "2027-11-26"),
        ("last Monday of May", 2026, "2026-05-25"),
        ("1st Sunday of May", 2027, "2027-05-02"),
        ("Sunday from 27 November", 2022, "2022-11-27"),
        ("Sunday from 27 November", 2023, "2023-12-03"),
        ("Easter", 2027, "2027-03-28"),
        ("Easter - 21", 2026, "2026-03-15"),
        ("Orthodox Easter", 2027, "2027-05-02"),
        ("Orthodox Easter - 2", 2026, "2026-04-10"),
    ],
)
def test_a_rule_gives_its_day(rule: str, year: int, day: str) -> None:
    assert day_by_rule(rule, year) == date.fromisoformat(day)


@pytest.mark.parametrize("rule", ["Blursday", "31 Octember", "", "Easter -"])
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="no rule"):
        day_by_rule(rule, 2026)


def test_every_line_of_the_table_computes_or_lends_or_asks_the_library() -> None:
    for name in feast_names():
        for feast in feasts_called(name):
            if feast.rule:
                assert all(day_by_rule(feast.rule, year).year == year for year in range(2024, 2034))


@pytest.mark.parametrize(
    "written",
    ["St. Patrick's Day", "St Patricks Day", "saint patrick’s day", "ST PATRICK'S DAY"],
)
def test_a_name_is_found_however_it_is_written(written: str) -> None:
    assert {feast.name for feast in feasts_called(written)} == {"Saint Patrick's Day"}


def test_accents_and_hyphens_do_not_tell_names_apart() -> None:
    assert key_of("São  Tomé's Eid al-Fitr") == "sao tomes eid al fitr"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("4 January", (1, 4)),
        ("January 4", (1, 4)),
        ("29 february", (2, 29)),
        ("30 February", None),
        ("0 May", None),
        ("4 Janury", None),
        ("January", None),
    ],
)
def test_a_day_of_the_year_is_one_of_its_month(written: str, day: tuple[int, int] | None) -> None:
    assert day_of_year(written) == day


@pytest.mark.parametrize(
    ("name", "tradition"),
    [
        ("Assumption Day", "christian"),
        ("Prophet's Birthday", "muslim"),
        ("Maha Shivaratri", "hindu"),
        ("Orthodox Good Friday", "orthodox"),
        ("Shavuot", "jewish"),
        ("The Buddha's Birthday", "buddhist"),
        ("Labor Day", ""),
        ("Spring Bank Holiday", ""),
    ],
)
def test_a_name_that_sounds_of_a_faith_belongs_to_it(name: str, tradition: str) -> None:
    assert tradition_of(name) == tradition


def test_mourning_is_heard_in_a_name() -> None:
    assert sounds_solemn("Genocide Remembrance Day")
    assert sounds_solemn("Martyrs' Day")
    assert not sounds_solemn("Republic Day")


@pytest.mark.parametrize(
    ("observes", "is_kept"),
    [
        (("muslim",), True),
        (("Islam",), True),
        (("Eid",), True),
        (("eid al-fitr",), True),
        (("Eid al-Adha",), False),
        (("christian",), False),
        ((), False),
    ],
)
def test_a_day_is_kept_by_its_name_or_by_its_faith(
    observes: tuple[str, ...], *, is_kept: bool
) -> None:
    assert keeps(observes, "muslim", "Eid al-Fitr") is is_kept
