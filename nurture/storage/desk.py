"""What people have to do and to know, in the database."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.sql import Select

from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment, Move, State
from nurture.core.handoff import Handoff, HandoffMove, HandoffState, Outcome, move_handoff
from nurture.ports import Conversation, Doubtful, LedgerEntry, Notice
from nurture.storage import checking
from nurture.storage.engine import Database, add_missing
from nurture.storage.ledger import Event, about_walk, write_lines
from nurture.storage.rows import (
    ENROLLMENT,
    HANDOFF,
    TOUCH,
    alert_row,
    contacts_by_id,
    enrollment_of,
    handoff_of,
    save_walks,
    touch_of,
)  # fmt: skip
from nurture.storage.rule import MAY_HAVE_LEFT, count_walks, first_of_lanes, resumed
from nurture.storage.tables import (
    enrollments,
    handoffs,
    inbound,
    is_active,
    is_unfinished,
    is_untold,
    ledger,
    notices,
    quarantine,
    stops,
    touches,
    waits_for_a_person,
)  # fmt: skip
from nurture.storage.walk import live_walks, lock_people, move_walks

_NOTICE = tuple(notices.c[name] for name in Notice.__dataclass_fields__)
_LINE = tuple(ledger.c[name] for name in LedgerEntry.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class StoredDesk:
    """ports.Desk in the database."""

    database: Database

    async def handoffs(self, *, open_only: bool = True) -> tuple[Handoff, ...]:
        """Handoffs, the oldest first; with `open_only` those that nobody closed yet."""
        return await self.database.read(_handoffs, open_only=open_only)

    async def conversation(self, handoff_id: int) -> Conversation | None:
        """All that is known about a handoff."""
        return await self.database.read(_conversation, handoff_id)

    async def take(self, handoff_id: int, now: datetime) -> bool:
        """Whether it was open and is ours now; of two takers one is told False."""
        return await self.database.write(_take, handoff_id, now)

    async def close(self, handoff_id: int, outcome: Outcome, now: datetime) -> bool:
        """Whether it was open or taken; enrollments stay stopped, or end where they were won."""
        return await self.database.write(_close, handoff_id, outcome, now)

    async def resume(self, contact_id: int, on: datetime, why: str, now: datetime) -> int:
        """A human returns the contact: paused and handed-off walks go on from `on`; how many."""
        return await self.database.write(_resume, contact_id, on, why, now)

    async def tell(self, account: str, subject: str, text: str, now: datetime, key: str) -> bool:
        """Puts an alert into the outbox; False where one with this key is there already."""
        row = alert_row(account, subject, text, now, key)
        return await self.database.write(add_missing, notices, [row]) == 1

    async def notices_due(self, now: datetime, limit: int = 20) -> tuple[Notice, ...]:
        """Notices no channel took yet and whose next attempt is due, the oldest first."""
        return await self.database.read(_notices_due, now, limit)

    async def notice_told(self, notice_id: int, now: datetime) -> None:
        """A channel took it."""
        await self.database.write(_notice_told, notice_id, now)

    async def notice_failed(self, notice_id: int, retry_at: datetime, why: str) -> None:
        """No channel took it; another attempt at `retry_at`."""
        await self.database.write(_notice_failed, notice_id, retry_at, why)

    async def ledger(self, contact_id: int) -> tuple[LedgerEntry, ...]:
        """Everything that happened to this contact, in order."""
        return await self.database.read(_ledger, contact_id)

    async def enrollments(self, contact_id: int) -> tuple[Enrollment, ...]:
        """Every walk of this contact, the newest last."""
        return await self.database.read(_enrollments, contact_id)

    async def held(self, limit: int = 200) -> tuple[tuple[Enrollment, Contact], ...]:
        """Enrollments that wait for a person or are held, with their contacts."""
        lanes = ("contact_id", "sequence", "run", "state", "reason", "held_why")
        first = select(func.min(enrollments.c.id)).where(waits_for_a_person)
        alike = first.group_by(*(enrollments.c[name] for name in lanes))
        query = select(*ENROLLMENT).where(enrollments.c.id.in_(alike)).order_by(enrollments.c.id)
        return await self.database.read(_with_contacts, query.limit(limit))

    async def upcoming(self, limit: int = 200) -> tuple[tuple[Enrollment, Contact], ...]:
        """Active enrollments in the order in which they are due."""
        query = select(*ENROLLMENT).where(is_active, enrollments.c.due_at.is_not(None))
        query = query.order_by(enrollments.c.due_at, enrollments.c.id)
        return await self.database.read(_with_contacts, query.limit(limit))

    async def quarantined(self) -> int:
        """How many mails broke us and wait for a person."""
        return await self.database.read(_quarantined)

    async def to_check(self, limit: int = 200) -> tuple[Doubtful, ...]:
        """Mails that wait for a person's verdict, the oldest first."""
        return await self.database.read(checking.to_check, limit)

    async def doubtful(self, mail: str) -> Doubtful | None:
        """The mail of this id, waiting or not."""
        return await self.database.read(checking.doubtful, mail)


