"""An account speaks slowly, and tries again slower still."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.core.account import Limits
from nurture.core.pace import DAY, Room, retry_at, room, tell_again_at

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def sent(*minutes_ago: float) -> list[datetime]:
    return [NOW - minutes * MINUTE for minutes in minutes_ago]


def test_p6_a_full_day_waits_for_the_first_mail_to_leave_it() -> None:
    full = room("anna", sent(600, 400, 200), Limits(per_day=3), NOW)
    assert full == Room(0, NOW - 600 * MINUTE + DAY, "3 mails in 24 hours are enough")


def test_p6_a_cap_that_was_lowered_waits_until_there_is_room_below_it() -> None:
    full = room("anna", sent(600, 400, 200), Limits(per_day=2), NOW)
    assert full.again_at == NOW - 400 * MINUTE + DAY
    assert room("anna", [], Limits(per_day=0), NOW).again_at == NOW + DAY


def test_p6_two_mails_keep_their_gap_and_its_jitter() -> None:
    limits = Limits(gap=2 * MINUTE)
    breath = room("anna", sent(90, 1), limits, NOW)
    assert breath.count == 0
    assert breath.again_at is not None
    assert NOW + MINUTE <= breath.again_at < NOW + 2 * MINUTE
    assert room("anna", sent(1), limits, NOW).again_at == breath.again_at
    assert room("anna", sent(90, 1), limits, breath.again_at) == Room(1)


def test_without_a_gap_a_batch_leaves_at_once_but_never_beyond_the_cap() -> None:
    limits = Limits(per_day=25, gap=timedelta(0), batch=10)
    assert room("anna", [], limits, NOW) == Room(10)
    assert room("anna", sent(*[5] * 20), limits, NOW) == Room(5)


@settings(max_examples=200, derandomize=True)
@given(st.lists(st.floats(0, 1439), max_size=30), st.integers(1, 30), st.sampled_from([0, 30, 600]))
def test_p6_there_is_room_when_it_was_said_there_would_be(
    minutes: list[float], per_day: int, gap: int
) -> None:
    before = sent(*sorted(minutes, reverse=True))
    limits = Limits(per_day=per_day, gap=timedelta(seconds=gap))
    found = room("anna", before, limits, NOW)
    assert found.count <= max(0, per_day - len(before))
    assert (found.count == 0) == (found.again_at is not None)
    looks = 0
    while found.again_at is not None:
        then, looks = found.again_at, looks + 1
        assert then > NOW
        found = room("anna", [each for each in before if each > then - DAY], limits, then)
    assert looks <= 2  # the cap, then the gap


@pytest.mark.parametrize(
    ("attempts", "longest"), [(0, 60), (1, 90), (3, 270), (5, 990), (6, 1470), (50, 1470)]
)
def test_a_retry_waits_half_an_hour_and_at_most_a_day_more(attempts: int, longest: int) -> None:
    delays = [retry_at(NOW, attempts, touch) - NOW for touch in range(300)]
    assert min(delays) >= 30 * MINUTE
    assert max(delays) < longest * MINUTE
    assert max(delays) > (longest - 30) * 0.9 * MINUTE
    assert len(set(delays)) == 300


def test_a_retry_is_not_rolled_again_by_a_restart() -> None:
    assert retry_at(NOW, 2, 7) == retry_at(NOW, 2, 7)
    assert retry_at(NOW, 2, 7) != retry_at(NOW, 2, 8)


@pytest.mark.parametrize(("attempts", "minutes"), [(0, 1), (1, 2), (5, 32), (6, 60), (500, 60)])
def test_p8_the_owner_is_tried_again_within_the_hour(attempts: int, minutes: int) -> None:
    assert tell_again_at(NOW, attempts) == NOW + minutes * MINUTE
