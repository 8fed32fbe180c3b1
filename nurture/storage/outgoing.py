"""Enrollments and touches in the database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from nurture.core.account import Limits
from nurture.core.contact import Contact
from nurture.core.decision import Advance, Decision
from nurture.core.enrollment import Enrollment
from nurture.core.library import Reader
from nurture.core.library.echo import Offered
from nurture.core.sequence.carry import Carried
from nurture.core.situation import Pace
from nurture.core.touch import Touch, TouchMove
from nurture.ports import (
    Asked,
    Begun,
    Due,
    Intent,
    Lease,
    Order,
    Settlement,
    Stopped,
    Underway,
    Walking,
)
from nurture.storage import agenda, carrying, enrolling, last_look, noting, reading, settling, tasks
from nurture.storage.engine import Database, add_missing
from nurture.storage.prepared import Prepared
from nurture.storage.rows import TOUCH, touch_of
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
from nurture.value import frozen


@frozen
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

    async def walking(self, sequence: str) -> tuple[Walking, ...]:
        """Every walk through this sequence of which some lane has not ended, by contact."""
        return await self.database.read(carrying.walking, sequence)

    async def carry(self, carried: Sequence[Carried], now: datetime, why: str) -> int:
        """Puts walks on another text of their sequence; how many were."""
        return await self.database.write(carrying.carry, carried, now, why)

    async def walks(self, contact_ids: Collection[int]) -> Mapping[int, tuple[Enrollment, ...]]:
        """Every lane of every walk of these contacts, ended ones too, the oldest first."""
        return await self.database.read(agenda.walks_of, contact_ids)

    async def paces(self, contact_ids: Collection[int], now: datetime) -> Mapping[int, Pace]:
        """What has passed between each of these contacts, their company and us."""
        return await self.database.read(agenda.paces_of, contact_ids, now)

    async def reader(self, contact: Contact, now: datetime) -> Reader:
        """What this person had to read, what their colleagues had, and their own words."""
        return await self.database.read(reading.reader, contact, now)

    async def readers(self, contacts: Sequence[Contact], now: datetime) -> tuple[Reader, ...]:
        """The same for many, in their order, without the words they wrote."""
        return await self.database.read(reading.readers, contacts, now)

    async def asked(self, walk: Enrollment) -> Asked | None:
        """The task that the owner was given for the step at which this walk stands."""
        return await self.database.read(reading.asked, walk)

    async def offered(self) -> tuple[Offered, ...]:
        """Every piece that was sent to anybody, the oldest first."""
        return await self.database.read(reading.offered)

    async def next_due(self, account: str) -> datetime | None:
        """When the earliest active enrollment of the account is due."""
        return await self.database.read(_next_due, account)

    async def due(self, account: str, now: datetime, limit: int) -> tuple[Due, ...]:
        """Active enrollments due at `now`, the longest due first.

        `thread` holds every touch of the enrollment but the postponed one, whatever its state.
        """
        return await self.database.read_promptly(agenda.due, self.suppressions, account, now, limit)

    async def ahead(self, contact_id: int, now: datetime) -> tuple[Due, ...]:
        """Every active lane of this contact, due or not, with the facts of now."""
        return await self.database.read(agenda.ahead, self.suppressions, contact_id, now)

    async def under_way(self, account: str, after: int, limit: int) -> tuple[Underway, ...]:
        """Active walks of the account in their order, with an id above `after`."""
        return await self.database.read(_under_way, account, after, limit)

    async def note(
        self, lease: Lease, decisions: Sequence[tuple[int, Decision]], now: datetime
    ) -> bool:
        """Applies decisions that send nothing to active enrollments, while the lease stands."""
        return await self.database.write_promptly(
            noting.note, self.suppressions, lease, decisions, now
        )

    async def assign(self, orders: Sequence[Order], now: datetime) -> None:
        """Gives the owner tasks, each with a notice, and moves their walks."""
        await self.database.write(tasks.assign, orders, now)

    async def begin(
        self,
        lease: Lease,
        intents: Sequence[Intent],
        now: datetime,
        heard_since: datetime,
        limits: Limits,
    ) -> tuple[Begun | Stopped, ...]:
        """The last look, and the intent of all that pass, in one transaction."""
        return await self.database.write_promptly(
            last_look.begin, self.suppressions, lease, intents, now, heard_since, limits
        )

    async def settle(self, settlements: Sequence[Settlement]) -> None:
        """Writes outcomes, known ids and the enrollments' next places.

        A touch that a newer lease has given up is settled by what its worker knows all the same.
        """
        await self.database.write_promptly(settling.settle, self.suppressions, settlements)

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
    return next(iter(_NEXT_DUE.column(connection, account=account)), None)


_NEXT_DUE: Final = Prepared(
    select(enrollments.c.due_at)
    .where(
        is_active,
        enrollments.c.account == bindparam("account"),
        enrollments.c.due_at.is_not(None),
    )
    .order_by(enrollments.c.due_at)
    .limit(1)
)


_WHEREABOUTS: Final = ("address", "zone", "city", "country", "subdivision")


def _under_way(
    connection: Connection, account: str, after: int, limit: int
) -> tuple[Underway, ...]:
    columns = [enrollments.c[name] for name in ("sequence", "revision", "position", "due_at")]
    query = select(enrollments.c.id, *columns, *(contacts.c[name] for name in _WHEREABOUTS))
    query = query.join(contacts, contacts.c.id == enrollments.c.contact_id).where(
        is_active,
        enrollments.c.account == account,
        enrollments.c.lane == "",
        enrollments.c.due_at.is_not(None),
        enrollments.c.id > after,
    )
    rows = connection.execute(query.order_by(enrollments.c.id).limit(limit))
    return tuple(
        Underway(
            row.id,
            row.sequence,
            row.revision,
            row.position,
            row.due_at,
            Contact(**{name: getattr(row, name) for name in _WHEREABOUTS}),
        )
        for row in rows
    )


def _uncertain(connection: Connection, account: str) -> tuple[Touch, ...]:
    query = select(*TOUCH).where(is_uncertain, touches.c.account == account)
    return tuple(touch_of(row) for row in connection.execute(query.order_by(touches.c.id)))


def _copies_owed(connection: Connection, account: str) -> tuple[tuple[Touch, bytes], ...]:
    owed = select(*TOUCH, touches.c.wire).where(owes_a_copy, touches.c.account == account)
    rows = connection.execute(owed.order_by(touches.c.id).limit(100))
    return tuple((touch_of(row), bytes(row.wire)) for row in rows)


def _copy_filed(connection: Connection, touch_id: int) -> None:
    connection.execute(update(touches).where(touches.c.id == touch_id).values(wire=None))
