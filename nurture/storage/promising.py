"""Promises that the owner made in their own mail, in the database."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, insert, select, update

from nurture.core.contact import Contact
from nurture.core.promise import Promise, PromiseState, task_of_promise
from nurture.storage.engine import Database
from nurture.storage.ledger import about_promise, write_lines
from nurture.storage.rows import contacts_by_id
from nurture.storage.tables import is_open_promise, promises
from nurture.storage.tasks import add_task
from nurture.storage.walk import lock_people
from nurture.value import frozen

_FIELDS: Final = tuple(Promise.__dataclass_fields__)
_OFFER: Final = tuple(promises.c[name] for name in _FIELDS)


@frozen
class StoredPromises:
    """ports.Promises in the database."""

    database: Database

    async def promises(self, *, open_only: bool = True) -> tuple[tuple[Promise, Contact], ...]:
        """Promises with whom they were made to, the earliest due first."""
        return await self.database.read(_promises, open_only=open_only)

    async def accept(self, promise_id: int, due_on: date | None, now: datetime) -> int | None:
        """The id of the task that keeps it, due on its own day or that one."""
        return await self.database.write(_accept, promise_id, due_on, now)

    async def reject(self, promise_id: int) -> bool:
        """Whether it was open and is none of the owner's concern any more."""
        return await self.database.write(_reject, promise_id)


def keep_promises(connection: Connection, found: Sequence[Promise]) -> None:
    """Writes promises down, in the transaction of the mail they stand in."""
    rows = [{name: getattr(each, name) for name in _FIELDS if name != "id"} for each in found]
    if rows:
        connection.execute(insert(promises), rows)
        write_lines(connection, (about_promise(each) for each in found))


def _promises(connection: Connection, *, open_only: bool) -> tuple[tuple[Promise, Contact], ...]:
    query = select(*_OFFER).order_by(promises.c.due_on, promises.c.id)
    rows = connection.execute(query.where(is_open_promise) if open_only else query)
    found = [Promise(**row._asdict()) for row in rows]
    known = contacts_by_id(connection, {each.contact_id for each in found})
    return tuple((each, known[each.contact_id]) for each in found)


def _accept(
    connection: Connection, promise_id: int, due_on: date | None, now: datetime
) -> int | None:
    found = _settle(connection, promise_id, PromiseState.ACCEPTED)
    if found is None:
        return None
    contact = contacts_by_id(connection, [found.contact_id])[found.contact_id]
    return add_task(connection, task_of_promise(found, contact, due_on or found.due_on, now))


def _reject(connection: Connection, promise_id: int) -> bool:
    return _settle(connection, promise_id, PromiseState.REJECTED) is not None


def _settle(connection: Connection, promise_id: int, to: PromiseState) -> Promise | None:
    """The promise as it was while it was open."""
    this = promises.c.id == promise_id
    whose = connection.scalar(select(promises.c.contact_id).where(this))
    lock_people(connection, [whose] if whose is not None else [])
    row = connection.execute(select(*_OFFER).where(this, is_open_promise).with_for_update()).first()
    if row is None:
        return None
    connection.execute(update(promises).where(this).values(state=to))
    return Promise(**row._asdict())
