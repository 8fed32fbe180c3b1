"""What is due, with the stored facts that a decision needs, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select

from nurture.core.enrollment import Enrollment, State
from nurture.core.situation import Pace
from nurture.core.touch import Touch, TouchState
from nurture.ports import Due
from nurture.storage.course import WALK, walk_of
from nurture.storage.lane import parting_owed
from nurture.storage.pacing import paces
from nurture.storage.prepared import OneOf, Prepared
from nurture.storage.rows import TOUCH, contacts_by_id, touch_of
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import enrollments, is_active, is_owing, touches
from nurture.storage.tact import by_walk, hushes_over, overrides_of, step_of

_DUE: Final = Prepared(
    select(*WALK)
    .where(
        is_active,
        enrollments.c.account == bindparam("account"),
        enrollments.c.due_at <= bindparam("now", type_=enrollments.c.due_at.type),
    )
    .order_by(enrollments.c.due_at, enrollments.c.id)
    .limit(bindparam("most"))
)
_IS_OWED: Final = Prepared(select(enrollments.c.id).where(is_owing).limit(1))
_OWING: Final = Prepared(select(*WALK).where(is_owing, OneOf(enrollments.c.contact_id, "people")))
_PAST: Final = Prepared(
    select(*TOUCH).where(OneOf(touches.c.enrollment_id, "walks")).order_by(touches.c.id)
)
_UNTOLD: Final[tuple[None, tuple[()]]] = (None, ())
_NO_STEPS: Final[frozenset[str]] = frozenset()
_WALKS: Final = Prepared(
    select(*WALK).where(OneOf(enrollments.c.contact_id, "people")).order_by(enrollments.c.id)
)


def due(
    connection: Connection, list_: Suppressions, account: str, now: datetime, limit: int
) -> tuple[Due, ...]:
    """Active enrollments due at `now`, the longest due first."""
    rows = _DUE.rows(connection, account=account, now=now, most=limit)
    return _with_facts(connection, list_, [*map(walk_of, rows)], now)


def ahead(
    connection: Connection, list_: Suppressions, contact_id: int, now: datetime
) -> tuple[Due, ...]:
    """Every active lane of this contact, due or not, by id."""
    found = walks_of(connection, [contact_id]).get(contact_id, ())
    active = [walk for walk in found if walk.state is State.ACTIVE]
    return _with_facts(connection, list_, active, now)


def _with_facts(
    connection: Connection, list_: Suppressions, found: Sequence[Enrollment], now: datetime
) -> tuple[Due, ...]:
    if not found:
        return ()
    known = contacts_by_id(connection, {walk.contact_id for walk in found})
    refused = list_.among(connection, [contact.address for contact in known.values()])
    pace = paces(connection, known, now)
    hushed = hushes_over(connection, known, now)
    owing = walks_owing(connection, known)
    overridden = overrides_of(connection, known)
    decided = by_walk(overridden)
    past = _history(connection, [walk.id for walk in found])
    return tuple(
        [
            Due(
                walk,
                contact := known[walk.contact_id],
                pace[contact.id],
                contact.address in refused,
                *(_told_before(walk, told) if (told := past.get(walk.id)) else _UNTOLD),
                hushed.get(contact.id),
                parting_owed(walk.id, theirs) if (theirs := owing.get(contact.id)) else "",
                overridden.get(step_of(walk)),
                decided.get((contact.id, walk.sequence), _NO_STEPS),
            )
            for walk in found
        ]
    )


def _told_before(walk: Enrollment, past: Sequence[Touch]) -> tuple[Touch | None, tuple[Touch, ...]]:
    """The touch of this very step that waits for another try, and all others of the walk."""
    here = (TouchState.DEFERRED, walk.position, walk.occurrence)
    waiting = (each for each in past if (each.state, each.step, each.occurrence) == here)
    postponed = next(waiting, None)
    return postponed, tuple([touch for touch in past if touch is not postponed])


def walks_owing(
    connection: Connection, contact_ids: Collection[int]
) -> Mapping[int, Sequence[Enrollment]]:
    """The active walks of these contacts that owe a parting note, by contact.

    Most of the time nobody is owed one, and no more is asked.
    """
    found: defaultdict[int, list[Enrollment]] = defaultdict(list)
    if not _IS_OWED.column(connection):
        return found
    for row in _OWING.rows(connection, people=contact_ids):
        walk = walk_of(row)
        found[walk.contact_id].append(walk)
    return found


def _history(connection: Connection, ids: Sequence[int]) -> Mapping[int, Sequence[Touch]]:
    past: defaultdict[int, list[Touch]] = defaultdict(list)
    for row in _PAST.rows(connection, walks=ids):
        touch = touch_of(row)
        past[touch.enrollment_id].append(touch)
    return past


def walks_of(
    connection: Connection, contact_ids: Collection[int]
) -> Mapping[int, tuple[Enrollment, ...]]:
    """Every lane of every walk of these contacts, the oldest first."""
    found: dict[int, tuple[Enrollment, ...]] = {}
    for row in _WALKS.rows(connection, people=contact_ids):
        walk = walk_of(row)
        found[walk.contact_id] = (*found.get(walk.contact_id, ()), walk)
    return found


def paces_of(
    connection: Connection, contact_ids: Collection[int], now: datetime
) -> Mapping[int, Pace]:
    """What has passed between each of these contacts, their company and us."""
    known = contacts_by_id(connection, contact_ids)
    return paces(connection, known, now)
