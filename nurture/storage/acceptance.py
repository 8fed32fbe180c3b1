"""Mails that were taken while nothing else bore on their walks: most of them, all at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from nurture.core.touch import TouchMove, TouchState, move_touch
from nurture.ports import Settlement
from nurture.storage.engine import has_row_locks
from nurture.storage.gate import IS_CALM
from nurture.storage.ledger import LINE, OF_TOUCH
from nurture.storage.prepared import OneOf, Prepared
from nurture.storage.rule import PLACE, place_after
from nurture.storage.tables import (
    accounts,
    contacts,
    enrollments,
    families,
    is_active,
    is_sending,
    ledger,
    overrides,
    touches,
)
from nurture.storage.walk import lock_people, lock_walks
from nurture.value import frozen

Whose = tuple[int, int, int]
"""A touch with its contact and its enrollment."""

_SENT: Final = move_touch(TouchState.SENDING, TouchMove.ACCEPTED)
_NOTHING: Final[ColumnElement[str]] = literal_column("''")
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
    """Whether it says no more than that the mail was taken, and that another step follows."""
    is_taken = by.move is TouchMove.ACCEPTED and not by.suppress and by.alert is None
    return is_taken and by.next is not None and by.next.to is not None


_SAVE_TOUCH: Final = Prepared(
    update(touches)
    .where(touches.c.id == bindparam("of"))
    .values(state=literal_column(f"'{_SENT}'"), sent_at=bindparam("at"), reply=bindparam("said"))
)
_SAVE_WALK: Final = Prepared(
    update(enrollments)
    .where(enrollments.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in PLACE})
)
_SAVED: Final = ("of", *(f"new_{name}" for name in PLACE))
_REACHED: Final = (
    select(touches.c.contact_id, func.max(touches.c.sent_at).label("at"))
    .where(OneOf(touches.c.id, "ids"))
    .group_by(touches.c.contact_id)
    .subquery()
)
_SAVE_LAST: Final = Prepared(
    update(contacts)
    .where(
        contacts.c.id == _REACHED.c.contact_id,
        or_(contacts.c.last_touch_at.is_(None), contacts.c.last_touch_at < _REACHED.c.at),
    )
    .values(last_touch_at=_REACHED.c.at)
)
_TELL: Final = Prepared(
    insert(ledger).from_select(
        LINE,
        select(
            touches.c.sent_at,
            literal_column(f"'{OF_TOUCH[_SENT]}'"),
            touches.c.why,
            touches.c.contact_id,
            touches.c.sequence,
            touches.c.step,
        )
        .where(OneOf(touches.c.id, "ids"))
        .order_by(touches.c.id),
    )
)


def accept(connection: Connection, taken: Sequence[Settlement], seen: Seen) -> None:
    """Writes plain settlements of free touches; no more than the rule comes to for each of them."""
    if not taken:
        return
    _SAVE_TOUCH.run_each(
        connection,
        ("of", "at", "said"),
        [(by.touch_id, by.at, str(by.delivery.answer)) for by in taken],
    )
    _SAVE_WALK.run_each(
        connection,
        _SAVED,
        [
            (seen.whose[by.touch_id][-1], *place_after(by.next.to, by.next, by.at))
            for by in taken
            if by.next and by.next.to
        ],
    )
    ids = {by.touch_id for by in taken}
    _SAVE_LAST.run(connection, [{"ids": ids}])
    _TELL.run(connection, [{"ids": ids}])
