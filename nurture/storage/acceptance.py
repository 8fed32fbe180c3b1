"""Mails that were taken while nothing else bore on their walks: most of them, all at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    insert,
    null,
    select,
    update,
)

from nurture.core.enrollment import Enrollment, Move, State
from nurture.core.touch import TouchMove, TouchState, move_touch
from nurture.ports import Settlement
from nurture.storage.engine import has_row_locks
from nurture.storage.gate import IS_CALM
from nurture.storage.ledger import LINE, OF_STATE, OF_TOUCH, Event
from nurture.storage.pacing import touched
from nurture.storage.prepared import OneOf, Prepared, Raw
from nurture.storage.rule import PLACE, moved, place_after
from nurture.storage.tables import (
    accounts,
    enrollments,
    families,
    is_active,
    is_sending,
    ledger,
    overrides,
    touches,
)
from nurture.storage.tables.base import word
from nurture.storage.walk import lock_people, lock_walks
from nurture.value import frozen

Whose = tuple[int, int, int]
"""A touch with its contact and its enrollment."""


_NOTHING: Final = word("")
_SENT: Final = move_touch(TouchState.SENDING, TouchMove.ACCEPTED)
_SOME_DAY: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SOMEBODY: Final = Enrollment(0, 0, "", "", "", State.ACTIVE, "", _SOME_DAY, None, _SOME_DAY)
_OVER: Final = moved(_SOMEBODY, Move.FINISHED, "")
_IS_OVERRIDDEN: Final = (
    select(overrides.c.step)
    .where(
        overrides.c.contact_id == enrollments.c.contact_id,
        overrides.c.sequence == enrollments.c.sequence,
        overrides.c.step == enrollments.c.position,
    )
    .exists()
)
# Of such a walk the rule asks nothing, and its next place depends on nothing that it holds.
_GOES_ON: Final = (
    is_sending
    & is_active
    & (touches.c.step == enrollments.c.position)
    & (touches.c.occurrence == enrollments.c.occurrence)
    & enrollments.c.held_until.is_(None)
    & (enrollments.c.held_why == _NOTHING)
    & (enrollments.c.owes == _NOTHING)
    & ~_IS_OVERRIDDEN
)
_THESE: Final = (
    select(touches.c.id, touches.c.contact_id, touches.c.enrollment_id, IS_CALM, _GOES_ON)
    .select_from(
        touches.join(enrollments, enrollments.c.id == touches.c.enrollment_id)
        .join(accounts, accounts.c.account == touches.c.account)
        .outerjoin(families, families.c.scope == touches.c.family)
    )
    .where(OneOf(touches.c.id, "ids"))
    .order_by(touches.c.id)
)
_SEEN: Final = Prepared(_THESE)
_LOCKED: Final = Prepared(_THESE.with_for_update(of=touches))


@frozen
class Seen:
    """Touches as they were found.

    `calm` are those whose account and family an acceptance tells nothing new; `free` those on
    their way, whose walks an acceptance moves on, and nothing else.
    """

    whose: Mapping[int, Whose]
    calm: Collection[int]
    free: Collection[int]


def see(connection: Connection, ids: Collection[int]) -> Seen:
    """These touches before anything is locked."""
    return _seen(_SEEN.rows(connection, ids=ids))


def hold(connection: Connection, seen: Seen) -> Seen:
    """The same touches, nobody else's until we commit, nor their people and walks."""
    if not has_row_locks(connection):
        return seen
    lock_people(connection, (person for _, person, _ in seen.whose.values()))
    lock_walks(connection, (walk for _, _, walk in seen.whose.values()))
    return _seen(_LOCKED.rows(connection, ids=seen.whose))


def _seen(rows: Iterable[tuple[int, int, int, bool, bool]]) -> Seen:
    whose: dict[int, Whose] = {}
    calm, free = set(), set()
    for touch, person, walk, is_calm, is_free in rows:
        whose[touch] = touch, person, walk
        if is_calm:
            calm.add(touch)
        if is_free:
            free.add(touch)
    return Seen(whose, calm, free)


def is_plain(by: Settlement) -> bool:
    """Whether it says no more than that the mail was taken, and how the walk goes on."""
    is_taken = by.move is TouchMove.ACCEPTED and not by.suppress and by.alert is None
    return is_taken and by.next is not None


_SAVE_TOUCH: Final = Prepared(
    update(touches)
    .where(touches.c.id == bindparam("of"))
    .values(state=word(_SENT), sent_at=bindparam("at"), reply=bindparam("said"))
)
# The wait counts from when the mail was sent.
_SAVE_WALK: Final = Prepared(
    update(enrollments)
    .where(touches.c.id == bindparam("of"), enrollments.c.id == touches.c.enrollment_id)
    .values(anchor_at=touches.c.sent_at, **{name: bindparam(f"new_{name}") for name in PLACE})
)
_SAVED: Final = ("of", *(f"new_{name}" for name in PLACE))
# Of one person no two mails are on their way: the last look sees to that.
_SAVE_LAST: Final = Prepared(
    touched(touches.c.contact_id, touches.c.sent_at).where(OneOf(touches.c.id, "ids"))
)
_END_WALKS: Final = Prepared(
    update(enrollments)
    .where(OneOf(enrollments.c.id, "ids"))
    .values(state=word(_OVER.state), reason=word(_OVER.reason), due_at=null())
)


def _telling(event: Event, why: ColumnElement[str]) -> Prepared:
    """A line about each of these touches, of the time at which it was sent."""
    whose = (touches.c.contact_id, touches.c.sequence, touches.c.step)
    these = select(touches.c.sent_at, word(event), why, *whose).where(OneOf(touches.c.id, "ids"))
    return Prepared(insert(ledger).from_select(LINE, these.order_by(touches.c.id)))


_TELL_SENT: Final = _telling(OF_TOUCH[_SENT], touches.c.why)
_TELL_OVER: Final = _telling(OF_STATE[_OVER.state], word(_OVER.reason))


def accept(connection: Connection, taken: Sequence[Settlement], seen: Seen) -> None:
    """Writes plain settlements of free touches: what the rule comes to for each of them."""
    if not taken:
        return
    replies = [(by.touch_id, by.at, str(by.delivery.answer)) for by in taken]
    _SAVE_TOUCH.run_all(connection, ("of", "at", "said"), replies)
    places: list[Raw] = []
    over: dict[int, int] = {}
    for by in taken:
        if by.next and by.next.to is not None:
            places.append((by.touch_id, *place_after(by.next.to, by.next)))
        else:
            over[by.touch_id] = seen.whose[by.touch_id][-1]
    _SAVE_WALK.run_all(connection, _SAVED, places)
    ids = {by.touch_id for by in taken}
    _SAVE_LAST.run(connection, [{"ids": ids}])
    _TELL_SENT.run(connection, [{"ids": ids}])
    if over:
        _END_WALKS.run(connection, [{"ids": over.values()}])
        _TELL_OVER.run(connection, [{"ids": over}])
