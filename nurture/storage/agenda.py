"""What is due, with the stored facts that a decision needs, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from nurture.core.enrollment import Enrollment
from nurture.core.situation import Pace
from nurture.core.touch import Touch, TouchState
from nurture.ports import Due
from nurture.storage.pacing import paces
from nurture.storage.rows import ENROLLMENT, TOUCH, contacts_by_id, enrollment_of, touch_of
from nurture.storage.rule import MAY_HAVE_LEFT, parting_owed
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import enrollments, is_active, touches
from nurture.storage.tact import hushes_over, overrides_of, step_of


def due(
    connection: Connection, list_: Suppressions, account: str, now: datetime, limit: int
) -> tuple[Due, ...]:
    """Active enrollments due at `now`, the longest due first."""
    query = select(*ENROLLMENT).where(
        is_active, enrollments.c.account == account, enrollments.c.due_at <= now
    )
    query = query.order_by(enrollments.c.due_at, enrollments.c.id).limit(limit)
    found = [enrollment_of(row) for row in connection.execute(query)]
    if not found:
        return ()
    known = contacts_by_id(connection, {walk.contact_id for walk in found})
    refused = list_.among(connection, [contact.address for contact in known.values()])
    pace = paces(connection, known.values(), now)
    hushed = hushes_over(connection, known.values(), now)
    owing = walks_owing(connection, known)
    overridden = overrides_of(connection, known)
    had = _pieces(connection, known)
    past = _history(connection, [walk.id for walk in found])
    return tuple(
        Due(
            enrollment=walk,
            contact=known[walk.contact_id],
            pace=pace[walk.contact_id],
            is_suppressed=known[walk.contact_id].address in refused,
            postponed=(postponed := _postponed(walk, past[walk.id])),
            thread=tuple(touch for touch in past[walk.id] if touch is not postponed),
            hush=hushed.get(walk.contact_id),
            owes_parting=parting_owed(walk, owing[walk.contact_id]),
            override=overridden.get(step_of(walk)),
            pieces=frozenset(had[walk.contact_id]),
        )
        for walk in found
    )


def _postponed(walk: Enrollment, past: Iterable[Touch]) -> Touch | None:
    here = (walk.position, walk.occurrence)
    waiting = (touch for touch in past if touch.state is TouchState.DEFERRED)
    return next((touch for touch in waiting if (touch.step, touch.occurrence) == here), None)


def walks_owing(
    connection: Connection, contact_ids: Collection[int]
) -> Mapping[int, Sequence[Enrollment]]:
    """The active walks of these contacts that owe a parting note, by contact; one query."""
    owes = is_active & (enrollments.c.owes != "") & enrollments.c.contact_id.in_(contact_ids)
    found: defaultdict[int, list[Enrollment]] = defaultdict(list)
    for row in connection.execute(select(*ENROLLMENT).where(owes)):
        found[row.contact_id].append(enrollment_of(row))
    return found


def _pieces(connection: Connection, contact_ids: Collection[int]) -> Mapping[int, set[str]]:
    had: defaultdict[int, set[str]] = defaultdict(set)
    query = select(touches.c.contact_id, touches.c.piece).where(
        touches.c.contact_id.in_(contact_ids),
        touches.c.piece != "",
        touches.c.state.in_({*MAY_HAVE_LEFT, TouchState.SENDING}),
    )
    for contact_id, piece in connection.execute(query):
        had[contact_id].add(piece)
    return had


def _history(connection: Connection, ids: Sequence[int]) -> Mapping[int, Sequence[Touch]]:
    query = select(*TOUCH).where(touches.c.enrollment_id.in_(ids)).order_by(touches.c.id)
    past: defaultdict[int, list[Touch]] = defaultdict(list)
    for row in connection.execute(query):
        past[row.enrollment_id].append(touch_of(row))
    return past


def walks_of(
    connection: Connection, contact_ids: Collection[int]
) -> Mapping[int, tuple[Enrollment, ...]]:
    """Every lane of every walk of these contacts, the oldest first."""
    query = select(*ENROLLMENT).where(enrollments.c.contact_id.in_(contact_ids))
    found: dict[int, tuple[Enrollment, ...]] = {}
    for row in connection.execute(query.order_by(enrollments.c.id)):
        found[row.contact_id] = (*found.get(row.contact_id, ()), enrollment_of(row))
    return found


def paces_of(
    connection: Connection, contact_ids: Collection[int], now: datetime
) -> Mapping[int, Pace]:
    """What has passed between each of these contacts, their company and us."""
    return paces(connection, contacts_by_id(connection, contact_ids).values(), now)
