"""What became of a touch: settled by its answer, lost from sight, or resolved afterwards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from nurture.core.decision import Advance
from nurture.core.enrollment import Enrollment, Move, State
from nurture.core.touch import Touch, TouchMove, TouchState, move_touch
from nurture.errors import Broken
from nurture.mail.delivery import Accepted
from nurture.ports import Lease, LedgerEntry, Settlement
from nurture.storage.engine import add_missing
from nurture.storage.gate import note_outcomes
from nurture.storage.ledger import OF_STATE, OF_TOUCH, about_touch, about_walk, write_lines
from nurture.storage.pacing import touch_people
from nurture.storage.prepared import OneOf, Prepared
from nurture.storage.rows import TOUCH, alert_row, save_walks, touch_of
from nurture.storage.rule import (
    LOST_SIGHT,
    in_hindsight,
    moved,
    remains_in_doubt,
    resolved,
    settled,
    stands_at,
    undoubted,
)
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import is_sending, message_ids, notices, touches
from nurture.storage.tact import StepOf, drop_overrides, step_of
from nurture.storage.walk import live_walks, lock_people, move_walks, walks_by_id
from nurture.value import frozen, replace

_LEFT: Final = frozenset({TouchState.SENT, TouchState.UNCERTAIN})


@frozen
class _Known:
    """A touch with what only the store knows of it."""

    touch: Touch
    recipient: str
    why: str
    doubt: str


@dataclass(slots=True)
class _Outcome:
    """What is to be written once every settlement of a batch has been thought through."""

    walks: dict[int, Enrollment]
    touches: dict[int, _Known]
    lines: list[LedgerEntry] = field(default_factory=list)
    left: list[StepOf] = field(default_factory=list)

    def put_touch(self, known: _Known, why: str, at: datetime) -> None:
        """A touch in its new state, and the line that tells it."""
        self.touches[known.touch.id] = known
        self.lines.append(about_touch(known.touch, OF_TOUCH[known.touch.state], why, at))

    def put_walk(self, walk: Enrollment, why: str, at: datetime) -> None:
        """An enrollment at its new place, and a line where its state is another."""
        if walk.state is not self.walks[walk.id].state:
            self.lines.append(about_walk(walk, OF_STATE[walk.state], why, at))
        before = self.walks[walk.id]
        if not stands_at(walk, before.position, before.occurrence):
            self.left.append(step_of(before))
        self.walks[walk.id] = walk

    def write(self, connection: Connection) -> None:
        """Touches, enrollments, the contacts' last touch and the ledger; drops spent overrides."""
        save_walks(connection, self.walks.values())
        _save_touches(connection, self.touches.values())
        write_lines(connection, self.lines)
        drop_overrides(connection, self.left)


def settle(connection: Connection, list_: Suppressions, settlements: Sequence[Settlement]) -> None:
    """Writes the outcomes of a batch; raises Broken, writing nothing, for an impossible one."""
    note_outcomes(connection, settlements)
    outcome = _load(connection, {each.touch_id for each in settlements})
    for each in settlements:
        if each.touch_id not in outcome.touches:
            raise Broken(f"there is no touch {each.touch_id} to settle")
        _settle_one(outcome, each)
    outcome.write(connection)
    _learn_ids(connection, settlements)
    _tell(connection, outcome, settlements)
    for each in settlements:
        if each.suppress:
            known = outcome.touches[each.touch_id]
            list_.add(connection, [known.recipient], each.suppress, each.at)
            live = live_walks(connection, [known.touch.contact_id])
            move_walks(connection, live, Move.BOUNCED, each.suppress, each.at)


def _settle_one(outcome: _Outcome, by: Settlement) -> None:
    known = outcome.touches[by.touch_id]
    touch, walk = known.touch, outcome.walks[known.touch.enrollment_id]
    was_given_up = touch.state is TouchState.UNCERTAIN
    if remains_in_doubt(touch.state, by.move):
        told = replace(touch, reply=str(by.delivery.answer))
        outcome.put_touch(replace(known, touch=told), by.why or told.reply, by.at)
        return
    state = move_touch(touch.state, in_hindsight(touch.state, by.move))
    onward = settled(undoubted(walk, known.doubt) if was_given_up else walk, touch, by)
    if state is TouchState.DEFERRED and onward.state is not State.ACTIVE:
        state = move_touch(state, TouchMove.CALLED_OFF)
    is_doubted = state is TouchState.UNCERTAIN and onward.state is not walk.state
    after = replace(
        touch,
        state=state,
        sent_at=by.at if state in _LEFT else None,
        reply=str(by.delivery.answer),
    )
    why = known.why if state is TouchState.SENT else by.why or after.reply
    outcome.put_touch(
        _Known(after, known.recipient, known.why, onward.reason if is_doubted else known.doubt),
        why,
        by.at,
    )
    outcome.put_walk(onward, onward.reason, by.at)


