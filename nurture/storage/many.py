"""What a statement says of one row's parameters, said of many rows at once."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from sqlalchemy import (
    BindParameter,
    Delete,
    Dialect,
    Insert,
    Select,
    Update,
    bindparam,
    column,
    tuple_,
    values,
)
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.visitors import ExternallyTraversible, replacement_traverse
from sqlalchemy.types import TypeEngine

Statement = Select[Any] | Insert | Update | Delete
Types = Mapping[str, TypeEngine[Any]]
"""The parameters of which each row has its own."""

_PORTIONS: Final = (25, 5, 1)


def of_rows(statement: Statement, types: Types) -> Statement:
    """The statement with a table of one row, before all its other words, for these parameters."""
    columns = (column(name, type_) for name, type_ in types.items())
    given = values(*columns).data([tuple(_cells(types))]).cte("given")

    def cell(element: ExternallyTraversible, **_: object) -> ColumnElement[Any] | None:
        if isinstance(element, BindParameter) and element.key in types:
            return given.c[element.key]
        return None

    return cast("Statement", replacement_traverse(statement, {}, cell))


def repeated(sql: str, types: Types, dialect: Dialect, count: int) -> str:
    """Its text with so many rows instead of one, which Core would take milliseconds to say."""
    row = str(tuple_(*_cells(types)).compile(dialect=dialect))
    rows = (row.replace("_0)s", f"_{number})s") for number in range(count))
    at = sql.index(row)
    return f"{sql[:at]}{', '.join(rows)}{sql[at + len(row) :]}"


def portions_for(dialect: Dialect) -> Sequence[int]:
    """How many rows are said at once, the most first: whatever their number, the texts are few.

    PostgreSQL opens nothing anew for a row; and a plan for many rows, made while the table was
    small, reads all of it for as long as the plan is kept.
    """
    return _PORTIONS if dialect.name == "sqlite" else _PORTIONS[-1:]


def names_of(types: Types, count: int) -> Sequence[str]:
    """What the parameters of so many rows are called, row by row."""
    return [f"{name}_{number}" for number in range(count) for name in types]


def _cells(types: Types) -> Sequence[BindParameter[Any]]:
    return [
        bindparam(name, type_=type_)
        for name, type_ in zip(names_of(types, 1), types.values(), strict=True)
    ]
