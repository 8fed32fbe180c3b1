"""Who had which piece of the library, and what they wrote, as queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, and_, bindparam, or_, select, tuple_

from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment
from nurture.core.library import Reader
from nurture.core.library.echo import Offered
from nurture.core.task import TaskMove, TaskState
from nurture.core.touch import TouchState
from nurture.core.verdict import Meaning
from nurture.ports import Asked, Intent
from nurture.storage.company import WORKS_THERE, Companies
from nurture.storage.prepared import OneOf, Prepared
from nurture.storage.rows import acquainted
from nurture.storage.rule import MAY_HAVE_LEFT, YEAR
from nurture.storage.tables import contacts, cues, inbound, tasks, touches
from nurture.storage.walk import close_tasks

HAD: Final = (*MAY_HAVE_LEFT, TouchState.SENDING)
"""The states of a touch after which its words may be with the person."""

_HAD: Final = tuple(map(str, HAD))
_MAY_COME: Final = (*_HAD, str(TouchState.DEFERRED))
_LETTERS: Final = 3
_NOTES: Final = 5
_OWN: Final = Prepared(
    select(touches.c.contact_id, touches.c.piece).where(
        OneOf(touches.c.contact_id, "people"),
        OneOf(touches.c.state, "states"),
        touches.c.piece != "",
    )
)
_AROUND: Final = Prepared(
    select(contacts.c.id, contacts.c.company_name, contacts.c.company_domain, touches.c.piece)
    .join(contacts, contacts.c.id == touches.c.contact_id)
    .where(
        WORKS_THERE,
        OneOf(touches.c.state, "states"),
        touches.c.piece != "",
        touches.c.begun_at > bindparam("since", type_=touches.c.begun_at.type),
    )
)
_BY_A_PERSON: Final = or_(
    inbound.c.corrected == str(Meaning.HUMAN_REPLY),
    and_(inbound.c.corrected == "", inbound.c.verdict == str(Meaning.HUMAN_REPLY)),
)
_SAID_NO: Final = or_(
    inbound.c.corrected == str(Meaning.UNSUBSCRIBE),
    and_(inbound.c.corrected == "", inbound.c.verdict == str(Meaning.UNSUBSCRIBE)),
)


def reader(connection: Connection, contact: Contact, now: datetime) -> Reader:
    """What is known of this person as a reader; four queries."""
    had = pieces_had(connection, [contact], now)
    own, around = had[contact.id]
    words = (
        select(inbound.c.text)
        .where(
            inbound.c.contact_id == contact.id,
            inbound.c.is_certain,
            _BY_A_PERSON,
            inbound.c.text != "",
        )
        .order_by(inbound.c.at.desc(), inbound.c.id.desc())
        .limit(_LETTERS)
    )
    notes = (
        select(cues.c.text)
        .where(cues.c.contact_id == contact.id)
        .order_by(cues.c.id.desc())
        .limit(_NOTES)
    )
    wrote, noted = connection.scalars(words), connection.scalars(notes)
    return Reader(contact, own, around, tuple(wrote), tuple(noted))


def asked(connection: Connection, walk: Enrollment) -> Asked | None:
    """The task that the owner was given for the step at which this walk stands."""
    query = select(tasks.c.created_at, tasks.c.state).where(
        tasks.c.enrollment_id == walk.id,
        tasks.c.step == walk.position,
        tasks.c.occurrence == walk.occurrence,
    )
    row = connection.execute(query).first()
    return Asked(row.created_at, row.state is TaskState.OPEN) if row else None


def readers(connection: Connection, people: Sequence[Contact], now: datetime) -> tuple[Reader, ...]:
    """These contacts as readers, in their order, without what was written by or about them."""
    had = pieces_had(connection, people, now)
    return tuple(Reader(each, *had[each.id]) for each in people)


def pieces_had(
    connection: Connection, people: Sequence[Contact], now: datetime
) -> Mapping[int, tuple[frozenset[str], frozenset[str]]]:
    """What each of these contacts had, and what their colleagues had within a year; two queries."""
    own: defaultdict[int, set[str]] = defaultdict(set)
    ids = {each.id for each in people}
    for contact_id, piece in _OWN.rows(connection, people=ids, states=_HAD):
        own[contact_id].add(piece)
    shared = _shared_by_company(connection, people, now)
    return {
        each.id: (
            frozenset(own[each.id]),
            frozenset(
                piece
                for key in enumerate(each.company_keys)
                for contact_id, piece in shared.get(key, ())
                if contact_id != each.id
            ),
        )
        for each in people
    }


def _shared_by_company(
    connection: Connection, people: Sequence[Contact], now: datetime
) -> Mapping[tuple[int, str], set[tuple[int, str]]]:
    """Who of each company was given which piece within a year, by what colleagues share."""
    them = Companies.of(people)
    known = {"names": them.names, "domains": them.domains}
    found: defaultdict[tuple[int, str], set[tuple[int, str]]] = defaultdict(set)
    rows = _AROUND.rows(connection, **known, states=_MAY_COME, since=now - YEAR)
    for contact_id, name, domain, piece in rows:
        for place, key in enumerate((name, domain)):
            if key:
                found[place, key].add((contact_id, piece))
    return found


def pieces_barred(
    connection: Connection, intents: Iterable[Intent], now: datetime
) -> Mapping[int, frozenset[str]]:
    """The pieces that may not go to those who are about to get one; most mails are none."""
    ids = {intent.contact_id for intent in intents if intent.piece}
    if not ids:
        return {}
    found = pieces_had(connection, acquainted(connection, ids), now)
    return {contact_id: own | around for contact_id, (own, around) in found.items()}


def lapse_requests(connection: Connection, begun: Iterable[Intent], now: datetime) -> None:
    """Nobody need look for a piece any more for whom one was found."""
    here = [(each.enrollment_id, each.step, each.occurrence) for each in begun if each.piece]
    if here:
        theirs = tuple_(tasks.c.enrollment_id, tasks.c.step, tasks.c.occurrence).in_(here)
        close_tasks(connection, theirs, TaskMove.EXPIRED, "a piece was found", now)


def offered(connection: Connection) -> tuple[Offered, ...]:
    """Every piece that may have reached somebody, with the first words of theirs behind it."""
    left = (touches.c.state.in_(MAY_HAVE_LEFT), touches.c.sent_at.is_not(None))
    readers_of_any = select(touches.c.contact_id).where(touches.c.piece != "", *left)
    rows = connection.execute(
        select(touches.c.piece, touches.c.contact_id, touches.c.sent_at)
        .where(touches.c.contact_id.in_(readers_of_any), *left)
        .order_by(touches.c.sent_at, touches.c.id)
    ).all()
    said, sent = _said(connection), defaultdict[int, list[datetime]](list)
    for _, contact_id, at in rows:
        sent[contact_id].append(at)
    return tuple(
        _answered(Offered(*row), said[row.contact_id], sent[row.contact_id])
        for row in rows
        if row.piece
    )


def _said(connection: Connection) -> Mapping[int, list[tuple[datetime, bool]]]:
    """When each person wrote, and whether it was for no more mail, the oldest first."""
    found: defaultdict[int, list[tuple[datetime, bool]]] = defaultdict(list)
    rows = connection.execute(
        select(inbound.c.contact_id, inbound.c.at, _SAID_NO.label("said_no"))
        .where(inbound.c.is_certain, or_(_BY_A_PERSON, _SAID_NO))
        .order_by(inbound.c.at, inbound.c.id)
    )
    for contact_id, at, said_no in rows:
        found[contact_id].append((at, bool(said_no)))
    return found


def _answered(
    offer: Offered, said: Iterable[tuple[datetime, bool]], sent: Iterable[datetime]
) -> Offered:
    words = next(((at, no) for at, no in said if at >= offer.sent_at), None)
    followed_at = next((at for at in sent if at > offer.sent_at), None)
    after = replace(offer, followed_at=followed_at)
    return replace(after, answered_at=words[0], said_no=words[1]) if words else after
