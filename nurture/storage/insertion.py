"""Rows that are written anew, as statements that are prepared once."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, bindparam, insert, literal, literal_column, select
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from nurture.storage.prepared import Prepared

_EMPTY: Final[ColumnElement[Any]] = literal_column("''")


def insert_into(table: Table, *names: str, ending: str = "") -> Prepared:
    """A row into these columns; all others get their defaults."""
    row = {name: bindparam(name, type_=table.c[name].type) for name in names}
    # An `ON` behind a SELECT is taken for a join's, unless a WHERE stands between them.
    return insert_selected(table, row, literal_column("true"), ending=ending)


def insert_selected(
    table: Table,
    row: Mapping[str, ColumnElement[Any]],
    *where: ColumnElement[bool],
    ending: str = "",
) -> Prepared:
    """Rows of these columns, made of parameters and of rows elsewhere; all others by default.

    What is left empty is said by the statement, so that it need not be given with each row.
    """
    whole: dict[str, ColumnElement[Any]] = {
        each.name: _EMPTY if each.default.arg == "" else literal(each.default.arg, each.type)
        for each in table.columns
        if isinstance(each.default, ScalarElementColumnDefault)
    }
    whole.update(row)
    rows = select(*whole.values()).where(*where)
    return Prepared(insert(table).from_select([*whole], rows, include_defaults=False), ending)


def insert_missing(table: Table, *names: str) -> Prepared:
    """A row into these columns, unless its key is there; SQLite and PostgreSQL say it alike."""
    return insert_into(table, *names, ending=" ON CONFLICT DO NOTHING")
