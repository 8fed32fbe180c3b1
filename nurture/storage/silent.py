"""Who has not heard from us for long, nor we from them."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select

from nurture.core.contact import Contact
from nurture.core.situation import Pace
from nurture.storage.people import ERASED
from nurture.storage.rows import contacts_by_id
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import contacts

_FIRST: Final = 5
_CHUNK: Final = 500
_SINCE: Final = (contacts.c.last_touch_at, contacts.c.last_heard_at)


def silent(
    connection: Connection, list_: Suppressions, before: datetime, accounts: Collection[str]
) -> tuple[int, tuple[tuple[Contact, datetime | None], ...]]:
    """How many were neither reached nor heard since then, and the most valuable of them.

    Whoever must not be written to is not counted.
    """
    mine = contacts.c.account.in_({*accounts, ""}) & ~contacts.c.address.startswith(ERASED)
    # What Pace.last_contact_at tells, asked in the query: a digest need not read everybody.
    quiet = [column.is_(None) | (column < before) for column in _SINCE]
    refused = _refused(connection, list_, mine, *quiet)
    count = connection.scalars(select(func.count(contacts.c.id)).where(mine, *quiet)).one()
    query = select(contacts.c.id, contacts.c.address, *_SINCE).where(mine, *quiet)
    query = query.order_by(contacts.c.value.desc(), contacts.c.address)
    rows = connection.execute(query.limit(_FIRST + len(refused)))
    first = [row for row in rows if row.address not in refused][:_FIRST]
    known = contacts_by_id(connection, [row.id for row in first])
    pace = {row.id: Pace(row.last_touch_at, row.last_heard_at) for row in first}
    named = tuple((known[row.id], pace[row.id].last_contact_at) for row in first)
    return count - len(refused), named


def _refused(
    connection: Connection, list_: Suppressions, *those: ColumnElement[bool]
) -> frozenset[str]:
    """The addresses of those who must not be written to, found by reading all, a few at a time."""
    if list_.is_empty(connection):
        return frozenset()
    pages = connection.execute(select(contacts.c.address).where(*those)).yield_per(_CHUNK)
    found = (list_.among(connection, page) for page in pages.scalars().partitions())
    return frozenset().union(*found)
