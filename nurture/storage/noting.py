"""Decisions that send nothing, and all that they change, in one transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select, tuple_

from nurture.core.decision import Advance, Decision, End, Hold, Postpone
from nurture.core.enrollment import Enrollment, Move, State
from nurture.core.task import TaskMove
from nurture.ports import Lease, LedgerEntry
from nurture.storage.accounts import account_state
from nurture.storage.enrolling import enroll
from nurture.storage.ledger import Event, about_walk, write_lines
from nurture.storage.objection import holds_lease
from nurture.storage.people import rewrite
from nurture.storage.rows import contacts_by_id, save_walks
from nurture.storage.rule import changed_by, leaves, noted
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import enrollments, is_active, tasks
from nurture.storage.tact import drop_overrides, step_of
from nurture.storage.walk import call_off, close_tasks, live_walks, lock_people, move_walks, walks

_OVER: Final = "the walk has ended"


def note(
    connection: Connection,
    list_: Suppressions,
    lease: Lease,
    decisions: Sequence[tuple[int, Decision]],
    now: datetime,
) -> bool:
    """Applies the decisions to those enrollments that are active still; False without the lease."""
    # Nobody takes the lease while we hold the account's lock.
    if not holds_lease(account_state(connection, lease.account, lock=True), lease):
        return False
    ids = {enrollment_id for enrollment_id, _ in decisions}
    people = select(enrollments.c.contact_id).where(enrollments.c.id.in_(ids))
    lock_people(connection, connection.scalars(people))
    current = {walk.id: walk for walk in walks(connection, enrollments.c.id.in_(ids) & is_active)}
    lines: list[LedgerEntry] = []
    advances: list[tuple[Enrollment, Advance]] = []
    for enrollment_id, decision in decisions:
        walk = current.get(enrollment_id)
        if walk is None or walk.state is not State.ACTIVE:
            continue
        current[enrollment_id] = noted(walk, decision, now)
        lines += note_lines(walk, decision, now)
        if isinstance(decision, Advance):
            advances.append((walk, decision))
    save_walks(connection, current.values())
    write_lines(connection, lines)
    _end(connection, current.values(), now)
    _leave(connection, [walk for walk, to in advances if leaves(walk, to)], now)
    for walk, to in advances:
        _carry_out(connection, list_, walk, to, now)
    return True


def note_lines(walk: Enrollment, decision: Decision, now: datetime) -> list[LedgerEntry]:
    """What the ledger tells of a decision; a rest is what the sequence asks for, and not told."""
    match decision:
        case Postpone(why=why):
            return [about_walk(walk, Event.TOUCH_POSTPONED, why, now)]
        case Hold(why=why) if why == walk.held_why:
            return []  # said before: a hold is looked at again and again
        case Hold(why=why):
            return [about_walk(walk, Event.TOUCH_HELD, why, now)]
        case Advance(to=None, why=why):
            ended = about_walk(walk, Event.ENROLLMENT_ENDED, Move.FINISHED, now)
            return [about_walk(walk, Event.STEP_DONE, why, now), ended]
        case Advance(why=why, occurrence=occurrence) if walk.lane:
            ahead = f"{why}; next on {occurrence}" if occurrence else f"{why}; no day is known"
            return [about_walk(walk, Event.OCCASION_PLANNED, ahead, now)]
        case Advance(why=why):
            return [about_walk(walk, Event.STEP_DONE, why, now)]
        case End(why=why):
            return [about_walk(walk, Event.ENROLLMENT_ENDED, why, now)]
        case _:
            return []


def _end(connection: Connection, current: Iterable[Enrollment], now: datetime) -> None:
    over = [walk for walk in current if walk.state is not State.ACTIVE]
    call_off(connection, [walk.id for walk in over], _OVER, now)
    stopped = [walk.id for walk in over if walk.reason != Move.FINISHED]
    if stopped:
        theirs = tasks.c.enrollment_id.in_(stopped)
        close_tasks(connection, theirs, TaskMove.CALLED_OFF, _OVER, now)


def _leave(connection: Connection, left: Sequence[Enrollment], now: datetime) -> None:
    """What belonged to the steps that these walks stood at has had its day."""
    if not left:
        return
    drop_overrides(connection, [step_of(walk) for walk in left])
    here = [(walk.id, walk.position, walk.occurrence) for walk in left]
    theirs = tuple_(tasks.c.enrollment_id, tasks.c.step, tasks.c.occurrence).in_(here)
    close_tasks(connection, theirs, TaskMove.EXPIRED, "its time went by", now)


def _carry_out(
    connection: Connection, list_: Suppressions, walk: Enrollment, to: Advance, now: datetime
) -> None:
    """What a step writes on the contact, and where it sends them."""
    if to.change:
        (contact,) = contacts_by_id(connection, [walk.contact_id]).values()
        rewrite(connection, contact, changed_by(contact, to.change), to.why, now)
    if to.starts:
        live = live_walks(connection, [walk.contact_id])
        lanes = [each for each in live if (each.sequence, each.run) == (walk.sequence, walk.run)]
        move_walks(connection, lanes, Move.STOPPED, to.why, now)
        enroll(connection, list_, to.starts)
