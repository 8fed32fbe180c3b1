"""Waits, working days and windows hold on the wall clock of whoever they concern."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nurture.core.calendar import (
    Unit,
    Wait,
    Window,
    add_business_days,
    is_business_day,
    local_day,
    spread,
)
from nurture.core.contact.place import zones_of_country

DAY = Wait(1, Unit.DAYS)
BERLIN = "Europe/Berlin"
MILLENNIUM = datetime(2000, 1, 1, tzinfo=UTC)


def wall(zone: str, text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Pacific/Auckland", 23), ("Europe/Berlin", 22), ("Pacific/Honolulu", 22)],
)
def test_one_instant_falls_on_the_day_of_the_zone(zone: str, day: int) -> None:
    assert local_day(datetime(2026, 11, 22, 11, 30, tzinfo=UTC), zone) == date(2026, 11, day)


@pytest.mark.parametrize(
    ("count", "unit", "start", "end"),
    [
        (36, Unit.HOURS, "2026-05-04 10:15", "2026-05-05 22:15"),
        (10, Unit.DAYS, "2026-05-04 10:15", "2026-05-14 10:15"),
        (3, Unit.BUSINESS_DAYS, "2026-05-07 10:15", "2026-05-12 10:15"),
        (6, Unit.WEEKS, "2026-05-04 10:15", "2026-06-15 10:15"),
        (2, Unit.MONTHS, "2026-05-04 10:15", "2026-07-04 10:15"),
        (2, Unit.YEARS, "2026-05-04 10:15", "2028-05-04 10:15"),
        (1, Unit.MONTHS, "2026-01-31 09:00", "2026-02-28 09:00"),
        (1, Unit.MONTHS, "2028-01-31 09:00", "2028-02-29 09:00"),
        (4, Unit.MONTHS, "2026-10-31 09:00", "2027-02-28 09:00"),
        (1, Unit.DAYS, "2028-02-28 09:00", "2028-02-29 09:00"),
        (1, Unit.YEARS, "2028-02-29 09:00", "2029-02-28 09:00"),
        (4, Unit.YEARS, "2028-02-29 09:00", "2032-02-29 09:00"),
        (2, Unit.WEEKS, "2026-03-20 09:00", "2026-04-03 09:00"),  # summer time begins between
        (6, Unit.MONTHS, "2026-07-01 09:00", "2027-01-01 09:00"),  # and ends
    ],
)
def test_a_wait_ends_at_the_same_wall_time(count: int, unit: Unit, start: str, end: str) -> None:
    assert Wait(count, unit).after(wall(BERLIN, start), BERLIN) == wall(BERLIN, end)


SKIPPED = [
    (BERLIN, "2026-03-29 02:30", "2026-03-29 03:30"),
    ("America/New_York", "2026-03-08 02:30", "2026-03-08 03:30"),
    ("Australia/Lord_Howe", "2026-10-04 02:10", "2026-10-04 02:40"),
    ("Pacific/Auckland", "2026-09-27 02:15", "2026-09-27 03:15"),
    ("America/Santiago", "2026-09-06 00:30", "2026-09-06 01:30"),
]
TWICE = [
    (BERLIN, "2026-10-25 02:30", "2026-10-25T00:30Z"),
    ("America/New_York", "2026-11-01 01:30", "2026-11-01T05:30Z"),
    ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04T14:45Z"),
    ("Pacific/Auckland", "2026-04-05 02:30", "2026-04-04T13:30Z"),
    ("America/Santiago", "2026-04-04 23:30", "2026-04-05T02:30Z"),
]


@pytest.mark.parametrize(("zone", "skipped", "instead"), SKIPPED)
def test_a_wall_time_that_the_clocks_skip_moves_forward_by_the_gap(
    zone: str, skipped: str, instead: str
) -> None:
    start = wall(zone, skipped) - timedelta(days=1)
    start = wall(zone, f"{start.astimezone(ZoneInfo(zone)):%Y-%m-%d} {skipped[11:]}")
    assert DAY.after(start, zone) == wall(zone, instead)


@pytest.mark.parametrize(("zone", "twice", "instant"), TWICE)
@pytest.mark.parametrize("unit", [Unit.DAYS, Unit.BUSINESS_DAYS])
def test_a_wall_time_that_occurs_twice_is_taken_the_first_time(
    zone: str, twice: str, instant: str, unit: Unit
) -> None:
    day_before = date.fromisoformat(twice[:10]) - timedelta(days=1)
    start = wall(zone, f"{day_before} {twice[11:]}")
    if unit is Unit.BUSINESS_DAYS:  # both nights are at a weekend: the next working day is Monday
        ends = Wait(1, unit).after(start, zone).astimezone(ZoneInfo(zone))
        assert (ends.weekday(), f"{ends:%H:%M}") == (0, twice[11:])
    else:
        assert DAY.after(start, zone) == datetime.fromisoformat(instant)


@pytest.mark.parametrize(("zone", "skipped", "_instead"), SKIPPED)
def test_hours_are_hours_whatever_the_clocks_do(zone: str, skipped: str, _instead: str) -> None:
    before = wall(zone, skipped) - timedelta(hours=5)
    assert Wait(12, Unit.HOURS).after(before, zone) - before == timedelta(hours=12)
    local = before.astimezone(ZoneInfo(zone))
    assert Wait(12, Unit.HOURS).after(local, zone) == before + timedelta(hours=12)


@settings(max_examples=200, derandomize=True)
@given(
    st.timedeltas(timedelta(0), timedelta(days=7000)).map(lambda late: MILLENNIUM + late),
    st.integers(1, 400),
    st.sampled_from(list(Unit)),
    st.sampled_from([row[0] for row in SKIPPED]),
)
def test_every_wait_ends_later_in_utc_at_its_wall_time(
    start: datetime, count: int, unit: Unit, zone: str
) -> None:
    end = Wait(count, unit).after(start, zone)
    assert end > start
    assert end.tzinfo is UTC
    if unit is not Unit.HOURS:
        was, is_now = start.astimezone(ZoneInfo(zone)), end.astimezone(ZoneInfo(zone))
        moved = datetime.combine(is_now, is_now.time()) - datetime.combine(is_now, was.time())
        assert moved in {timedelta(0), timedelta(minutes=30), timedelta(hours=1)}


def test_one_of_a_unit_is_told_in_the_singular() -> None:
    assert [str(DAY), str(Wait(2, Unit.BUSINESS_DAYS))] == ["1 day", "2 business days"]


@pytest.mark.parametrize(
    ("country", "day", "count", "then"),
    [
        ("", "2026-04-02", 1, "2026-04-03"),
        ("DE", "2026-04-02", 1, "2026-04-07"),  # Good Friday, Easter Monday
        ("", "2026-05-09", 0, "2026-05-11"),
        ("", "2026-05-11", 0, "2026-05-11"),
        ("DE", "2026-08-06", 2, "2026-08-10"),
        ("IL", "2026-05-07", 1, "2026-05-10"),  # Friday and Saturday are the weekend
        ("SA", "2026-06-11", 1, "2026-06-14"),
        ("AE", "2026-05-08", 1, "2026-05-11"),  # Saturday and Sunday since 2022
        ("US", "2026-11-25", 1, "2026-11-27"),  # Thanksgiving
        ("US", "2027-12-30", 1, "2028-01-03"),  # New Year on a Saturday, kept on the Friday
        ("ZZ", "2026-05-08", 1, "2026-05-11"),
    ],
)
def test_business_days_are_those_of_the_country(
    country: str, day: str, count: int, then: str
) -> None:
    assert str(add_business_days(date.fromisoformat(day), count, country)) == then


@pytest.mark.parametrize(
    ("country", "day", "is_open"),
    [("IL", "2026-05-10", True), ("IL", "2026-05-08", False), ("DE", "2026-05-10", False),
     ("DE", "2026-10-03", False), ("", "2026-12-25", True), ("DE", "2026-12-25", False)],
)  # fmt: skip
def test_offices_are_open_as_the_country_has_it(country: str, day: str, is_open: bool) -> None:
    assert is_business_day(date.fromisoformat(day), country) is is_open


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-05-04 08:29:59", False),
        ("2026-05-04 08:30", True),
        ("2026-05-04 16:59:59", True),
        ("2026-05-04 17:00", False),
        ("2026-05-09 12:00", False),
        ("2026-12-25 12:00", False),
    ],
)
def test_p6_a_window_opens_on_its_minute_and_closes_on_its_minute(at: str, is_open: bool) -> None:
    assert Window().is_open(wall(BERLIN, at), [BERLIN], "DE") is is_open


def test_p6_a_friday_is_closed_where_it_is_the_weekend() -> None:
    friday, zone = wall("Asia/Riyadh", "2026-06-12 12:00"), ["Asia/Riyadh"]
    assert not Window().is_open(friday, zone, "SA")
    assert Window().is_open(friday, zone)
    opens = Window().next_open(friday, zone, "SA")
    assert opens == wall("Asia/Riyadh", "2026-06-15 08:30")


def test_a_weekend_day_that_the_owner_names_is_open() -> None:
    saturdays = Window(frozenset({5}))
    assert saturdays.is_open(wall(BERLIN, "2026-05-09 12:00"), [BERLIN], "DE")


def test_closing_at_midnight_means_the_end_of_the_day() -> None:
    window = Window(closes=time(0))
    assert window.is_open(wall(BERLIN, "2026-05-04 23:59"), [BERLIN])
    assert not window.is_open(wall(BERLIN, "2026-05-05 00:00"), [BERLIN])


def test_p6_mail_to_a_country_of_many_zones_waits_for_daytime_in_all_of_them() -> None:
    zones = zones_of_country("US")
    opens = Window().next_open(datetime(2026, 5, 4, 12, tzinfo=UTC), zones, "US")
    assert opens == wall("Pacific/Honolulu", "2026-05-04 08:30")
    assert opens.astimezone(ZoneInfo("America/New_York")).time() == time(14, 30)


def test_p6_a_country_whose_days_never_meet_has_no_opening() -> None:
    at = datetime(2026, 5, 4, 12, tzinfo=UTC)
    assert Window().next_open(at, zones_of_country("RU"), "RU") is None
    assert Window().next_open(at, ["Europe/Moscow"], "RU") is not None


QUARTERS = st.integers(16, 95).map(lambda n: time(n // 4, n % 4 * 15))


@settings(max_examples=80, derandomize=True)
@given(
    st.timedeltas(timedelta(days=9500), timedelta(days=10_200)).map(lambda late: MILLENNIUM + late),
    st.sets(st.integers(0, 6), min_size=1),
    QUARTERS,
    QUARTERS,
    st.sampled_from([
        ((BERLIN,), "DE"), (("Asia/Kathmandu",), "NP"), (("Australia/Lord_Howe",), ""),
        ((BERLIN, "America/New_York"), ""), (("Pacific/Auckland", "Pacific/Chatham"), "NZ"),
        (zones_of_country("AU"), "AU"), (zones_of_country("KI"), ""),
    ]),
)  # fmt: skip
def test_p6_the_next_opening_is_open_and_is_the_first(
    at: datetime, days: set[int], opens: time, closes: time, place: tuple[tuple[str, ...], str]
) -> None:
    assume(opens < closes)
    window, (zones, country) = Window(frozenset(days), opens, closes), place
    found = window.next_open(at, zones, country)
    end = found or at + timedelta(days=50)
    if found:
        assert found >= at
        assert window.is_open(found, zones, country)
    # Every opening lies on a quarter of an hour, so that looking at these misses none.
    look = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    while (look := look + timedelta(minutes=15)) < end:
        assert not window.is_open(look, zones, country)
    assert found in {at, None} or not window.is_open(at, zones, country)


def test_a_spread_is_the_same_after_every_restart() -> None:
    width = timedelta(minutes=90)
    assert spread(7, "thanks", width=width) == timedelta(seconds=5350.655591)
    assert spread("a", "b", width=width) != spread("ab", width=width)


@settings(max_examples=100, derandomize=True)
@given(st.integers(), st.text(), st.timedeltas(timedelta(0), timedelta(days=9)))
def test_a_spread_stays_within_its_width(key: int, step: str, width: timedelta) -> None:
    assert timedelta(0) <= spread(key, step, width=width) <= width


def test_a_spread_reaches_the_whole_width() -> None:
    seen = [spread(key, "thanks", width=timedelta(minutes=90)) for key in range(200)]
    assert min(seen) < timedelta(minutes=5)
    assert max(seen) > timedelta(minutes=85)
