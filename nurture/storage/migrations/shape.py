"""What revisions write tables with; its words never change their meaning."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op


def key(table: str) -> tuple[sa.Column[int], sa.PrimaryKeyConstraint]:
    """The number of a row, and that it is its key."""
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )


def texts(*names: str) -> tuple[sa.Column[str], ...]:
    """Texts that are never missing."""
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in names)


def word(name: str, *, nullable: bool = False) -> sa.Column[str]:
    """One of a closed set of words."""
    return sa.Column(name, sa.String(), nullable=nullable)


def number(name: str) -> sa.Column[int]:
    """A whole number that is always known."""
    return sa.Column(name, sa.Integer(), nullable=False)


def big(name: str) -> sa.Column[int]:
    """The same, for numbers that others give out."""
    return sa.Column(name, sa.BigInteger(), nullable=False)


def flag(name: str) -> sa.Column[bool]:
    """Yes or no."""
    return sa.Column(name, sa.Boolean(), nullable=False)


def instant(name: str, *, nullable: bool = True) -> sa.Column[datetime]:
    """An instant with its zone."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def refers(
    table: str, column: str, to: str, *, nullable: bool = False
) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    """The number of a row elsewhere, which must be there."""
    return (
        sa.Column(column, sa.Integer(), nullable=nullable),
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}"),
    )


def unique(table: str, *columns: str) -> sa.UniqueConstraint:
    """No two rows agree in these columns."""
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def natural_key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    """These columns are what a row is known by."""
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def index(table: str, *columns: str) -> None:
    """Makes an index over every row."""
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    """Makes an index over the rows of one kind."""
    only = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=only, postgresql_where=only)
