"""What became of a touch: settled by its answer, lost from sight, or resolved afterwards."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Final

from sqlalchemy import ColumnElement, Connection, bindparam, select, update

from nurture.core.decision import Advance
from nurture.core.enrollment import Enrollment, Move, State
from nurture.core.touch import Touch, TouchMove, TouchState, move_touch
from nurture.errors import Broken
from nurture.mail.delivery import Accepted
from nurture.ports import Lease, LedgerEntry, Settlement
from nurture.storage.acceptance import Seen, Whose, accept, hold, is_plain, see
from nurture.storage.engine import add_missing
from nurture.storage.gate import note_outcomes
from nurture.storage.insertion import insert_missing
from nurture.storage.ledger import OF_STATE, OF_TOUCH, about_walk, write_lines
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

_LEFT: Final = frozenset({TouchState.SENT, TouchState.UNCERTAIN})


@dataclass(slots=True)
class _Known:
    """What of a touch may change here, and what its change asks of it."""

    id: int
    enrollment_id: int
    contact_id: int
    account: str
    sequence: str
    step: str
    occurrence: str
    recipient: str
    why: str
    begun_at: datetime
    state: TouchState
    sent_at: datetime | None
    reply: str
    doubt: str


_FACTS: Final = tuple(_Known.__dataclass_fields__)
_SETTLED: Final = ("state", "sent_at", "reply", "doubt")
_KNOWN: Final = Prepared(
    select(*(touches.c[name] for name in _FACTS))
    .where(OneOf(touches.c.id, "ids"))
    .order_by(touches.c.id)
    .with_for_update()
)
_SAVE_TOUCH: Final = Prepared(
    update(touches)
    .where(touches.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in _SETTLED})
)
_SAVED: Final = ("of", *(f"new_{name}" for name in _SETTLED))
_LEARN_ID: Final = insert_missing(message_ids, "id", "touch_id")
_whereabouts: Final = attrgetter("id", *_SETTLED)


@dataclass(slots=True)
class _Outcome:
    """What is to be written once every settlement of a batch has been thought through."""

    walks: dict[int, Enrollment]
    touches: dict[int, _Known]
    lines: list[LedgerEntry] = field(default_factory=list)
    left: list[StepOf] = field(default_factory=list)

    def tell(self, touch: _Known, why: str, at: datetime) -> None:
        """The line about a touch in its new state."""
        event = OF_TOUCH[touch.state]
        line = LedgerEntry(at, event, why, touch.contact_id, touch.sequence, touch.step)
        self.lines.append(line)

    def put_walk(self, walk: Enrollment, why: str, at: datetime) -> None:
        """An enrollment at its new place, and a line where its state is another."""
        before = self.walks[walk.id]
        if walk.state is not before.state:
            self.lines.append(about_walk(walk, OF_STATE[walk.state], why, at))
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
    ids = {each.touch_id for each in settlements}
    seen = see(connection, ids)
    note_outcomes(connection, settlements, seen.calm)
    seen = hold(connection, seen)
    plain = [each for each in settlements if each.touch_id in seen.free and is_plain(each)]
    if len(ids) < len(settlements):
        plain = []  # what comes twice is judged by what its first time left
    if len(plain) < len(settlements):
        ids -= {each.touch_id for each in plain}
        _settle(connection, list_, [each for each in settlements if each.touch_id in ids], seen)
    accept(connection, plain, seen)
    _learn_ids(connection, settlements)


def _settle(
    connection: Connection, list_: Suppressions, settlements: Sequence[Settlement], seen: Seen
) -> None:
    """Outcomes that have to be thought through, with all that they touch."""
    concerned = {each.touch_id for each in settlements} & seen.whose.keys()
    outcome = _load(connection, [seen.whose[touch_id] for touch_id in sorted(concerned)])
    for each in settlements:
        if each.touch_id not in outcome.touches:
            raise Broken(f"there is no touch {each.touch_id} to settle")
        _settle_one(outcome, each)
    outcome.write(connection)
    _tell(connection, outcome, settlements)
    for each in settlements:
        if each.suppress:
            touch = outcome.touches[each.touch_id]
            list_.add(connection, [touch.recipient], each.suppress, each.at)
            live = live_walks(connection, [touch.contact_id])
            move_walks(connection, live, Move.BOUNCED, each.suppress, each.at)


def _settle_one(outcome: _Outcome, by: Settlement) -> None:
    touch = outcome.touches[by.touch_id]
    walk, before = outcome.walks[touch.enrollment_id], touch.state
    touch.reply = str(by.delivery.answer)
    if remains_in_doubt(before, by.move):
        outcome.tell(touch, by.why or touch.reply, by.at)
        return
    state = move_touch(before, in_hindsight(before, by.move))
    if before is TouchState.UNCERTAIN:
        onward = settled(undoubted(walk, touch.doubt), touch.step, touch.occurrence, by)
    else:
        onward = settled(walk, touch.step, touch.occurrence, by)
    if state is TouchState.DEFERRED and onward.state is not State.ACTIVE:
        state = move_touch(state, TouchMove.CALLED_OFF)
    if state is TouchState.UNCERTAIN and onward.state is not walk.state:
        touch.doubt = onward.reason
    touch.state = state
    touch.sent_at = by.at if state in _LEFT else None
    why = touch.why if state is TouchState.SENT else by.why or touch.reply
    outcome.tell(touch, why, by.at)
    outcome.put_walk(onward, onward.reason, by.at)


def lose_sight(connection: Connection, lease: Lease, now: datetime) -> tuple[Touch, ...]:
    """Whatever an earlier epoch left in `sending` may have left: uncertain, and counted as sent."""
    lost = is_sending & (touches.c.account == lease.account) & (touches.c.epoch < lease.epoch)
    outcome = _load(connection, _found(connection, lost))
    for touch in outcome.touches.values():
        walk = outcome.walks[touch.enrollment_id]
        touch.state = move_touch(touch.state, TouchMove.LOST_SIGHT)
        touch.sent_at = touch.begun_at
        holds = walk.state is State.ACTIVE and stands_at(walk, touch.step, touch.occurrence)
        touch.doubt = LOST_SIGHT if holds else ""
        outcome.tell(touch, LOST_SIGHT, now)
        if holds:
            outcome.put_walk(moved(walk, Move.DOUBTED, LOST_SIGHT), LOST_SIGHT, now)
    outcome.write(connection)
    these = select(*TOUCH).where(touches.c.id.in_(outcome.touches)).order_by(touches.c.id)
    return tuple(touch_of(row) for row in connection.execute(these))


def resolve(
    connection: Connection,
    touch_id: int,
    move: TouchMove,
    next_step: Advance | None,
    now: datetime,
    why: str,
) -> None:
    """Settles an uncertain touch by what was found out; raises Broken where it is not uncertain."""
    outcome = _load(connection, _found(connection, touches.c.id == touch_id))
    if touch_id not in outcome.touches:
        raise Broken(f"there is no touch {touch_id} to resolve")
    touch = outcome.touches[touch_id]
    walk = outcome.walks[touch.enrollment_id]
    touch.state = move_touch(touch.state, move)
    touch.sent_at = touch.sent_at if touch.state in _LEFT else None
    outcome.tell(touch, why, now)
    onward = resolved(walk, touch.step, touch.occurrence, touch.doubt, next_step, now)
    outcome.put_walk(onward, why, now)
    outcome.write(connection)


def _found(connection: Connection, where: ColumnElement[bool]) -> Sequence[Whose]:
    query = select(touches.c.id, touches.c.contact_id, touches.c.enrollment_id).where(where)
    return [(id_, person, walk) for id_, person, walk in connection.execute(query)]


def _load(connection: Connection, whose: Sequence[Whose]) -> _Outcome:
    """These touches and their enrollments, all locked."""
    lock_people(connection, [contact_id for _, contact_id, _ in whose])
    found = walks_by_id(connection, [walk_id for _, _, walk_id in whose])
    rows = _KNOWN.rows(connection, ids=[touch_id for touch_id, _, _ in whose])
    return _Outcome({walk.id: walk for walk in found}, {row[0]: _Known(*row) for row in rows})


def _save_touches(connection: Connection, found: Collection[_Known]) -> None:
    _SAVE_TOUCH.run_all(connection, _SAVED, map(_whereabouts, found))
    reached: dict[int, datetime] = {}
    spent: list[int] = []
    for each in found:
        if each.state in _LEFT:
            reached[each.contact_id] = each.sent_at or each.begun_at
        else:
            spent.append(each.id)
    touch_people(connection, reached)
    if spent:
        connection.execute(update(touches).where(touches.c.id.in_(spent)).values(wire=None))


def _tell(connection: Connection, outcome: _Outcome, settlements: Iterable[Settlement]) -> None:
    alerts = [
        alert_row(
            outcome.touches[each.touch_id].account,
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
        (server_id, each.touch_id)
        for each in settlements
        if isinstance(each.delivery, Accepted)
        for server_id in each.delivery.server_ids
    ]
    _LEARN_ID.run_all(connection, ("id", "touch_id"), named)
