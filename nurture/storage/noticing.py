"""Reasons to get in touch, noted on the cards of contacts, in the database."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, delete, select, update

from nurture.core.calendar.stretch import read_wait
from nurture.core.contact import Contact
from nurture.core.cue import Cue
from nurture.core.task import Task
from nurture.ports import LedgerEntry
from nurture.storage.engine import Database
from nurture.storage.ledger import Event, write_lines
from nurture.storage.people import rewrite
from nurture.storage.rows import Values, contacts_by_id, insert_one
from nurture.storage.tables import cues
from nurture.storage.tasks import add_task
from nurture.storage.walk import lock_people
from nurture.value import frozen

_FIELDS: Final = tuple(Cue.__dataclass_fields__)
_CUE: Final = tuple(cues.c[name] for name in _FIELDS)


@frozen
class StoredCues:
    """ports.Cues in the database."""

    database: Database

    async def add(self, cue: Cue) -> int:
        """The id of the note, which is the contact's `note` from now on."""
        return await self.database.write(_add, cue)

    async def cues(self, contact_id: int | None = None) -> tuple[tuple[Cue, Contact], ...]:
        """Notes with whom they are about, the next first, those without a day last."""
        of = [cues.c.contact_id == contact_id] if contact_id is not None else []
        return await self.database.read(_cues, *of)

    async def due(self, accounts: Sequence[str], today: date) -> tuple[tuple[Cue, Contact], ...]:
        """Notes of these accounts whose day has come, the earliest first."""
        return await self.database.read(_cues, cues.c.account.in_(accounts), cues.c.on <= today)

    async def heed(
        self, cue: Cue, next_on: date | None, task: Task | None, why: str, now: datetime
    ) -> int | None:
        """Moves the note to its next day, or takes it off where there is none."""
        return await self.database.write(_heed, cue, next_on, task, why, now)

    async def remove(self, cue_id: int, now: datetime) -> bool:
        """Whether it was there; an older note, if any, is the contact's again."""
        return await self.database.write(_remove, cue_id, now)


def _row(cue: Cue) -> Values:
    row = {name: getattr(cue, name) for name in _FIELDS if name != "id"}
    return {**row, "every": str(cue.every or "")}


def _cue_of(row: Row[Any]) -> Cue:
    fields = row._asdict()
    every = fields.pop("every")
    return Cue(**fields, every=read_wait(every) if every else None)


def _add(connection: Connection, cue: Cue) -> int:
    lock_people(connection, [cue.contact_id])
    number = insert_one(connection, cues, _row(cue))
    _put(connection, cue.contact_id, cue.text, f"noted: {cue.text}", cue.created_at)
    return number


def _put(connection: Connection, contact_id: int, text: str, why: str, now: datetime) -> None:
    """The contact's `note` from now on."""
    for contact in contacts_by_id(connection, [contact_id]).values():
        rewrite(connection, contact, replace(contact, note=text), why, now)


def _cues(connection: Connection, *where: ColumnElement[bool]) -> tuple[tuple[Cue, Contact], ...]:
    query = select(*_CUE).where(*where).order_by(cues.c.on.is_(None), cues.c.on, cues.c.id)
    found = [_cue_of(row) for row in connection.execute(query)]
    known = contacts_by_id(connection, {each.contact_id for each in found})
    return tuple((each, known[each.contact_id]) for each in found)


def _locked(connection: Connection, cue_id: int) -> Cue | None:
    this = cues.c.id == cue_id
    whose: Iterable[int] = connection.scalars(select(cues.c.contact_id).where(this))
    lock_people(connection, whose)
    row = connection.execute(select(*_CUE).where(this).with_for_update()).one_or_none()
    return _cue_of(row) if row else None


def _heed(
    connection: Connection,
    cue: Cue,
    next_on: date | None,
    task: Task | None,
    why: str,
    now: datetime,
) -> int | None:
    known = _locked(connection, cue.id)
    if known is None or known.on != cue.on:
        return None
    this = cues.c.id == cue.id
    if next_on is None:
        connection.execute(delete(cues).where(this))
    else:
        connection.execute(update(cues).where(this).values(on=next_on))
    _put(connection, cue.contact_id, cue.text, f"its day has come: {cue.text}", now)
    said = f"{cue.text}: {why}" if why else cue.text
    write_lines(connection, [LedgerEntry(now, Event.CUE_CAME_ROUND, said, cue.contact_id)])
    return add_task(connection, task, tells=True) if task else None


def _remove(connection: Connection, cue_id: int, now: datetime) -> bool:
    known = _locked(connection, cue_id)
    if known is None:
        return False
    connection.execute(delete(cues).where(cues.c.id == cue_id))
    left = cues.c.contact_id == known.contact_id
    older = select(cues.c.text).where(left).order_by(cues.c.id.desc()).limit(1)
    text = connection.scalar(older) or ""
    contact = contacts_by_id(connection, [known.contact_id])[known.contact_id]
    if contact.note == known.text:
        _put(connection, known.contact_id, text, f"note removed: {known.text}", now)
    return True
