"""What came back on a piece is told with how sure that is, and never flattered."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.core.library.echo import PATIENCE, Offered, echoes, interval

SENT = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOW = SENT + timedelta(days=100)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(0, 10, 0.0, 0.278), (1, 10, 0.018, 0.404), (5, 10, 0.237, 0.763), (50, 100, 0.404, 0.596)],
)
def test_the_interval_is_wilsons(hits: int, trials: int, low: float, high: float) -> None:
    assert interval(hits, trials) == pytest.approx((low, high), abs=0.0006)


def test_of_nothing_nothing_is_known() -> None:
    assert interval(0, 0) == (0.0, 1.0)


@given(st.integers(1, 1000), st.floats(0, 1))
def test_the_share_seen_lies_within(trials: int, share: float) -> None:
    hits = round(trials * share)
    low, high = interval(hits, trials)
    assert 0 <= low <= hits / trials + 1e-9
    assert hits / trials - 1e-9 <= high <= 1


@pytest.mark.parametrize(
    ("after", "followed", "counts"),
    [(DAY, None, 1), (PATIENCE, None, 1), (PATIENCE + DAY, None, 0), (9 * DAY, 8 * DAY, 0)],
)
def test_words_count_in_time_and_before_the_next_mail(
    after: timedelta, followed: timedelta | None, counts: int
) -> None:
    next_mail = SENT + followed if followed else None
    (echo,) = echoes([Offered("a", 1, SENT, SENT + after, followed_at=next_mail)], NOW)
    assert (echo.counted, echo.answered) == (1, counts)


def test_who_still_has_time_does_not_count_even_if_they_answered_at_once() -> None:
    late = NOW - PATIENCE + DAY
    (echo,) = echoes([Offered("a", 1, SENT), Offered("a", 2, late, late + DAY)], NOW)
    assert (echo.counted, echo.waiting, echo.answered) == (1, 1, 0)


def test_a_no_is_no_answer_to_be_proud_of() -> None:
    (echo,) = echoes([Offered("a", 1, SENT, SENT + DAY, said_no=True)], NOW)
    assert (echo.answered, echo.said_no) == (0, 1)


def test_the_surest_success_comes_first_not_the_luckiest() -> None:
    lucky = [Offered("lucky", 1, SENT, SENT + DAY)]
    sure = [Offered("sure", who, SENT, SENT + DAY if who % 2 else None) for who in range(40)]
    assert [echo.piece for echo in echoes([*lucky, *sure], NOW)] == ["sure", "lucky"]
