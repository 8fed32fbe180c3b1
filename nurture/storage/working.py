"""What people do with handoffs, and what time does, in the database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select

from nurture.core.enrollment import Move, State
from nurture.core.handoff import Handoff, Outcome, brought_back, reminder
from nurture.core.handoff.brief import one_line
from nurture.core.handoff.deed import (
    AwaitThem,
    Close,
    Deed,
    GiveBack,
    MoveOver,
    Remind,
    Resume,
    Snooze,
    Stay,
    Stop,
    Take,
    deed_words,
    objection,
    worked,
)
from nurture.ports import Acted, LedgerEntry
from nurture.storage.engine import add_missing
from nurture.storage.enrolling import enroll
from nurture.storage.handing import brief_row, open_new, save, unfinished
from nurture.storage.lane import count_walks, first_of_lanes
from nurture.storage.ledger import Event, about_walk, write_lines
from nurture.storage.rows import HANDOFF, contacts_by_id, handoff_of, save_walks
from nurture.storage.rule import resumed
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import handoffs, is_dated, notices, stops
from nurture.storage.walk import live_walks, lock_people, move_walks, silence

OF_DEED = {
    Take: Event.HANDOFF_TAKEN,
    GiveBack: Event.HANDOFF_GIVEN_BACK,
    AwaitThem: Event.HANDOFF_ANSWERED,
    Snooze: Event.HANDOFF_SNOOZED,
    Close: Event.HANDOFF_CLOSED,
}
"""How the ledger calls what a person does."""


def find(connection: Connection, handoff_id: int, *, lock: bool = False) -> Handoff | None:
    """The handoff of this id, locked where wanted."""
    query = select(*HANDOFF).where(handoffs.c.id == handoff_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return handoff_of(row) if row else None


def act(
    connection: Connection, list_: Suppressions, handoff_id: int, deed: Deed, now: datetime
) -> Acted:
    """Does this to the handoff with all that follows for the person's walks, or nothing."""
    known = find(connection, handoff_id)
    lock_people(connection, [known.contact_id] if known else [])
    handoff = find(connection, handoff_id, lock=True)
    if handoff is None:
        return Acted(None, f"there is no handoff {handoff_id}")
    if why := objection(handoff, deed, now):
        return Acted(handoff, why)
    after = worked(handoff, deed, now)
    save(connection, after)
    line = LedgerEntry(now, OF_DEED[type(deed)], deed_words(deed), handoff.contact_id)
    write_lines(connection, [line])
    acted = Acted(after)
    return (
        _conclude(connection, list_, acted, after, deed, now) if isinstance(deed, Close) else acted
    )


def _conclude(
    connection: Connection,
    list_: Suppressions,
    acted: Acted,
    handoff: Handoff,
    deed: Close,
    now: datetime,
) -> Acted:
    """What becomes of the person's walks."""
    contact_id, onward = handoff.contact_id, deed.onward
    if deed.outcome is Outcome.OPTED_OUT:
        silence(connection, list_, contact_id, Move.OPTED_OUT, "opted out", now)
    if deed.outcome is Outcome.WON:
        move_walks(connection, live_walks(connection, [contact_id]), Move.WON, "", now)
    match onward:
        case Stop():
            _stop(connection, contact_id, _why(deed), now)
        case MoveOver():
            _stop(connection, contact_id, f"moved over to {onward.sequence}", now)
            begun = enroll(connection, list_, onward.lanes)
            return replace(acted, enrolled=any(number is not None for number in begun))
        case Resume():
            why = f"{_why(deed)}: go on"
            return replace(acted, resumed=resume(connection, contact_id, onward.on, why, now))
        case Stay() | Remind():
            pass
    return acted


def _why(deed: Close) -> str:
    return deed_words(replace(deed, note=""))


def _stop(connection: Connection, contact_id: int, why: str, now: datetime) -> None:
    move_walks(connection, live_walks(connection, [contact_id]), Move.STOPPED, why, now)


