"""What has passed between people, their companies and us, over all channels."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, Update, bindparam, or_, select, update

from nurture.core.contact import Contact
from nurture.core.situation import Pace
from nurture.core.task import Channel
from nurture.storage.company import WORKS_THERE, Circle, Companies
from nurture.storage.engine import add_missing
from nurture.storage.prepared import OneOf, Prepared
from nurture.storage.rule import MAY_HAVE_LEFT, YEAR
from nurture.storage.tables import contacts, encounters, touches

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
    connection: Connection, known: Mapping[int, Contact], them: Companies, now: datetime
) -> Mapping[int, Pace]:
    """The pace of each of these contacts of these companies; three queries at most for all."""
    reached = _LATEST.rows(connection, people=known, names=them.names, domains=them.domains)
    if not reached:
        return dict.fromkeys(known, _NEVER)
    circle, last = Circle(), dict[int, datetime]()
    heard: dict[int, datetime | None] = {}
    for contact_id, name, domain, touched_at, heard_at in reached:
        heard[contact_id] = heard_at
        if touched_at:
            last[contact_id] = touched_at
            circle.add(contact_id, name, domain)
    year = _reached(connection, last, now - YEAR)
    return {
        contact.id: _pace(contact.id, circle.colleagues(contact), last, heard, year)
        for contact in known.values()
    }


def _pace(
    contact_id: int,
    colleagues: Collection[int],
    last: Mapping[int, datetime],
    heard: Mapping[int, datetime | None],
    year: Mapping[int, Sequence[datetime]],
) -> Pace:
    if not colleagues and contact_id not in heard:
        return _NEVER
    around = {(each, at) for each in colleagues for at in year.get(each, ())}
    return Pace(
        last_touch_at=last.get(contact_id),
        last_heard_at=heard.get(contact_id),
        touched=tuple(sorted(year.get(contact_id, ()))),
        company_touch_at=max((last[each] for each in colleagues), default=None),
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
