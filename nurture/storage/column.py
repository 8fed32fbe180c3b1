"""Column types that keep instants and closed sets of words what they are."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import DateTime, Dialect, String, Text, TypeDecorator

from nurture.core.account.tally import Tally
from nurture.errors import Broken

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC; SQLite drops zones, so both ways pass through here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], object]:
        """Refuses a naive time: nobody knows which instant it means."""
        return _written if dialect.name == "sqlite" else _in_utc

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], datetime | None]:
        """The stored instant, aware, in UTC."""
        del coltype
        return _read if dialect.name == "sqlite" else _in_utc


def _in_utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise _zoneless(value)
    return value.astimezone(UTC)


def _zoneless(value: datetime) -> Broken:
    return Broken(f"{value} has no zone and cannot be stored")


def _written(value: datetime | None) -> str | None:
    """By hand: `isoformat` takes three times as long, and a mail writes several instants."""
    if value is None:
        return None
    try:
        since = value - _EPOCH
    except TypeError:
        raise _zoneless(value) from None
    return _second(since.days, since.seconds) + str(since.microseconds).zfill(6)


@lru_cache(maxsize=1024)
def _second(days: int, seconds: int) -> str:
    """What comes in batches falls into few seconds."""
    return (_EPOCH + timedelta(days, seconds)).isoformat(" ")[:19] + "."


@lru_cache(maxsize=1024)
def _read(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


class Word(TypeDecorator[StrEnum]):
    """One of a closed set of words, kept as text."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words
        self._members: dict[str | None, StrEnum | None] = {None: None, "": None}
        self._members |= {str(word): word for word in words}

    def bind_processor(self, dialect: Dialect) -> Callable[[StrEnum | None], str | None]:
        """The word as it is written."""
        del dialect
        return _spelt

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[str | None], StrEnum | None]:
        """The member of that value."""
        del dialect, coltype
        return self._members.__getitem__


@lru_cache(maxsize=1024)
def _spelt(value: StrEnum | None) -> str | None:
    return None if value is None else str(value)


class Counts(TypeDecorator[Tally]):
    """A tally, kept as a list of pairs."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Tally | None], str | None]:
        """The pairs as they are written."""
        del dialect
        return _tally_text

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[str | None], Tally | None]:
        """The tally of these pairs."""
        del dialect, coltype
        return _counted


@lru_cache(maxsize=64)
def _tally_text(value: Tally | None) -> str | None:
    if value is None:
        return None
    # By hand: for a busy account these are hundreds of pairs in each last look.
    return f"[{','.join([f'[{slot},{count}]' for slot, count in value.slots])}]"


@lru_cache(maxsize=64)
def _counted(value: str | None) -> Tally | None:
    return Tally(tuple(map(tuple, json.loads(value)))) if value else Tally()
