"""Enrollments and touches in the database."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from nurture.core.account import Limits
from nurture.core.contact import Contact
from nurture.core.decision import Advance, Decision, End, Hold, Pace, Postpone
from nurture.core.enrollment import Enrollment, Move, State
from nurture.core.touch import Touch, TouchMove, TouchState
from nurture.ports import Begun, Due, Intent, Lease, LedgerEntry, Settlement, Standing, Stopped
from nurture.storage import enrolling, last_look, settling
from nurture.storage.engine import Database, add_missing
from nurture.storage.ledger import Event, about_walk, write_lines
from nurture.storage.rows import (
    ENROLLMENT,
    TOUCH,
    contacts_by_id,
    enrollment_of,
    save_walks,
    touch_of,
)
from nurture.storage.rule import MAY_HAVE_LEFT, YEAR, noted
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import (
    contacts,
    enrollments,
    is_active,
    is_uncertain,
    owes_a_copy,
    revisions,
    touches,
)
from nurture.storage.walk import call_off, walks


@dataclass(frozen=True, slots=True)
class StoredOutgoing:
    """ports.Outgoing in the database."""

    database: Database
    suppressions: Suppressions

    async def keep_revision(self, name: str, revision: str, source: str, now: datetime) -> None:
        """Keeps the accepted text of a sequence for ever; the first text of a revision stays."""
        row = {"name": name, "revision": revision, "source": source, "kept_at": now}
        await self.database.write(add_missing, revisions, [row])

    async def revision_source(self, name: str, revision: str) -> str | None:
        """The text kept under this revision."""
        return await self.database.read(_revision_source, name, revision)

    async def enroll(self, enrollments: Sequence[Enrollment]) -> tuple[int | None, ...]:
        """The new ids; None for a repeated run, an unknown contact, or a suppressed one.

        While an answer of the contact, or one that silenced their company, waits for a person,
        the new walk is paused from its start: a human resumes it (promise P1).
        """
        return await self.database.write(enrolling.enroll, self.suppressions, enrollments)

    async def next_due(self, account: str) -> datetime | None:
        """When the earliest active enrollment of the account is due."""
        return await self.database.read(_next_due, account)

    async def due(self, account: str, now: datetime, limit: int) -> tuple[Due, ...]:
        """Active enrollments due at `now`, the longest due first.

        `thread` holds every touch of the enrollment but the postponed one, whatever its state.
        """
        return await self.database.read(_due, self.suppressions, account, now, limit)

    async def standing(self, account: str, after: int, limit: int) -> tuple[Standing, ...]:
        """Active enrollments of the account with an id above `after`, in the order of ids."""
        return await self.database.read(_standing, account, after, limit)

    async def note(self, decisions: Sequence[tuple[int, Decision]], now: datetime) -> None:
        """Applies decisions that send nothing to active enrollments."""
        await self.database.write(_note, decisions, now)

    async def begin(
        self,
        lease: Lease,
        intents: Sequence[Intent],
        now: datetime,
        heard_since: datetime,
        limits: Limits,
    ) -> tuple[Begun | Stopped, ...]:
        """The last look, and the intent of all that pass, in one transaction."""
        return await self.database.write(
            last_look.begin, self.suppressions, lease, intents, now, heard_since, limits
        )

    async def settle(self, settlements: Sequence[Settlement]) -> None:
        """Writes outcomes, known ids and the enrollments' next places.

        A touch that a newer lease has given up is settled by what its worker knows all the same.
        """
        await self.database.write(settling.settle, self.suppressions, settlements)

    async def lose_sight(self, lease: Lease, now: datetime) -> tuple[Touch, ...]:
        """Touches that an earlier epoch left in `sending`: now `uncertain`, counted as sent."""
        return await self.database.write(settling.lose_sight, lease, now)

    async def uncertain(self, account: str) -> tuple[Touch, ...]:
        """Touches whose fate nobody knows, the oldest first."""
        return await self.database.read(_uncertain, account)

    async def resolve(
        self, touch_id: int, move: TouchMove, next_step: Advance | None, now: datetime, why: str
    ) -> None:
        """Settles an uncertain touch; a walk that only this doubt held goes on behind it."""
        await self.database.write(settling.resolve, touch_id, move, next_step, now, why)

    async def copies_owed(self, account: str) -> tuple[tuple[Touch, bytes], ...]:
        """Sent touches whose kept bytes have not been filed into Sent yet, the oldest first."""
        return await self.database.read(_copies_owed, account)

    async def copy_filed(self, touch_id: int) -> None:
        """The copy is in Sent; the kept bytes are let go."""
        await self.database.write(_copy_filed, touch_id)


def _revision_source(connection: Connection, name: str, revision: str) -> str | None:
    kept = (revisions.c.name == name) & (revisions.c.revision == revision)
    return connection.scalar(select(revisions.c.source).where(kept))


def _next_due(connection: Connection, account: str) -> datetime | None:
    query = select(enrollments.c.due_at).where(
        is_active, enrollments.c.account == account, enrollments.c.due_at.is_not(None)
    )
    return connection.scalar(query.order_by(enrollments.c.due_at).limit(1))


def _due(
    connection: Connection, list_: Suppressions, account: str, now: datetime, limit: int
) -> tuple[Due, ...]:
    query = select(*ENROLLMENT).where(
        is_active, enrollments.c.account == account, enrollments.c.due_at <= now
    )
    query = query.order_by(enrollments.c.due_at, enrollments.c.id).limit(limit)
    found = [enrollment_of(row) for row in connection.execute(query)]
    if not found:
        return ()
    known = contacts_by_id(connection, {walk.contact_id for walk in found})
    refused = list_.among(connection, [contact.address for contact in known.values()])
    paces = _paces(connection, set(known), now)
    history = _history(connection, [walk.id for walk in found])
    return tuple(
        _one_due(
            walk,
            known[walk.contact_id],
            paces[walk.contact_id],
            history[walk.id],
            is_suppressed=known[walk.contact_id].address in refused,
        )
        for walk in found
    )


def _one_due(
    walk: Enrollment, contact: Contact, pace: Pace, past: Sequence[Touch], *, is_suppressed: bool
) -> Due:
    postponed = next(
        (
            touch
            for touch in past
            if touch.state is TouchState.DEFERRED and touch.step == walk.position
        ),
        None,
    )
    thread = tuple(touch for touch in past if touch is not postponed)
    return Due(walk, contact, pace, is_suppressed, postponed, thread)


def _paces(connection: Connection, contact_ids: set[int], now: datetime) -> Mapping[int, Pace]:
    this_year = (touches.c.contact_id == contacts.c.id) & (touches.c.sent_at > now - YEAR)
    counted = (
        select(contacts.c.id, contacts.c.last_touch_at, func.count(touches.c.id))
        .outerjoin(touches, this_year & touches.c.state.in_(MAY_HAVE_LEFT))
        .where(contacts.c.id.in_(contact_ids))
        .group_by(contacts.c.id, contacts.c.last_touch_at)
    )
    return {row[0]: Pace(row[1], row[2]) for row in connection.execute(counted)}


def _history(connection: Connection, ids: Sequence[int]) -> Mapping[int, Sequence[Touch]]:
    query = select(*TOUCH).where(touches.c.enrollment_id.in_(ids)).order_by(touches.c.id)
    past: defaultdict[int, list[Touch]] = defaultdict(list)
    for row in connection.execute(query):
        past[row.enrollment_id].append(touch_of(row))
    return past


def _standing(connection: Connection, account: str, after: int, limit: int) -> tuple[Standing, ...]:
    columns = [enrollments.c[name] for name in ("sequence", "revision", "position", "due_at")]
    query = select(enrollments.c.id.label("enrollment_id"), *columns, contacts.c.address)
    query = query.join(contacts, contacts.c.id == enrollments.c.contact_id).where(
        is_active, enrollments.c.account == account, enrollments.c.due_at.is_not(None)
    )
    query = query.where(enrollments.c.id > after).order_by(enrollments.c.id).limit(limit)
    return tuple(Standing(**row._asdict()) for row in connection.execute(query))


def _note(connection: Connection, decisions: Sequence[tuple[int, Decision]], now: datetime) -> None:
    ids = {enrollment_id for enrollment_id, _ in decisions}
    current = {walk.id: walk for walk in walks(connection, enrollments.c.id.in_(ids) & is_active)}
    lines = []
    for enrollment_id, decision in decisions:
        walk = current.get(enrollment_id)
        if walk is not None and walk.state is State.ACTIVE:
            current[enrollment_id] = noted(walk, decision, now)
            lines += _note_lines(walk, decision, now)
    save_walks(connection, current.values())
    write_lines(connection, lines)
    ended = [walk.id for walk in current.values() if walk.state is not State.ACTIVE]
    call_off(connection, ended, "the walk has ended", now)


def _note_lines(walk: Enrollment, decision: Decision, now: datetime) -> list[LedgerEntry]:
    match decision:
        case Postpone(why=why):
            return [about_walk(walk, Event.TOUCH_POSTPONED, why, now)]
        case Hold(why=why) if why == walk.held_why:
            return []  # said before: a hold is looked at again and again
        case Hold(why=why):
            return [about_walk(walk, Event.TOUCH_HELD, why, now)]
        case Advance(to=to, why=why):
            lines = [about_walk(walk, Event.STEP_DONE, why, now)]
            if to is None:
                lines.append(about_walk(walk, Event.ENROLLMENT_ENDED, Move.FINISHED, now))
            return lines
        case End(why=why):
            return [about_walk(walk, Event.ENROLLMENT_ENDED, why, now)]
        case _:
            return []


def _uncertain(connection: Connection, account: str) -> tuple[Touch, ...]:
    query = select(*TOUCH).where(is_uncertain, touches.c.account == account)
    return tuple(touch_of(row) for row in connection.execute(query.order_by(touches.c.id)))


def _copies_owed(connection: Connection, account: str) -> tuple[tuple[Touch, bytes], ...]:
    owed = select(*TOUCH, touches.c.wire).where(owes_a_copy, touches.c.account == account)
    found = []
    for row in connection.execute(owed.order_by(touches.c.id).limit(100)):
        values = row._asdict()
        wire = values.pop("wire")
        found.append((Touch(**values), bytes(wire)))
    return tuple(found)


def _copy_filed(connection: Connection, touch_id: int) -> None:
    connection.execute(update(touches).where(touches.c.id == touch_id).values(wire=None))