def resume(connection: Connection, contact_id: int, on: datetime, why: str, now: datetime) -> int:
    """Paused and handed-off walks of a person go on from then; how many."""
    stopped = [
        walk for walk in live_walks(connection, [contact_id]) if walk.state is not State.ACTIVE
    ]
    after = [resumed(walk, on) for walk in stopped]
    save_walks(connection, after)
    # Their word counts more than every mail before it.
    connection.execute(delete(stops).where(stops.c.enrollment_id.in_([walk.id for walk in after])))
    write_lines(
        connection,
        [about_walk(walk, Event.ENROLLMENT_RESUMED, why, now) for walk in first_of_lanes(after)],
    )
    return count_walks(after)


def has_run_out(connection: Connection, now: datetime) -> bool:
    """Whether time brings anything back onto the desk."""
    return connection.execute(select(handoffs.c.id).where(_over(now)).limit(1)).first() is not None


def _over(now: datetime) -> ColumnElement[bool]:
    return is_dated & ((handoffs.c.until <= now) | (handoffs.c.remind_at <= now))


def run_out(connection: Connection, now: datetime) -> tuple[Handoff, ...]:
    """Whatever time brings back onto the desk, in the order of ids; each with a brief."""
    over = _over(now)
    people = select(handoffs.c.contact_id).where(over)
    lock_people(connection, connection.scalars(people).all())
    query = select(*HANDOFF).where(over).order_by(handoffs.c.id).with_for_update()
    due = [handoff_of(row) for row in connection.execute(query)]
    back = [
        _remind(connection, each, now) if each.is_finished else _bring_back(connection, each, now)
        for each in due
    ]
    found = tuple(each for each in back if each)
    _brief(connection, found, now)
    return found


def _bring_back(connection: Connection, handoff: Handoff, now: datetime) -> Handoff:
    after = brought_back(handoff, now)
    save(connection, after)
    return after


def _remind(connection: Connection, handoff: Handoff, now: datetime) -> Handoff | None:
    save(connection, replace(handoff, remind_at=None))
    if unfinished(connection, handoff.contact_id) is not None:
        return None
    return open_new(connection, reminder(handoff, now))


def _brief(connection: Connection, found: Sequence[Handoff], now: datetime) -> None:
    known = contacts_by_id(connection, [each.contact_id for each in found])
    rows = [
        brief_row(each, back_subject(known[each.contact_id].name), each.reason, now, back_key(each))
        for each in found
    ]
    add_missing(connection, notices, rows)
    lines = [LedgerEntry(now, Event.HANDOFF_BACK, each.reason, each.contact_id) for each in found]
    write_lines(connection, lines)


def back_subject(name: str) -> str:
    """What the owner reads first about a handoff that came back by itself."""
    return one_line(f"Back on your desk: {name}")


def back_key(handoff: Handoff) -> str:
    """Names this coming back, so that it is told once."""
    return f"handoff/{handoff.id}/back/{handoff.opened_at:%Y-%m-%dT%H:%M:%S}"


def remind(
    connection: Connection,
    handoff: Handoff,
    subject: str,
    key: str,
    now: datetime,
    *,
    in_place: bool,
) -> bool:
    """A brief in the outbox, once for each key, unless somebody has acted meanwhile."""
    if find(connection, handoff.id, lock=True) != handoff:
        return False
    row = brief_row(handoff, subject, subject, now, key) | {"in_place": in_place}
    return add_missing(connection, notices, [row]) == 1


def answer_times(connection: Connection, since: datetime) -> tuple[Handoff, ...]:
    """Handoffs that a mail opened and that were first answered since then."""
    answered = handoffs.c.asked_at.is_not(None) & (handoffs.c.answered_at >= since)
    query = select(*HANDOFF).where(answered).order_by(handoffs.c.id)
    return tuple(handoff_of(row) for row in connection.execute(query))
