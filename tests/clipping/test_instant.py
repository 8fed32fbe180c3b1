"""Dates of all sorts are read, and what cannot be true is left out."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.clipping.instant import read_instant

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEN = datetime(2026, 2, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Mon, 23 Feb 2026 10:00:00 GMT", TEN),
        ("Mon, 23 Feb 2026 12:00:00 +0200", TEN),
        ("23 Feb 26 10:00 UT", TEN),
        ("Mon, 23 Feb 2026 05:00:00 EST", TEN),
        ("Monday, 23 February 2026 10:00:00 GMT", TEN),
        ("2026-02-23T10:00:00Z", TEN),
        ("2026-02-23T11:00+01:00", TEN),
        ("2026-02-23 10:00:00", TEN),
        ("2026-02-23T10:00:00.0000000Z", TEN),
        ("2026-02-23", datetime(2026, 2, 23, tzinfo=UTC)),
        ("2026-02", datetime(2026, 2, 1, tzinfo=UTC)),
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("  Mon,\n 23 Feb 2026 10:00:00 -0000 ", TEN),
    ],
)
def test_it_is_the_instant_that_was_meant(written: str, meant: datetime) -> None:
    assert read_instant(written, NOW) == meant


@pytest.mark.parametrize(
    "written",
    ["", "yesterday", "2026-02-31", "2026-13-01T00:00:00Z", "31/12/2025", "0000-00-00",
     "Mon, 99 Feb 2026 10:00:00 GMT", "Mon, 23 Feb 2026 10:00:00 +9999", "1970-01-01T00:00:00Z",
     "2026-03-04", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2" * 5000],
)  # fmt: skip
def test_what_cannot_be_true_is_no_date(written: str) -> None:
    assert read_instant(written, NOW) is None


@given(st.text(max_size=70))
def test_nothing_makes_it_raise(written: str) -> None:
    found = read_instant(written, NOW)
    assert found is None or found.tzinfo is UTC
