"""Column types that keep instants and closed sets of words what they are."""

import json
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import DateTime, Dialect, String, Text, TypeDecorator

from nurture.core.tally import Tally
from nurture.errors import Broken


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC; SQLite drops zones, so both ways pass through here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Refuses a naive time: nobody knows which instant it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise Broken(f"{value} has no zone and cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """The stored instant, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Word(TypeDecorator[StrEnum]):
    """One of a closed set of words, kept as text."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | None, _dialect: Dialect) -> str | None:
        """The word as it is written."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> StrEnum | None:
        """The member of that value."""
        return self.words(value) if value else None


class Counts(TypeDecorator[Tally]):
    """A tally, kept as a list of pairs."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Tally | None, _dialect: Dialect) -> str | None:
        """The pairs as they are written."""
        return None if value is None else json.dumps(value.slots, separators=(",", ":"))

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Tally | None:
        """The tally of these pairs."""
        pairs = json.loads(value) if value else ()
        return Tally(tuple((int(slot), int(count)) for slot, count in pairs))
