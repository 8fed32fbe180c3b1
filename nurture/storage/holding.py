"""What the database holds about one person, table by table."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, func, or_, select

from nurture.core.account.family import is_known
from nurture.core.contact.hush import Hushed
from nurture.mail.read.inbound import read
from nurture.storage.hearing import colleague_reason
from nurture.storage.people import find_contacts
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import (
    aliases,
    contacts,
    cues,
    drafts,
    encounters,
    enrollments,
    errands,
    families,
    handoffs,
    hushes,
    inbound,
    ledger,
    message_ids,
    notices,
    overrides,
    promises,
    quarantine,
    reconnections,
    stops,
    suppressions,
    tasks,
    touches,
)

Held = Mapping[str, tuple[Mapping[str, object], ...]]


@dataclass(frozen=True)
class Person:
    """Whom a request is about: their addresses, the name that texts call them by, and their id."""

    addresses: tuple[str, ...]
    name: str = ""
    id: int = 0

    @cached_property
    def mentioned(self) -> re.Pattern[str]:
        """Finds them in a text: an address as a whole, or both names together."""
        addresses = (rf"(?<![\w.+-]){re.escape(each)}(?![\w-]|\.\w)" for each in self.addresses)
        # One name alone is many people's: it counts only where it can be nobody else's.
        whole = self.name if " " in self.name else colleague_reason(self.name)
        named = (rf"(?<!\w){re.escape(whole)}(?!\w)",) if self.name else ()
        return re.compile("|".join((*addresses, *named)), re.IGNORECASE)

    def wrote(self, raw: bytes) -> bool:
        """Whether these bytes are a mail of theirs."""
        return read(raw).sender in self.addresses

    def knows(self, raw: bytes) -> bool:
        """Whether these bytes are a mail from them, to them, or about them in plain words."""
        mail = read(raw)
        is_theirs = {mail.sender, *mail.to, *mail.cc} & set(self.addresses)
        return bool(is_theirs or self.mentioned.search(raw.decode("latin-1")))


def person_of(connection: Connection, address: str) -> Person:
    """The person of this address key, with or without a contact."""
    contact = find_contacts(connection, [address]).get(address)
    if contact is None:
        return Person((address,))
    everything = dict.fromkeys((contact.address, *contact.aliases, address))
    return Person(tuple(everything), contact.name, contact.id)


_BY_CONTACT: Final = (
    aliases,
    enrollments,
    touches,
    tasks,
    promises,
    cues,
    encounters,
    overrides,
    reconnections,
    drafts,
    handoffs,
    ledger,
)


def rows_about(
    connection: Connection, person: Person, list_: Suppressions
) -> Mapping[Table, ColumnElement[bool]]:
    """Which rows of which table are about them; what no table names here is about nobody."""
    theirs = {table: table.c.contact_id == person.id for table in _BY_CONTACT}
    touched = select(touches.c.id).where(theirs[touches])
    mails = or_(
        inbound.c.contact_id == person.id,
        inbound.c.touch_id.in_(touched),
        func.lower(inbound.c.sender).in_(person.addresses),
    )
    heard = select(inbound.c.id).where(mails)
    walked = select(enrollments.c.id).where(theirs[enrollments])
    talks = select(handoffs.c.id).where(or_(theirs[handoffs], handoffs.c.inbound_id.in_(heard)))
    told = or_(
        notices.c.handoff_id.in_(talks),
        notices.c.contact_id == person.id,
        notices.c.id.in_(_told(connection, person)),
    )
    return {
        **theirs,
        contacts: contacts.c.id == person.id,
        errands: errands.c.notice_id.in_(select(notices.c.id).where(told)),
        handoffs: handoffs.c.id.in_(talks),
        families: families.c.scope.in_(_domains_of_theirs(connection, person)),
        hushes: (hushes.c.scope == Hushed.CONTACT) & hushes.c.key.in_(person.addresses),
        inbound: mails,
        message_ids: message_ids.c.touch_id.in_(touched),
        notices: told,
        quarantine: quarantine.c.id.in_(_shunted(connection, person)),
        stops: or_(stops.c.inbound_id.in_(heard), stops.c.enrollment_id.in_(walked)),
        suppressions: suppressions.c.key.in_([list_.hashed(each) for each in person.addresses]),
    }


def held_about(connection: Connection, list_: Suppressions, address: str) -> Held:
    """Every row about the person of this address key, by table; tables without any are left out."""
    person = person_of(connection, address)
    found = {
        table.name: tuple(
            row._asdict() for row in connection.execute(select(table).where(where)).all()
        )
        for table, where in rows_about(connection, person, list_).items()
    }
    return {name: rows for name, rows in found.items() if rows}


def _domains_of_theirs(connection: Connection, person: Person) -> list[str]:
    """Scopes that name a domain to which nobody else was written: it tells who they were."""
    mine = touches.c.contact_id == person.id
    shared = select(touches.c.family).where(~mine)
    own = select(touches.c.family).where(mine, touches.c.family.not_in(shared)).distinct()
    return [scope for scope in connection.scalars(own) if scope and not is_known(scope)]


def _told(connection: Connection, person: Person) -> list[int]:
    """Notices that mention them, among others perhaps."""
    rows = connection.execute(select(notices.c.id, notices.c.subject, notices.c.text))
    return [row.id for row in rows if person.mentioned.search(f"{row.subject}\n{row.text}")]


def _shunted(connection: Connection, person: Person) -> list[int]:
    """Mails of theirs that broke us."""
    return [
        row.id
        for row in connection.execute(select(quarantine.c.id, quarantine.c.raw))
        if person.wrote(bytes(row.raw))
    ]
