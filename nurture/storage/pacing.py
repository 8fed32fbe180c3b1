"""What has passed between people, their companies and us, over all channels."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Update, bindparam, or_, select, update

from nurture.core.contact import Contact
from nurture.core.situation import Pace
from nurture.core.task import Channel
from nurture.storage.company import LAST_AROUND, WORKS_THERE, Circle, Companies
from nurture.storage.engine import add_missing
from nurture.storage.prepared import OneOf, Prepared
from nurture.storage.rule import MAY_HAVE_LEFT, YEAR
from nurture.storage.tables import contacts, encounters, touches


class _Last(NamedTuple):
    """When somebody was last reached and heard, and a colleague of theirs reached."""

    contact_id: int
    touched_at: datetime | None
    heard_at: datetime | None
    around_at: datetime | None


_SOMETHING: Final = Prepared(
    select(contacts.c.id, contacts.c.last_touch_at, contacts.c.last_heard_at, LAST_AROUND).where(
        OneOf(contacts.c.id, "people"),
        or_(
            contacts.c.last_touch_at.is_not(None),
            contacts.c.last_heard_at.is_not(None),
            LAST_AROUND.is_not(None),
        ),
    )
)
_REACHED_THERE: Final = Prepared(
    select(contacts.c.id, contacts.c.company_name, contacts.c.company_domain).where(
        WORKS_THERE, contacts.c.last_touch_at.is_not(None)
    )
)
_SENT: Final = Prepared(
    select(touches.c.contact_id, touches.c.sent_at).where(
        OneOf(touches.c.contact_id, "people"),
        touches.c.sent_at > bindparam("since", type_=touches.c.sent_at.type),
        OneOf(touches.c.state, "states"),
    )
)
_MET: Final = Prepared(
    select(encounters.c.contact_id, encounters.c.at).where(
        OneOf(encounters.c.contact_id, "people"),
        encounters.c.at > bindparam("since", type_=encounters.c.at.type),
    )
)
_MAY_HAVE_LEFT: Final = tuple(map(str, MAY_HAVE_LEFT))
_NEVER: Final = Pace()


def paces(
    connection: Connection, known: Mapping[int, Contact], now: datetime
) -> Mapping[int, Pace]:
    """The pace of each of these contacts; four queries at most for all, and one for strangers."""
    rows = _SOMETHING.rows(connection, people=known)
    if not rows:
        return dict.fromkeys(known, _NEVER)
    last = {each.contact_id: each for each in map(_Last._make, rows)}
    circle = _circle(connection, [known[each] for each in last if last[each].around_at])
    ever = {each for each in last if last[each].touched_at}
    year = _reached(connection, ever | circle.people, now - YEAR)
    return {
        each: _pace(contact, last[each], circle, year) if each in last else _NEVER
        for each, contact in known.items()
    }


def _circle(connection: Connection, people: Sequence[Contact]) -> Circle:
    """Whoever was reached of the companies of these people."""
    circle = Circle()
    if people:
        them = Companies.of(people)
        found = _REACHED_THERE.rows(connection, names=them.names, domains=them.domains)
        for contact_id, name, domain in found:
            circle.add(contact_id, name, domain)
    return circle


def _pace(
    contact: Contact, last: _Last, circle: Circle, year: Mapping[int, Sequence[datetime]]
) -> Pace:
    around = {(each, at) for each in circle.colleagues(contact) for at in year.get(each, ())}
    return Pace(
        last_touch_at=last.touched_at,
        last_heard_at=last.heard_at,
        touched=tuple(sorted(year.get(contact.id, ()))),
        company_touch_at=last.around_at,
        company_touched=tuple(sorted(at for _, at in around)),
    )


def _reached(
    connection: Connection, ever: Collection[int], since: datetime
) -> Mapping[int, Sequence[datetime]]:
    """When each of these people was reached since then, in any channel.

    Whoever was ever reached has a `last_touch_at`: of nobody else is anything asked.
    """
    found: defaultdict[int, list[datetime]] = defaultdict(list)
    if ever:
        sent = _SENT.rows(connection, people=ever, since=since, states=_MAY_HAVE_LEFT)
        for contact_id, at in sent + _MET.rows(connection, people=ever, since=since):
            found[contact_id].append(at)
    return found


def meet(connection: Connection, contact_id: int, at: datetime, channel: Channel) -> None:
    """The owner reached this person by their own hand."""
    row = {"contact_id": contact_id, "at": at, "channel": channel}
    add_missing(connection, encounters, [row])
    touch_people(connection, {contact_id: at})


def touch_people(connection: Connection, when: Mapping[int, datetime]) -> None:
    """These contacts were touched at these instants, unless they were touched later still."""
    _SAVE_LAST.run_all(connection, ("of", "at"), when.items())


def touched(who: ColumnElement[int], at: ColumnElement[datetime]) -> Update:
    """These contacts were touched at this instant, unless they were touched later still."""
    is_news = or_(contacts.c.last_touch_at.is_(None), contacts.c.last_touch_at < at)
    return update(contacts).where(contacts.c.id == who, is_news).values(last_touch_at=at)


_SAVE_LAST: Final = Prepared(
    touched(bindparam("of"), bindparam("at", type_=contacts.c.last_touch_at.type))
)