def _handoffs(connection: Connection, *, open_only: bool) -> tuple[Handoff, ...]:
    query = select(*HANDOFF).order_by(handoffs.c.opened_at, handoffs.c.id)
    rows = connection.execute(query.where(is_unfinished) if open_only else query)
    return tuple(handoff_of(row) for row in rows)


def _find(connection: Connection, handoff_id: int, *, lock: bool = False) -> Handoff | None:
    query = select(*HANDOFF).where(handoffs.c.id == handoff_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return handoff_of(row) if row else None


def _conversation(connection: Connection, handoff_id: int) -> Conversation | None:
    handoff = _find(connection, handoff_id)
    if handoff is None:
        return None
    mail = connection.execute(select(inbound).where(inbound.c.id == handoff.inbound_id)).one()
    sent = select(*TOUCH).where(
        touches.c.contact_id == handoff.contact_id, touches.c.state.in_(MAY_HAVE_LEFT)
    )
    rows = connection.execute(sent.order_by(touches.c.begun_at, touches.c.id))
    return Conversation(
        handoff=handoff,
        contact=contacts_by_id(connection, [handoff.contact_id])[handoff.contact_id],
        inbound_subject=mail.subject,
        inbound_sender=mail.sender,
        inbound_message_id=mail.message_id,
        inbound_references=tuple(mail.references),
        inbound_text=mail.text,
        inbound_at=mail.at,
        verdict=mail.verdict,
        evidence=tuple(f"{each['signal']}: {each['quote']}" for each in mail.evidence),
        enrollments=first_of_lanes(_enrollments(connection, handoff.contact_id)),
        touches=tuple(touch_of(row) for row in rows),
    )


def _take(connection: Connection, handoff_id: int, now: datetime) -> bool:
    handoff = _find(connection, handoff_id, lock=True)
    if handoff is None or handoff.state is not HandoffState.OPEN:
        return False
    state = move_handoff(handoff.state, HandoffMove.TAKEN)
    this = update(handoffs).where(handoffs.c.id == handoff_id)
    connection.execute(this.values(state=state, taken_at=now))
    line = LedgerEntry(now, Event.HANDOFF_TAKEN, "a person took it", handoff.contact_id)
    write_lines(connection, [line])
    return True


def _close(connection: Connection, handoff_id: int, outcome: Outcome, now: datetime) -> bool:
    known = _find(connection, handoff_id)
    lock_people(connection, [known.contact_id] if known else [])
    handoff = _find(connection, handoff_id, lock=True)
    if handoff is None or handoff.state is HandoffState.CLOSED:
        return False
    state = move_handoff(handoff.state, HandoffMove.CLOSED)
    this = update(handoffs).where(handoffs.c.id == handoff_id)
    connection.execute(this.values(state=state, closed_at=now, outcome=outcome))
    write_lines(connection, [LedgerEntry(now, Event.HANDOFF_CLOSED, outcome, handoff.contact_id)])
    if outcome is Outcome.WON:
        live = live_walks(connection, [handoff.contact_id])
        move_walks(connection, live, Move.WON, "", now)
    return True


def _resume(connection: Connection, contact_id: int, on: datetime, why: str, now: datetime) -> int:
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


def _notices_due(connection: Connection, now: datetime, limit: int) -> tuple[Notice, ...]:
    query = select(*_NOTICE).where(is_untold, notices.c.due_at <= now)
    rows = connection.execute(query.order_by(notices.c.due_at, notices.c.id).limit(limit))
    return tuple(Notice(**row._asdict()) for row in rows)


def _notice_told(connection: Connection, notice_id: int, now: datetime) -> None:
    untold = update(notices).where(notices.c.id == notice_id, is_untold)
    connection.execute(untold.values(told_at=now))


def _notice_failed(connection: Connection, notice_id: int, retry_at: datetime, why: str) -> None:
    untold = update(notices).where(notices.c.id == notice_id, is_untold)
    attempts = notices.c.attempts + 1
    connection.execute(untold.values(attempts=attempts, due_at=retry_at, why=why))


def _ledger(connection: Connection, contact_id: int) -> tuple[LedgerEntry, ...]:
    query = select(*_LINE).where(ledger.c.contact_id == contact_id)
    rows = connection.execute(query.order_by(ledger.c.at, ledger.c.id))
    return tuple(LedgerEntry(**row._asdict()) for row in rows)


def _enrollments(connection: Connection, contact_id: int) -> tuple[Enrollment, ...]:
    query = select(*ENROLLMENT).where(enrollments.c.contact_id == contact_id)
    rows = connection.execute(query.order_by(enrollments.c.id))
    return tuple(enrollment_of(row) for row in rows)


def _with_contacts(
    connection: Connection, query: Select[tuple[object, ...]]
) -> tuple[tuple[Enrollment, Contact], ...]:
    found = [enrollment_of(row) for row in connection.execute(query)]
    known = contacts_by_id(connection, {walk.contact_id for walk in found})
    return tuple((walk, known[walk.contact_id]) for walk in found)


def _quarantined(connection: Connection) -> int:
    waiting = select(func.count()).select_from(quarantine).where(quarantine.c.settled == "")
    return connection.scalars(waiting).one()
