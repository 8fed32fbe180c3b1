"""Working time stands still at night, at weekends, on holidays, and while somebody is away."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.core.calendar import Window
from nurture.core.calendar.office import Office
from nurture.core.calendar.season import Away

HOUR = timedelta(hours=1)
VIENNA = Office("Europe/Vienna", "AT", Window(opens=time(9), closes=time(17)))
LONDON = Office("Europe/London", "", Window(opens=time(9), closes=time(17)))


def at(day: int, hour: int, minute: int = 0, month: int = 5) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "stretch", "then"),
    [
        (at(5, 8), HOUR, at(5, 9)),
        (at(5, 6), HOUR, at(5, 8)),  # before nine: from the opening
        (at(5, 14, 30), HOUR, at(6, 7, 30)),  # half an hour today, half tomorrow
        (at(5, 14), HOUR, at(6, 7)),  # never at the closing hour itself
        (at(8, 14, 45), HOUR, at(11, 7, 45)),  # over a weekend
        # The 14th of May 2026 is Ascension Day in Austria.
        (at(13, 14, 30), HOUR, at(15, 7, 30)),
        (at(13, 16), timedelta(0), at(15, 7)),
    ],
)
def test_h1_working_time_goes_by_in_office_hours_alone(
    start: datetime, stretch: timedelta, then: datetime
) -> None:
    assert VIENNA.after(start, stretch) == then
    assert VIENNA.is_open(then)


def test_whoever_is_away_is_not_there() -> None:
    away = Away(date(2026, 5, 6), date(2026, 5, 7), "a fair")
    office = Office(VIENNA.zone, VIENNA.country, VIENNA.hours, (away,))
    assert office.after(at(5, 14, 30), HOUR) == at(8, 7, 30)
    assert not office.is_open(at(6, 10))
    assert office.absence(at(7, 23)) is None  # the 8th has begun there
    assert office.absence(at(6, 10)) == away


def test_whoever_is_never_there_puts_nothing_off_for_ever() -> None:
    gone = Office("Europe/Vienna", away=(Away(date(2020, 1, 1), date(2099, 1, 1)),))
    assert gone.after(at(5, 8), HOUR) == at(5, 9)


@pytest.mark.parametrize(
    ("start", "end", "worked"),
    [
        (at(5, 8), at(5, 9), HOUR),
        (at(8, 14), at(11, 8), 2 * HOUR),
        (at(5, 16), at(6, 6), timedelta(0)),
        (at(6, 9), at(5, 9), timedelta(0)),
    ],
)
def test_h1_the_time_to_an_answer_is_counted_in_office_hours(
    start: datetime, end: datetime, worked: timedelta
) -> None:
    assert VIENNA.between(start, end) == worked


@given(passed=st.integers(0, 400_000), minutes=st.integers(0, 3000))
def test_what_is_counted_forwards_is_counted_backwards(passed: int, minutes: int) -> None:
    start, stretch = at(1, 0, month=3) + timedelta(minutes=passed), timedelta(minutes=minutes)
    for office in (VIENNA, LONDON):
        end = office.after(start, stretch)
        assert office.between(start, end) == stretch
        assert office.is_open(end)


def test_an_office_that_closes_at_midnight_is_open_till_then() -> None:
    late = Office("Europe/London", "", Window(frozenset(range(7)), time(20), time(0)))
    steps = [late.after(at(5, 18), timedelta(hours=count)) for count in range(1, 6)]
    assert steps[:3] == [at(5, 20), at(5, 21), at(5, 22)]
    assert all(one < other for one, other in pairwise(steps))
