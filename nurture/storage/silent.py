"""Who has not heard from us for long, nor we from them."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from nurture.core.contact import Contact
from nurture.core.situation import Pace
from nurture.storage.people import ERASED
from nurture.storage.rows import contacts_by_id
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import contacts

_FIRST: Final = 5
_CHUNK: Final = 500


def silent(
    connection: Connection, list_: Suppressions, before: datetime, accounts: Collection[str]
) -> tuple[int, tuple[tuple[Contact, datetime | None], ...]]:
    """How many were neither reached nor heard since then, and the most valuable of them.

    Whoever must not be written to is not counted.
    """
    mine = contacts.c.account.in_({*accounts, ""}) & ~contacts.c.address.startswith(ERASED)
    since = (contacts.c.last_touch_at, contacts.c.last_heard_at)
    # What Pace.last_contact_at tells, asked in the query: a digest need not read everybody.
    quiet = [column.is_(None) | (column < before) for column in since]
    query = select(contacts.c.id, contacts.c.address, *since).where(mine, *quiet)
    rows = connection.execute(query.order_by(contacts.c.value.desc(), contacts.c.address)).all()
    refused: set[str] = set()
    for start in range(0, len(rows), _CHUNK):
        page = rows[start : start + _CHUNK]
        refused |= set(list_.among(connection, [row.address for row in page]))
    found = [row for row in rows if row.address not in refused]
    first = found[:_FIRST]
    known = contacts_by_id(connection, [row.id for row in first])
    pace = {row.id: Pace(row.last_touch_at, row.last_heard_at) for row in first}
    return len(found), tuple((known[row.id], pace[row.id].last_contact_at) for row in first)
