"""Instants on SQLite: written by hand, and read back as they were."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.sqlite import dialect

from nurture.errors import Broken
from nurture.storage.column import Instant

_WRITTEN = Instant().bind_processor(dialect())
_READ = Instant().result_processor(dialect(), None)
_MINUTES = timedelta(hours=14) // timedelta(minutes=1)
_ZONES = st.integers(-_MINUTES, _MINUTES).map(lambda east: timezone(timedelta(minutes=east)))


_AT = st.datetimes(timezones=_ZONES | st.just(UTC)).filter(lambda at: 1 < at.year < 9999)


@given(_AT)
def test_an_instant_is_written_in_utc_with_its_microseconds_and_read_again(at: datetime) -> None:
    text = _WRITTEN(at)
    assert text == at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    assert _READ(text) == at
    assert _READ(text).tzinfo is UTC


def test_a_time_without_a_zone_is_refused_and_none_stays_none() -> None:
    with pytest.raises(Broken, match="no zone"):
        _WRITTEN(datetime(2026, 3, 2, 9, 0, tzinfo=UTC).replace(tzinfo=None))
    assert _WRITTEN(None) is None
    assert _READ(None) is None
