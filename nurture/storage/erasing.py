"""A person is erased: what stays are ids that recognise old mail, and the hash of a no (L9)."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Column, ColumnElement, Connection, Table, delete, select, update

from nurture.core.enrollment import Move
from nurture.core.touch import TouchState
from nurture.errors import Unreachable
from nurture.ports import LedgerEntry
from nurture.storage.engine import Database
from nurture.storage.holding import Held, Person, held_about, person_of, rows_about
from nurture.storage.ledger import Event, write_lines
from nurture.storage.outbox import forget_errands
from nurture.storage.people import ERASED
from nurture.storage.rows import Values
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import (
    aliases,
    contacts,
    cues,
    drafts,
    encounters,
    enrollments,
    families,
    handoffs,
    hushes,
    inbound,
    ledger,
    metadata,
    notices,
    overrides,
    promises,
    quarantine,
    reconnections,
    revisions,
    tasks,
    tickets,
    touches,
)
from nurture.storage.walk import live_walks, lock_people, move_walks
from nurture.value import frozen

REASON: Final = "erased on request"
_GONE: Final = "(erased)"

_BLANK: Final[Mapping[Table, Values]] = {
    contacts: {
        **dict.fromkeys(
            ("given_name", "family_name", "company", "account", "zone", "street",
             "postal_code", "city", "country", "subdivision", "language", "phone", "notes", "note",
             "consent_evidence", "consent_jurisdiction", "permission_warned", "company_name",
             "company_domain"), "",
        ),
        **dict.fromkeys(
            ("relationship", "legal_form", "consent_basis", "consent_since", "consent_expires",
             "created_at", "last_touch_at", "last_heard_at"),
        ),
        "value": 0, "interests": [], "tags": [], "observes": [], "dates": {}, "custom": {},
        "consent_notice": False,
    },
    enrollments: {"because": "", "reason": REASON, "held_why": ""},
    touches: {
        **dict.fromkeys(("subject", "reply", "recipient", "family", "why", "doubt", "thread"), ""),
        "wire": None,
    },
    inbound: {
        **dict.fromkeys(("message_id", "sender", "subject", "text", "how", "to_check"), ""),
        "references": [], "evidence": [], "raw": None, "asks_person": False,
    },
    ledger: {"why": ""},
    quarantine: {"why": "", "raw": b"", "size": 0, "settled": REASON},
}  # fmt: skip


@frozen
class StoredPrivacy:
    """What is held on a person, told and erased."""

    database: Database
    suppressions: Suppressions

    async def held(self, address: str) -> Held:
        """Every row about the person of this address key, by table."""
        return await self.database.read(held_about, self.suppressions, address)

    async def person(self, address: str) -> Person:
        """The person of this address key, with or without a contact."""
        return await self.database.read(person_of, address)

    async def erase(self, address: str, now: datetime) -> Mapping[str, int]:
        """How many rows of each table were about them; none of them tells who they were now.

        Every address of theirs is suppressed for ever.  Touches and message ids stay without a
        person, so that an old mail is still known as ours.  Raises Unreachable while a mail to
        them is on its way.  One transaction; what the file still holds of it is for `wipe`.
        """
        return await self.database.write(_erase, self.suppressions, address, now)


def _erase(
    connection: Connection, list_: Suppressions, address: str, now: datetime
) -> Mapping[str, int]:
    person = person_of(connection, address)
    lock_people(connection, [person.id])
    _refuse_while_sending(connection, person)
    about = rows_about(connection, person, list_)
    # Counted by ids: what is blanked is not found by what it was any more.
    found = {
        table: list(connection.scalars(select(next(iter(table.primary_key))).where(where)))
        for table, where in about.items()
    }
    list_.add(connection, person.addresses, REASON, now)
    if person.id:
        move_walks(connection, live_walks(connection, [person.id]), Move.STOPPED, REASON, now)
        write_lines(connection, [LedgerEntry(now, Event.CONTACT_ERASED, "", person.id)])
    # What was just written down about them goes the same way.
    own = ledger.c.contact_id == person.id
    connection.execute(update(ledger).where(own).values(_BLANK[ledger]))
    gone = notices.c.told_at.is_not(None) | notices.c.handoff_id.is_not(None)
    of_nobody_else = gone | (notices.c.contact_id == person.id)
    going = list(connection.scalars(select(notices.c.id).where(about[notices], of_nobody_else)))
    forget_errands(connection, going)
    connection.execute(delete(tickets).where(tickets.c.notice_id.in_(going)))
    connection.execute(delete(notices).where(_one_of(notices, going)))
    for table in (handoffs, aliases, drafts, tasks, promises, cues):
        connection.execute(delete(table).where(_one_of(table, found[table])))
    for table in (encounters, overrides, reconnections, hushes, families):
        connection.execute(delete(table).where(about[table]))
    for table in (enrollments, touches, inbound, quarantine, contacts):
        connection.execute(update(table).where(_one_of(table, found[table])).values(_BLANK[table]))
    stub = {"address": f"{ERASED}{person.id}"}
    connection.execute(update(contacts).where(contacts.c.id == person.id).values(stub))
    _redact(connection, person)
    return {table.name: len(rows) for table, rows in found.items() if rows}


def _refuse_while_sending(connection: Connection, person: Person) -> None:
    on_its_way = (touches.c.contact_id == person.id) & (touches.c.state == TouchState.SENDING)
    if connection.scalar(select(touches.c.id).where(on_its_way)):
        raise Unreachable("a mail to them is on its way this moment: try again in a minute")


def _one_of(table: Table, keys: list[int]) -> ColumnElement[bool]:
    return table.c.id.in_(keys)


def _redact(connection: Connection, person: Person) -> None:
    """Whatever else mentions them, in rows about others, says "(erased)" instead."""
    for table in metadata.sorted_tables:
        if table is revisions:
            continue  # the words of a sequence, under the digest of them
        keys = tuple(table.primary_key)
        for column in table.c:
            if column in keys or not isinstance(column.type, sa.Text | sa.JSON | sa.LargeBinary):
                continue
            perhaps = select(*keys, column).where(_may_mention(column, person))
            for *key, value in connection.execute(perhaps).all():
                after = _without(value, person.mentioned)
                if after != value:
                    this = sa.and_(*(each == part for each, part in zip(keys, key, strict=True)))
                    connection.execute(update(table).where(this).values({column.name: after}))


def _may_mention(column: Column[Any], person: Person) -> ColumnElement[bool]:
    """A coarse sieve, so that not every row travels to us."""
    if isinstance(column.type, sa.LargeBinary):
        return column.is_not(None)
    words = [*person.addresses, *([person.name] if person.name else [])]
    # JSON spells what is outside ASCII by its number.
    spelled = {*words, *(json.dumps(word)[1:-1] for word in words)}
    text = sa.func.lower(sa.cast(column, sa.Text))
    return sa.or_(*(text.contains(each.lower(), autoescape=True) for each in spelled))


def _without(value: object, mentioned: re.Pattern[str]) -> object:
    if isinstance(value, str):
        return mentioned.sub(_GONE, value)
    if isinstance(value, bytes):
        # Latin-1 maps every byte to a sign and back.
        return mentioned.sub(_GONE, value.decode("latin-1")).encode("latin-1")
    if isinstance(value, list):
        return [_without(each, mentioned) for each in value]
    if isinstance(value, dict):
        return {key: _without(each, mentioned) for key, each in value.items()}
    return value
