"""What has passed between people, their companies and us, over all channels."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, or_, select, update

from nurture.core.contact import Contact
from nurture.core.situation import Pace
from nurture.core.task import Channel
from nurture.storage.company import WORKS_THERE, Companies
from nurture.storage.engine import add_missing
from nurture.storage.prepared import OneOf, Prepared, Raw
from nurture.storage.rule import MAY_HAVE_LEFT, YEAR
from nurture.storage.tables import contacts, encounters, touches
from nurture.value import frozen

_CONCERNED: Final = or_(OneOf(contacts.c.id, "people"), WORKS_THERE)
_KEYS: Final = (contacts.c.company_name, contacts.c.company_domain)
_WAS_REACHED: Final = or_(
    contacts.c.last_touch_at.is_not(None), contacts.c.last_heard_at.is_not(None)
)
_LATEST: Final = Prepared(
    select(contacts.c.id, *_KEYS, contacts.c.last_touch_at, contacts.c.last_heard_at).where(
        _CONCERNED, _WAS_REACHED
    )
)
_LATEST_AROUND: Final = Prepared(
    select(contacts.c.id, *_KEYS, contacts.c.last_touch_at).where(
        WORKS_THERE, contacts.c.last_touch_at.is_not(None)
    )
)
_SENT: Final = Prepared(
    select(touches.c.contact_id, touches.c.sent_at, *_KEYS)
    .join(contacts, contacts.c.id == touches.c.contact_id)
    .where(
        _CONCERNED,
        touches.c.sent_at > bindparam("since", type_=touches.c.sent_at.type),
        OneOf(touches.c.state, "states"),
    )
)
_MET: Final = Prepared(
    select(encounters.c.contact_id, encounters.c.at, *_KEYS)
    .join(contacts, contacts.c.id == encounters.c.contact_id)
    .where(_CONCERNED, encounters.c.at > bindparam("since", type_=encounters.c.at.type))
)
_MAY_HAVE_LEFT: Final = tuple(map(str, MAY_HAVE_LEFT))


@frozen
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
    them = Companies.of(known.values())
    concerned = {"people": known, "names": them.names, "domains": them.domains}
    latest, year = _Circle(), _Circle()
    heard: dict[int, datetime | None] = {}
    for contact_id, name, domain, touched_at, heard_at in _LATEST.rows(connection, **concerned):
        heard[contact_id] = heard_at
        if touched_at:
            latest.add(contact_id, (name, domain), touched_at)
    for contact_id, at, name, domain in _reached(connection, concerned, now - YEAR):
        year.add(contact_id, (name, domain), at)
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
    circle, them = _Circle(), Companies.of(known)
    rows = _LATEST_AROUND.rows(connection, names=them.names, domains=them.domains)
    for contact_id, name, domain, at in rows:
        circle.add(contact_id, (name, domain), at)
    return {contact.id: max(circle.around(contact), default=None) for contact in known}


def _reached(connection: Connection, concerned: Mapping[str, object], since: datetime) -> list[Raw]:
    """Who of them was reached since then, when, and their company's keys, in any channel."""
    sent = _SENT.rows(connection, **concerned, since=since, states=_MAY_HAVE_LEFT)
    return sent + _MET.rows(connection, **concerned, since=since)


def meet(connection: Connection, contact_id: int, at: datetime, channel: Channel) -> None:
    """The owner reached this person by their own hand."""
    row = {"contact_id": contact_id, "at": at, "channel": channel}
    add_missing(connection, encounters, [row])
    touch_people(connection, {contact_id: at})


def touch_people(connection: Connection, when: Mapping[int, datetime]) -> None:
    """These contacts were touched at these instants, unless they were touched later still."""
    _SAVE_LAST.run_each(connection, ("of", "at"), when.items())


_AT: Final = bindparam("at", type_=contacts.c.last_touch_at.type)
_SAVE_LAST: Final = Prepared(
    update(contacts)
    .where(
        contacts.c.id == bindparam("of"),
        or_(contacts.c.last_touch_at.is_(None), contacts.c.last_touch_at < _AT),
    )
    .values(last_touch_at=_AT)
)
