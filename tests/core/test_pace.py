"""What failed is tried again, ever more patiently."""

from datetime import UTC, datetime, timedelta

import pytest

from nurture.core.account.pace import retry_at, tell_again_at

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


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
