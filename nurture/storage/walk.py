"""Moving enrollments together with everything queued behind them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, select, update

from nurture.core.enrollment import Enrollment, Move, State
from nurture.core.task import TaskMove, move_task
from nurture.core.touch import Touch, TouchMove, TouchState, move_touch
from nurture.ports import LedgerEntry
from nurture.storage.course import WALK, walk_of
from nurture.storage.engine import has_row_locks
from nurture.storage.lane import first_of_lanes
from nurture.storage.ledger import (
    OF_STATE,
    Event,
    about_task,
    about_touch,
    about_walk,
    write_lines,
)
from nurture.storage.prepared import OneOf, Prepared
from nurture.storage.rows import (
    TASK,
    TOUCH,
    save_walks,
    task_of,
    touch_of,
)
from nurture.storage.rule import moved
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import aliases, contacts, enrollments, is_open, tasks, touches
from nurture.value import frozen

_LOCK_PEOPLE: Final = Prepared(
    select(contacts.c.id)
    .where(OneOf(contacts.c.id, "ids"))
    .order_by(contacts.c.id)
    .with_for_update(key_share=True)
)
_LOCK_WALKS: Final = Prepared(
    select(enrollments.c.id)
    .where(OneOf(enrollments.c.id, "ids"))
    .order_by(enrollments.c.id)
    .with_for_update()
)
_BY_ID: Final = Prepared(
    select(*WALK).where(OneOf(enrollments.c.id, "ids")).order_by(enrollments.c.id).with_for_update()
)


@frozen
class Stopping:
    """Which enrollments came into another state, and which queued touches were called off."""

    moved: tuple[tuple[int, str], ...] = ()
    cancelled: tuple[int, ...] = ()


def lock_people(connection: Connection, contact_ids: Iterable[int]) -> None:
    """Locks these contacts against another's answer, enrolment or settlement until we commit.

    Contacts are locked before enrollments, and enrollments before touches, everywhere; rows that
    only refer to a contact may be inserted meanwhile.
    """
    ids = set(contact_ids)
    if has_row_locks(connection):
        _LOCK_PEOPLE.rows(connection, ids=ids)


def lock_walks(connection: Connection, ids: Iterable[int]) -> None:
    """Locks these enrollments, where rows can be locked, without a look at them."""
    if has_row_locks(connection):
        _LOCK_WALKS.rows(connection, ids=set(ids))


def walks(connection: Connection, where: ColumnElement[bool]) -> tuple[Enrollment, ...]:
    """The enrollments of that kind, locked until the transaction ends, in the order of ids.

    One order for all transactions: two that want the same rows cannot wait for each other.
    """
    query = select(*WALK).where(where).order_by(enrollments.c.id).with_for_update()
    return tuple(walk_of(row) for row in connection.execute(query))


def walks_by_id(connection: Connection, ids: Iterable[int]) -> tuple[Enrollment, ...]:
    """These enrollments, locked like those of `walks`."""
    return tuple(walk_of(row) for row in _BY_ID.rows(connection, ids=set(ids)))


def live_walks(connection: Connection, contact_ids: Iterable[int]) -> tuple[Enrollment, ...]:
    """The enrollments of these contacts that have not ended, locked."""
    return walks(
        connection,
        enrollments.c.contact_id.in_(set(contact_ids)) & (enrollments.c.state != State.ENDED),
    )


def move_walks(
    connection: Connection, found: Sequence[Enrollment], by: Move, reason: str, at: datetime
) -> Stopping:
    """Moves these enrollments and calls off what is queued for those that are not active.

    Tasks of walks that end so are called off, too; after a handoff they are still the owner's.
    """
    after = [moved(walk, by, reason) for walk in found]
    changed = [new for old, new in zip(found, after, strict=True) if new.state is not old.state]
    save_walks(connection, after)
    write_lines(
        connection,
        (
            about_walk(walk, OF_STATE[walk.state], reason or by, at)
            for walk in first_of_lanes(changed)
        ),
    )
    ended = {walk.id for walk in changed if walk.state is State.ENDED}
    if ended:
        close_tasks(connection, tasks.c.enrollment_id.in_(ended), TaskMove.CALLED_OFF, by, at)
    stopped = {walk.id for walk in after if walk.state is not State.ACTIVE}
    return Stopping(
        moved=tuple((walk.id, str(walk.state)) for walk in changed),
        cancelled=call_off(connection, stopped, reason or by, at),
    )


def call_off(
    connection: Connection, enrollment_ids: Collection[int], why: str, at: datetime
) -> tuple[int, ...]:
    """Cancels the deferred touches of these enrollments; their ids."""
    if not enrollment_ids:
        return ()
    waiting = (touches.c.state == TouchState.DEFERRED) & touches.c.enrollment_id.in_(enrollment_ids)
    found = [touch_of(row) for row in connection.execute(select(*TOUCH).where(waiting))]
    if found:
        state = move_touch(TouchState.DEFERRED, TouchMove.CALLED_OFF)
        ids = [touch.id for touch in found]
        connection.execute(update(touches).where(touches.c.id.in_(ids)).values(state=state))
    write_lines(connection, (_cancelled(touch, why, at) for touch in found))
    return tuple(sorted(touch.id for touch in found))


def close_tasks(
    connection: Connection, where: ColumnElement[bool], by: TaskMove, why: str, at: datetime
) -> None:
    """Moves the open tasks of that kind."""
    query = select(*TASK).where(is_open, where).order_by(tasks.c.id).with_for_update()
    found = [task_of(row) for row in connection.execute(query)]
    if not found:
        return
    after = [replace(task, state=move_task(task.state, by)) for task in found]
    these = update(tasks).where(tasks.c.id.in_([task.id for task in after]))
    connection.execute(these.values(state=after[0].state))
    write_lines(connection, (about_task(task, why, at) for task in after))


def _cancelled(touch: Touch, why: str, at: datetime) -> LedgerEntry:
    return about_touch(touch, Event.TOUCH_CANCELLED, why, at)


def addresses_of(connection: Connection, contact_id: int) -> tuple[str, ...]:
    """Every address under which this contact is known."""
    own = select(contacts.c.address).where(contacts.c.id == contact_id)
    also = select(aliases.c.address).where(aliases.c.contact_id == contact_id)
    return tuple(connection.scalars(own.union_all(also)))


def silence(
    connection: Connection,
    list_: Suppressions,
    contact_id: int,
    by: Move,
    reason: str,
    at: datetime,
    *,
    also: str = "",
) -> Stopping:
    """Suppresses every address of a contact and ends their enrollments, whatever queues."""
    addresses = (*addresses_of(connection, contact_id), *([also] if also else []))
    if list_.add(connection, addresses, reason, at):
        write_lines(connection, [LedgerEntry(at, Event.ADDRESS_SUPPRESSED, reason, contact_id)])
    return move_walks(connection, live_walks(connection, [contact_id]), by, reason, at)
