"""What every table is made of: one naming of constraints, and a few kinds of columns."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Column, ColumnElement, ForeignKey, Index, Integer

from nurture.storage.column import Instant

metadata: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key() -> Column[int]:
    """The number of a row."""
    return Column("id", Integer, primary_key=True)


def texts(*names: str) -> tuple[Column[str], ...]:
    """Texts that may be empty, but are never missing."""
    return tuple(Column(name, sa.Text, nullable=False, default="") for name in names)


def instant(name: str, *, known: bool = False) -> Column[datetime]:
    """An instant; `known` where there always is one."""
    return Column(name, Instant, nullable=not known)


def of(table: str, name: str, *, known: bool = True) -> Column[int]:
    """The number of a row elsewhere."""
    return Column(name, Integer, ForeignKey(f"{table}.id"), nullable=not known)


def word(text: str) -> ColumnElement[str]:
    """A word of ours, which stands in the statement itself."""
    return sa.literal_column(f"'{text}'")


def is_word(column: Column[Any], text: StrEnum) -> ColumnElement[bool]:
    """The column holds this word, which stands in the query itself.

    A bound one would keep SQLite from seeing that a partial index covers the query.
    """
    return column == word(text)


def partial(
    name: str, where: ColumnElement[bool], *columns: Column[Any], unique: bool = False
) -> None:
    """An index over the rows of that kind alone; the migrations make it, on PostgreSQL, too."""
    # Naming PostgreSQL here would load its dialect, 3 MB, where nobody uses it.
    Index(name, *columns, unique=unique, sqlite_where=where)
