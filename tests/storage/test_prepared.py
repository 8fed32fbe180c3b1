"""Statements that are compiled once say the same as Core, on both databases."""

from datetime import UTC, datetime

from sqlalchemy import bindparam, create_engine, select
from sqlalchemy.dialects.postgresql import psycopg

from nurture.core.enrollment import State
from nurture.storage.prepared import OneOf, Prepared, insert_into
from nurture.storage.tables import enrollments, ledger, metadata

_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_LINES = insert_into(ledger, "at", "event", "why")
_BY_EVENT = Prepared(
    select(ledger.c.at, ledger.c.event, ledger.c.step).where(OneOf(ledger.c.event, "events"))
)


def test_a_list_is_one_parameter_however_long_it_is() -> None:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as connection:
        rows = [{"at": _AT, "event": f"e{number}", "why": ""} for number in range(3)]
        _LINES.run(connection, rows)
        sought = {f"e{number}" for number in range(1, 40_000)}
        # The instant is aware again, and the column nobody named has its default.
        assert _BY_EVENT.rows(connection, events=sought) == [(_AT, "e1", ""), (_AT, "e2", "")]
        assert _BY_EVENT.rows(connection, events=[]) == []


def test_nothing_is_written_for_no_rows() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        _LINES.run(connection, [])


def test_postgresql_is_asked_with_an_array() -> None:
    query = select(enrollments.c.id).where(
        enrollments.c.state == State.ACTIVE,
        OneOf(enrollments.c.id, "ids"),
        enrollments.c.due_at <= bindparam("now"),
    )
    words = str(query.compile(dialect=psycopg.dialect()))
    assert "enrollments.id = ANY(%(ids)s)" in words
