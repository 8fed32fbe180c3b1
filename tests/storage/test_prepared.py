"""Statements that are compiled once say the same as Core, on both databases."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, create_engine, select
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.exc import DBAPIError

from nurture.core.enrollment import State
from nurture.storage.insertion import insert_into
from nurture.storage.prepared import OneOf, Prepared
from nurture.storage.tables import contacts, enrollments, ledger, metadata

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


def test_rows_of_named_parameters_get_their_defaults_and_come_back_as_values() -> None:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    given = [("tips", (), {"lead": "a, [b]"}), ("news", ["x"], {})]
    rows = [(None, at, name, lists, maps) for at in (_AT, _AT) for name, lists, maps in given]
    names = ("legal_form", "created_at", "address", "tags", "custom")
    write = insert_into(contacts, *names, "interests", "observes", "dates")
    read = Prepared(select(*(contacts.c[name] for name in (*names, "dates", "value"))))
    with engine.begin() as connection:
        every = [(*row[:2], f"{number}", *row[3:], [], [], {}) for number, row in enumerate(rows)]
        write.run_all(connection, (*names, "interests", "observes", "dates"), every)
        assert read.rows(connection) == [
            (None, _AT, f"{number}", list(row[3]), row[4], {}, 0) for number, row in enumerate(rows)
        ]


def test_nothing_is_written_for_no_rows() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        _LINES.run(connection, [])
        _LINES.run_all(connection, ("at", "event", "why"), [])


def test_what_the_driver_complains_about_is_told_as_by_core() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection, pytest.raises(DBAPIError, match="no such table: ledger"):
        _BY_EVENT.rows(connection, events=["e1"])


def test_postgresql_is_asked_with_an_array() -> None:
    query = select(enrollments.c.id).where(
        enrollments.c.state == State.ACTIVE,
        OneOf(enrollments.c.id, "ids"),
        enrollments.c.due_at <= bindparam("now"),
    )
    words = str(query.compile(dialect=psycopg.dialect()))
    assert "enrollments.id = ANY(%(ids)s)" in words


def test_rows_that_are_all_alike_are_as_many_as_they_were() -> None:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as connection:
        _LINES.run_all(connection, ("at", "event", "why"), [(_AT, "e1", "")] * 3)
        assert _BY_EVENT.rows(connection, events=["e1"]) == [(_AT, "e1", "")] * 3
