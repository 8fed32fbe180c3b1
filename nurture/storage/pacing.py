"""What has passed between people, their companies and us, over all channels."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, bindparam, or_, select, update

from nurture.core.contact import Contact
from nurture.core.situation import Pace
from nurture.core.task import Channel
from nurture.storage.company import Companies
from nurture.storage.engine import add_missing
from nurture.storage.prepared import Prepared
from nurture.storage.rule import MAY_HAVE_LEFT, YEAR
from nurture.storage.tables import contacts, encounters, touches


@dataclass(frozen=True, slots=True)
class _Circle:
    """Instants by whom they concern, and by what colleagues share."""

    own: defaultdict[int, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    by_key: defaultdict[tuple[int, str], set[tuple[int, datetime]]] = field(
        default_factory=lambda: defaultdict(set)
    )

    def add(self, contact_id: int, keys: tuple[str, str], at: datetime) -> None:
        """Something happened with this person of this company."""
        self.own[contact_id].append(at)
        for place, key in enumerate(keys):
            if key:
                self.by_key[place, key].add((contact_id, at))

    def around(self, contact: Contact) -> list[datetime]:
        """What happened with this person's colleagues, in order."""
        found: set[tuple[int, datetime]] = set()
        for place, key in enumerate(contact.company_keys):
            found |= self.by_key.get((place, key), set())
        return sorted(at for contact_id, at in found if contact_id != contact.id)


def paces(connection: Connection, people: Iterable[Contact], now: datetime) -> Mapping[int, Pace]:
    """The pace of each of these contacts; three queries, however many they are."""
    known = {contact.id: contact for contact in people}
    concerned = contacts.c.id.in_(known) | Companies.of(known.values()).works_there
    latest, year = _Circle(), _Circle()
    heard: dict[int, datetime | None] = {}
    for row in _latest(connection, concerned):
        heard[row.id] = row.last_heard_at
        if row.last_touch_at:
            latest.add(row.id, (row.company_name, row.company_domain), row.last_touch_at)
    for contact_id, at, keys in _reached(connection, concerned, now - YEAR):
        year.add(contact_id, keys, at)
    return {
        contact.id: Pace(
            last_touch_at=max(latest.own[contact.id], default=None),
            last_heard_at=heard.get(contact.id),
            touched=tuple(sorted(year.own[contact.id])),
            company_touch_at=max(latest.around(contact), default=None),
            company_touched=tuple(year.around(contact)),
        )
        for contact in known.values()
    }


def last_touches_around(
    connection: Connection, people: Iterable[Contact]
) -> Mapping[int, datetime | None]:
    """When a colleague of each of these contacts was last touched; one query."""
    known = tuple(people)
    circle = _Circle()
    for row in _latest(connection, Companies.of(known).works_there):
        if row.last_touch_at:
            circle.add(row.id, (row.company_name, row.company_domain), row.last_touch_at)
    return {contact.id: max(circle.around(contact), default=None) for contact in known}


def _latest(connection: Connection, concerned: ColumnElement[bool]) -> Iterable[Row[Any]]:
    columns = (contacts.c.id, contacts.c.company_name, contacts.c.company_domain)
    spoken = (contacts.c.last_touch_at, contacts.c.last_heard_at)
    was_reached = contacts.c.last_touch_at.is_not(None) | contacts.c.last_heard_at.is_not(None)
    return connection.execute(select(*columns, *spoken).where(concerned, was_reached))


def _reached(
    connection: Connection, concerned: ColumnElement[bool], since: datetime
) -> Iterator[tuple[int, datetime, tuple[str, str]]]:
    keys = (contacts.c.company_name, contacts.c.company_domain)
    sent = (
        select(touches.c.contact_id, touches.c.sent_at.label("at"), *keys)
        .join(contacts, contacts.c.id == touches.c.contact_id)
        .where(concerned, touches.c.sent_at > since, touches.c.state.in_(MAY_HAVE_LEFT))
    )
    met = (
        select(encounters.c.contact_id, encounters.c.at, *keys)
        .join(contacts, contacts.c.id == encounters.c.contact_id)
        .where(concerned, encounters.c.at > since)
    )
    for query in (sent, met):
        for row in connection.execute(query):
            yield row.contact_id, row.at, (row.company_name, row.company_domain)


def meet(connection: Connection, contact_id: int, at: datetime, channel: Channel) -> None:
    """The owner reached this person by their own hand."""
    row = {"contact_id": contact_id, "at": at, "channel": channel}
    add_missing(connection, encounters, [row])
    touch_people(connection, {contact_id: at})


def touch_people(connection: Connection, when: Mapping[int, datetime]) -> None:
    """These contacts were touched at these instants, unless they were touched later still."""
    _SAVE_LAST.run(connection, ({"of": of, "at": at} for of, at in when.items()))


_AT: Final = bindparam("at", type_=contacts.c.last_touch_at.type)
_SAVE_LAST: Final = Prepared(
    update(contacts)
    .where(
        contacts.c.id == bindparam("of"),
        or_(contacts.c.last_touch_at.is_(None), contacts.c.last_touch_at < _AT),
    )
    .values(last_touch_at=_AT)
)
