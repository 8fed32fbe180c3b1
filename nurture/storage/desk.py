"""What people have to do and to know, in the database."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.sql import Select

from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment
from nurture.core.handoff import Handoff
from nurture.core.handoff.deed import Deed
from nurture.ports import Acted, Conversation, Doubtful, Errand, LedgerEntry, Notice, NoticeKind
from nurture.storage import checking, conversing, outbox, working
from nurture.storage.course import WALK, walk_of
from nurture.storage.engine import Database, add_missing
from nurture.storage.rows import (
    HANDOFF,
    alert_row,
    contacts_by_id,
    handoff_of,
)  # fmt: skip
from nurture.storage.silent import silent
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import (
    enrollments,
    handoffs,
    is_active,
    is_unfinished,
    ledger,
    notices,
    quarantine,
    waits_for_a_person,
)  # fmt: skip
from nurture.value import frozen

_LINE = tuple(ledger.c[name] for name in LedgerEntry.__dataclass_fields__)


@frozen
class StoredDesk:
    """ports.Desk in the database."""

    database: Database
    suppressions: Suppressions

    async def handoffs(self, *, open_only: bool = True) -> tuple[Handoff, ...]:
        """Handoffs, the oldest first; with `open_only` those that nobody closed yet."""
        return await self.database.read(_handoffs, open_only=open_only)

    async def conversation(self, handoff_id: int) -> Conversation | None:
        """All that is known about a handoff."""
        return await self.database.read(conversing.conversation, handoff_id)

    async def handoff(self, handoff_id: int) -> Handoff | None:
        """The handoff of this id."""
        return await self.database.read(working.find, handoff_id)

    async def act(self, handoff_id: int, deed: Deed, now: datetime) -> Acted:
        """Does this to the handoff with all that follows for the person's walks, or nothing."""
        return await self.database.write(working.act, self.suppressions, handoff_id, deed, now)

    async def run_out(self, now: datetime) -> tuple[Handoff, ...]:
        """Those whose time is over, open again; and reminders that are due."""
        if not await self.database.read(working.has_run_out, now):
            return ()  # the usual case: no reason to keep others from writing
        return await self.database.write(working.run_out, now)

    async def remind(
        self, handoff: Handoff, subject: str, key: str, now: datetime, *, in_place: bool
    ) -> bool:
        """Puts a brief into the outbox, once for each key, unless somebody has acted meanwhile."""
        remind = working.remind
        return await self.database.write(remind, handoff, subject, key, now, in_place=in_place)

    async def answer_times(self, since: datetime) -> tuple[Handoff, ...]:
        """Handoffs that a mail opened and that were first answered since then."""
        return await self.database.read(working.answer_times, since)

    async def silent(
        self, before: datetime, accounts: Collection[str]
    ) -> tuple[int, tuple[tuple[Contact, datetime | None], ...]]:
        """How many were neither reached nor heard since then, and the most valuable of them."""
        return await self.database.read(silent, self.suppressions, before, accounts)

    async def resume(self, contact_id: int, on: datetime, why: str, now: datetime) -> int:
        """A human returns the contact: paused and handed-off walks go on from `on`; how many."""
        return await self.database.write(working.resume, contact_id, on, why, now)

    async def tell(
        self,
        account: str,
        subject: str,
        text: str,
        now: datetime,
        key: str,
        *,
        kind: NoticeKind = NoticeKind.ALERT,
    ) -> bool:
        """Puts a notice into the outbox; False where one with this key is there already."""
        row = alert_row(account, subject, text, now, key) | {"kind": kind}
        return await self.database.write(add_missing, notices, [row]) == 1

    async def notices_due(self, now: datetime, limit: int = 20) -> tuple[Notice, ...]:
        """Notices that some channel still owes and whose next attempt is due, the oldest first."""
        return await self.database.read(outbox.notices_due, now, limit)

    async def notice_tried(self, notice_id: int, errand: Errand) -> None:
        """What came of the newest attempt on one channel; what was taken once stays so."""
        await self.database.write(outbox.notice_tried, notice_id, errand)

    async def notice_told(self, notice_id: int, now: datetime) -> None:
        """It leaves the outbox: every channel wanted took it, or there is no more hope."""
        await self.database.write(outbox.notice_told, notice_id, now)

    async def notice_failed(self, notice_id: int, retry_at: datetime, why: str) -> None:
        """Some channel did not take it; another attempt at `retry_at`."""
        await self.database.write(outbox.notice_failed, notice_id, retry_at, why)

    async def ledger(self, contact_id: int) -> tuple[LedgerEntry, ...]:
        """Everything that happened to this contact, in order."""
        return await self.database.read(_ledger, contact_id)

    async def enrollments(self, contact_id: int) -> tuple[Enrollment, ...]:
        """Every walk of this contact, the newest last."""
        return await self.database.read(conversing.walks_of, contact_id)

    async def held(self, limit: int = 200) -> tuple[tuple[Enrollment, Contact], ...]:
        """Enrollments that wait for a person or are held, with their contacts."""
        lanes = ("contact_id", "sequence", "run", "state", "reason", "held_why")
        # By itself, or SQLite reads all walks there are in the order of the grouping.
        waiting = select(enrollments).where(waits_for_a_person).cte().prefix_with("MATERIALIZED")
        first = select(func.min(waiting.c.id)).group_by(*(waiting.c[name] for name in lanes))
        query = select(*WALK).where(enrollments.c.id.in_(first)).order_by(enrollments.c.id)
        return await self.database.read(_with_contacts, query.limit(limit))

    async def upcoming(self, limit: int = 200) -> tuple[tuple[Enrollment, Contact], ...]:
        """Active enrollments in the order in which they are due."""
        query = select(*WALK).where(is_active, enrollments.c.due_at.is_not(None))
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


def _ledger(connection: Connection, contact_id: int) -> tuple[LedgerEntry, ...]:
    query = select(*_LINE).where(ledger.c.contact_id == contact_id)
    rows = connection.execute(query.order_by(ledger.c.at, ledger.c.id))
    return tuple(LedgerEntry(**row._asdict()) for row in rows)


def _with_contacts(
    connection: Connection, query: Select[tuple[object, ...]]
) -> tuple[tuple[Enrollment, Contact], ...]:
    found = [walk_of(row) for row in connection.execute(query)]
    known = contacts_by_id(connection, {walk.contact_id for walk in found})
    return tuple((walk, known[walk.contact_id]) for walk in found)


def _quarantined(connection: Connection) -> int:
    waiting = select(func.count()).select_from(quarantine).where(quarantine.c.settled == "")
    return connection.scalars(waiting).one()
