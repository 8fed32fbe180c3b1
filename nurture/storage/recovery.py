"""What a database that came back from a copy learns from Sent before it may speak again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from nurture.core.decision import Advance
from nurture.core.enrollment import Enrollment, Move, State
from nurture.core.task import Channel
from nurture.core.touch import Touch, TouchMove, TouchState
from nurture.errors import Broken
from nurture.ports import Recalled
from nurture.storage.engine import Database, add_missing
from nurture.storage.gate import spend
from nurture.storage.lane import count_walks
from nurture.storage.ledger import OF_STATE, Event, about_touch, about_walk, write_lines
from nurture.storage.pacing import meet, touch_people
from nurture.storage.rows import TOUCH, save_walks, touch_of
from nurture.storage.rule import UNSETTLED, recalled, stands_at
from nurture.storage.settling import resolve
from nurture.storage.tables import enrollments, inbound, message_ids, touches
from nurture.storage.tact import drop_overrides, step_of
from nurture.storage.walk import live_walks, lock_people, move_walks, walks
from nurture.value import frozen

_FOUND: Final = "found in Sent"


@frozen
class StoredRecovery:
    """ports.Recovery in the database."""

    database: Database

    async def newest_touch(self, account: str) -> datetime | None:
        """When the account's latest known touch began, else its first enrollment; else None."""
        return await self.database.read(_newest_touch, account)

    async def knows_mail(self, message_id: str, before: datetime) -> bool:
        """Whether a mail of this id was heard and recorded before then."""
        return await self.database.read(_knows_mail, message_id, before)

    async def touches(self, enrollment_id: int) -> tuple[Touch, ...]:
        """Every touch of this walk, in the order in which they began."""
        return await self.database.read(_touches, enrollment_id)

    async def confirm(self, touch_id: int, at: datetime, to: Advance | None, now: datetime) -> bool:
        """A touch found in Sent was sent; False where it counts as sent already."""
        return await self.database.write(_confirm, touch_id, at, to, now)

    async def recall(self, recalled: Recalled, now: datetime) -> bool:
        """Records the step as a sent touch and brings its walk behind it; False where known."""
        _, is_new = await self.database.write(recall, recalled, now)
        return is_new

    async def doubt(self, contact_id: int, why: str, at: datetime, now: datetime) -> int:
        """Pauses the contact's active walks for a person; how many."""
        return await self.database.write(_doubt, contact_id, why, at, now)


def _newest_touch(connection: Connection, account: str) -> datetime | None:
    begun = select(touches.c.begun_at).where(touches.c.account == account)
    latest = begun.order_by(touches.c.begun_at.desc()).limit(1)
    newest: datetime | None = connection.scalar(latest)
    if newest is not None:
        return newest
    enrolled = select(enrollments.c.enrolled_at).where(enrollments.c.account == account)
    first: datetime | None = connection.scalar(
        enrolled.order_by(enrollments.c.enrolled_at).limit(1)
    )
    return first


def _knows_mail(connection: Connection, message_id: str, before: datetime) -> bool:
    heard = (inbound.c.message_id == message_id) & (inbound.c.at < before)
    return bool(connection.scalars(select(func.count()).select_from(inbound).where(heard)).one())


def _touches(connection: Connection, enrollment_id: int) -> tuple[Touch, ...]:
    query = select(*TOUCH).where(touches.c.enrollment_id == enrollment_id)
    rows = connection.execute(query.order_by(touches.c.begun_at, touches.c.id))
    return tuple(touch_of(row) for row in rows)


def _confirm(
    connection: Connection, touch_id: int, at: datetime, to: Advance | None, now: datetime
) -> bool:
    state = connection.scalar(select(touches.c.state).where(touches.c.id == touch_id))
    if state not in UNSETTLED:
        return False
    this = update(touches).where(touches.c.id == touch_id)
    connection.execute(this.values(sent_at=at))
    resolve(connection, touch_id, TouchMove.PROVEN_SENT, to, now, _FOUND)
    return True


def recall(
    connection: Connection,
    found: Recalled,
    now: datetime,
    event: Event = Event.MAIL_RECALLED,
) -> tuple[Touch, bool]:
    """The step's touch, counted as sent, its walk behind it; whether anything of it is new."""
    this = enrollments.c.id == found.enrollment_id
    lock_people(connection, connection.scalars(select(enrollments.c.contact_id).where(this)))
    (walk,) = walks(connection, this) or (None,)
    if walk is None:
        raise Broken(f"there is no enrollment {found.enrollment_id} to bring forward")
    before = _touches_at(connection, walk.id, found)
    if before:
        is_new = _confirm(connection, before[0].id, found.sent_at, found.next, now)
        _learn(connection, before[0].id, found.ids)
        return before[0], is_new
    spend(connection, walk.account, 1, found.sent_at)
    connection.execute(insert(touches).values(_row(walk, found)))
    (touch,) = _touches_at(connection, walk.id, found)
    _learn(connection, touch.id, found.ids)
    after = recalled(walk, found)
    save_walks(connection, [after])
    if not stands_at(after, walk.position, walk.occurrence):
        drop_overrides(connection, [step_of(walk)])
    touch_people(connection, {walk.contact_id: found.sent_at})
    lines = [about_touch(touch, event, found.why, now)]
    if after.state is not walk.state:
        lines.append(about_walk(after, OF_STATE[after.state], after.reason, now))
    write_lines(connection, lines)
    return touch, True


def _touches_at(connection: Connection, walk_id: int, found: Recalled) -> list[Touch]:
    here = (found.step, found.occurrence)
    known = _touches(connection, walk_id)
    return [each for each in known if (each.step, each.occurrence) == here]


def _row(walk: Enrollment, found: Recalled) -> dict[str, object]:
    return {
        "enrollment_id": walk.id,
        "contact_id": walk.contact_id,
        "account": walk.account,
        "sequence": walk.sequence,
        "revision": walk.revision,
        "step": found.step,
        "occurrence": found.occurrence,
        "state": TouchState.SENT,
        "message_id": found.ids[0],
        "begun_at": found.sent_at,
        "sent_at": found.sent_at,
        "subject": found.subject,
        "attempts": 1,
        "recipient": found.recipient,
        "epoch": 0,
        "why": found.why,
        "piece": found.piece,
    }


def _learn(connection: Connection, touch_id: int, ids: Sequence[str]) -> None:
    add_missing(connection, message_ids, [{"id": each, "touch_id": touch_id} for each in ids])


def _doubt(connection: Connection, contact_id: int, why: str, at: datetime, now: datetime) -> int:
    lock_people(connection, [contact_id])
    active = [each for each in live_walks(connection, [contact_id]) if each.state is State.ACTIVE]
    meet(connection, contact_id, at, Channel.MAIL)
    move_walks(connection, active, Move.DOUBTED, why, now)
    return count_walks(active)
