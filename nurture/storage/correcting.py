"""What a person's verdict on a mail undoes and does."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from nurture.core.enrollment import Enrollment, State
from nurture.core.handoff import Outcome
from nurture.core.handoff.deed import Close, worked
from nurture.errors import Misconfigured
from nurture.ports import Heard, LedgerEntry, Moved, Recorded
from nurture.storage.checking import QUARANTINED, same_place
from nurture.storage.handing import save, unfinished
from nurture.storage.hearing import apply, tell_alert
from nurture.storage.lane import first_of_lanes
from nurture.storage.ledger import Event, about_walk, write_lines
from nurture.storage.rows import save_walks
from nurture.storage.rule import let_go
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import enrollments, handoffs, inbound, quarantine, stops
from nurture.storage.walk import lock_people, walks

_NEVER_MIND = "a person corrected the verdict on their mail"


def correct(connection: Connection, list_: Suppressions, mail: str, heard: Heard) -> Recorded:
    """The verdict beside the old one, what the mail alone had stopped let go, the new effect."""
    number = mail.removeprefix(QUARANTINED)
    label = str(heard.verdict.meaning) if heard.verdict else ""
    table = quarantine if mail.startswith(QUARANTINED) else inbound
    query = select(table).where(table.c.id == int(number)) if number.isdecimal() else None
    row = connection.execute(query.with_for_update()).first() if query is not None else None
    if row is None:
        raise Misconfigured(f"there is no mail {mail}: see `nurture verdict`")
    if table is quarantine:
        done = update(quarantine).where(quarantine.c.id == row.id)
        connection.execute(done.values(settled=label))
        return Recorded(is_new=row.settled != label)
    if row.corrected == label:
        return Recorded(is_new=False, inbound_id=row.id)
    return _correct(connection, list_, row, heard, label)


def _correct(
    connection: Connection, list_: Suppressions, row: Row[Any], heard: Heard, label: str
) -> Recorded:
    effect, at = heard.effect, heard.at
    said = update(inbound).where(inbound.c.id == row.id)
    connection.execute(
        said.values(corrected=label, corrected_at=at, asks_person=bool(effect.handoff))
    )
    connection.execute(
        update(quarantine).where(same_place(), inbound.c.id == row.id).values(settled=label)
    )
    if effect.alert:
        tell_alert(connection, heard)
    if row.contact_id is None:
        return Recorded(is_new=True, inbound_id=row.id)
    lock_people(connection, [row.contact_id])
    why = f"{label}, not {row.corrected or row.verdict or row.outcome}, says a person"
    write_lines(connection, [LedgerEntry(at, Event.VERDICT_CORRECTED, why, row.contact_id)])
    resumed = _let_go(connection, row, heard)
    if row.asks_person and not effect.handoff:
        _withdraw(connection, row, at)
    if row.asks_person and effect.handoff:
        _reword(connection, row, effect.handoff)
        # The owner was told of this mail before: its handoff is open, or was closed by them.
        heard = replace(heard, effect=replace(effect, handoff=""), outcome=effect.handoff)
    recorded = apply(connection, list_, heard, row.contact_id, row.id)
    return replace(recorded, moved=(*resumed, *recorded.moved))


def _let_go(connection: Connection, row: Row[Any], heard: Heard) -> tuple[Moved, ...]:
    """Whatever this mail held back and its new effect does not; only if nothing else holds it."""
    effect, at = heard.effect, heard.at
    held = select(stops.c.enrollment_id).where(stops.c.inbound_id == row.id)
    found = [
        walk
        for walk in walks(connection, enrollments.c.id.in_(held))
        if (effect.move if walk.contact_id == row.contact_id else effect.colleague_move) is None
    ]
    ids = {walk.id for walk in found}
    mine = stops.c.enrollment_id.in_(ids) & (stops.c.inbound_id == row.id)
    was_active = set(
        connection.scalars(select(stops.c.enrollment_id).where(mine, stops.c.found_active))
    )
    connection.execute(delete(stops).where(mine))
    still = stops.c.enrollment_id.in_(ids)
    others = set(connection.scalars(select(stops.c.enrollment_id).where(still)))
    inherit = update(stops).where(stops.c.enrollment_id.in_(others & was_active))
    connection.execute(inherit.values(found_active=True))
    free = [walk for walk in found if walk.id in was_active - others]
    return _resume(connection, free, at)


def _resume(connection: Connection, free: list[Enrollment], at: datetime) -> tuple[Moved, ...]:
    after = [let_go(walk, at) for walk in free if walk.state is not State.ENDED]
    save_walks(connection, after)
    told = first_of_lanes(after)
    lines = [about_walk(walk, Event.ENROLLMENT_RESUMED, _NEVER_MIND, at) for walk in told]
    write_lines(connection, lines)
    return tuple(Moved(walk.contact_id, walk.id, "resumed", _NEVER_MIND) for walk in after)


def _withdraw(connection: Connection, row: Row[Any], at: datetime) -> None:
    """Closes the handoff that this mail opened, unless another mail is in it."""
    handoff = unfinished(connection, row.contact_id)
    if handoff is None:
        return
    of_theirs = handoffs.c.contact_id == row.contact_id
    closed_at = connection.scalar(select(func.max(handoffs.c.closed_at)).where(of_theirs))
    others = select(inbound.c.id).where(
        inbound.c.contact_id == row.contact_id, inbound.c.asks_person, inbound.c.id != row.id
    )
    if closed_at is not None:
        others = others.where(inbound.c.at > closed_at)
    other = connection.scalar(others.order_by(inbound.c.id.desc()).limit(1))
    if other is not None:
        about = other if handoff.inbound_id == row.id else handoff.inbound_id
        save(connection, replace(handoff, inbound_id=about))
        return
    save(connection, worked(handoff, Close("", Outcome.WRONG_VERDICT), at))
    line = LedgerEntry(at, Event.HANDOFF_CLOSED, Outcome.WRONG_VERDICT, row.contact_id)
    write_lines(connection, [line])


def _reword(connection: Connection, row: Row[Any], reason: str) -> None:
    handoff = unfinished(connection, row.contact_id)
    if handoff is not None and handoff.inbound_id == row.id:
        save(connection, replace(handoff, reason=reason))