def lose_sight(connection: Connection, lease: Lease, now: datetime) -> tuple[Touch, ...]:
    """Whatever an earlier epoch left in `sending` may have left: uncertain, and counted as sent."""
    lost = is_sending & (touches.c.account == lease.account) & (touches.c.epoch < lease.epoch)
    outcome = _load(connection, connection.scalars(select(touches.c.id).where(lost)))
    for known in tuple(outcome.touches.values()):
        touch, walk = known.touch, outcome.walks[known.touch.enrollment_id]
        state = move_touch(touch.state, TouchMove.LOST_SIGHT)
        after = replace(touch, state=state, sent_at=touch.begun_at)
        is_there = stands_at(walk, touch.step, touch.occurrence)
        holds = walk.state is State.ACTIVE and is_there
        outcome.put_touch(
            replace(known, touch=after, doubt=LOST_SIGHT if holds else ""), LOST_SIGHT, now
        )
        if holds:
            outcome.put_walk(moved(walk, Move.DOUBTED, LOST_SIGHT), LOST_SIGHT, now)
    outcome.write(connection)
    return tuple(known.touch for known in outcome.touches.values())


def resolve(
    connection: Connection,
    touch_id: int,
    move: TouchMove,
    next_step: Advance | None,
    now: datetime,
    why: str,
) -> None:
    """Settles an uncertain touch by what was found out; raises Broken where it is not uncertain."""
    outcome = _load(connection, [touch_id])
    if touch_id not in outcome.touches:
        raise Broken(f"there is no touch {touch_id} to resolve")
    known = outcome.touches[touch_id]
    touch, walk = known.touch, outcome.walks[known.touch.enrollment_id]
    state = move_touch(touch.state, move)
    after = replace(touch, state=state, sent_at=touch.sent_at if state in _LEFT else None)
    outcome.put_touch(replace(known, touch=after), why, now)
    outcome.put_walk(resolved(walk, touch, known.doubt, next_step, now), why, now)
    outcome.write(connection)


_CONCERNED: Final = Prepared(
    select(touches.c.contact_id, touches.c.enrollment_id).where(OneOf(touches.c.id, "ids"))
)
_KNOWN: Final = Prepared(
    select(*TOUCH, touches.c.recipient, touches.c.why, touches.c.doubt)
    .where(OneOf(touches.c.id, "ids"))
    .order_by(touches.c.id)
    .with_for_update()
)


def _load(connection: Connection, ids: Iterable[int]) -> _Outcome:
    """These touches and their enrollments, all locked."""
    sought = set(ids)
    concerned = _CONCERNED.rows(connection, ids=sought)
    lock_people(connection, (contact_id for contact_id, _ in concerned))
    found = walks_by_id(connection, (walk_id for _, walk_id in concerned))
    rows = _KNOWN.rows(connection, ids=sought)
    known = {row[0]: _Known(touch_of(row), *row[len(TOUCH) :]) for row in rows}
    return _Outcome({walk.id: walk for walk in found}, known)


_SETTLED: Final = ("state", "sent_at", "reply", "doubt")
_SAVE_TOUCH: Final = Prepared(
    update(touches)
    .where(touches.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in _SETTLED})
)


def _save_touches(connection: Connection, found: Iterable[_Known]) -> None:
    rows = [
        (known.touch.id, known.touch.state, known.touch.sent_at, known.touch.reply, known.doubt)
        for known in found
    ]
    if not rows:
        return
    _SAVE_TOUCH.run_each(connection, ("of", *(f"new_{name}" for name in _SETTLED)), rows)
    left = [known.touch for known in found if known.touch.state in _LEFT]
    touch_people(connection, {each.contact_id: each.sent_at or each.begun_at for each in left})
    kept = {each.id for each in left}
    spent = [known.touch.id for known in found if known.touch.id not in kept]
    if spent:
        connection.execute(update(touches).where(touches.c.id.in_(spent)).values(wire=None))


def _tell(connection: Connection, outcome: _Outcome, settlements: Iterable[Settlement]) -> None:
    alerts = [
        alert_row(
            outcome.touches[each.touch_id].touch.account,
            each.alert.subject,
            each.alert.text,
            each.at,
            f"undelivered/{each.touch_id}",
        )
        for each in settlements
        if each.alert
    ]
    add_missing(connection, notices, alerts)


def _learn_ids(connection: Connection, settlements: Iterable[Settlement]) -> None:
    named = [
        {"id": server_id, "touch_id": each.touch_id}
        for each in settlements
        if isinstance(each.delivery, Accepted)
        for server_id in each.delivery.server_ids
    ]
    add_missing(connection, message_ids, named)
