"""What was heard, in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from nurture.core.touch import Touch, TouchState
from nurture.mail.cursor import Cursor, Fetched, Folder
from nurture.ports import Heard, Recorded
from nurture.storage import hearing
from nurture.storage.engine import Database, add_missing
from nurture.storage.rows import TOUCH, touch_of
from nurture.storage.rule import MAY_HAVE_LEFT
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import cursors, message_ids, quarantine, touches


@dataclass(frozen=True, slots=True)
class StoredIncoming:
    """ports.Incoming in the database."""

    database: Database
    suppressions: Suppressions

    async def cursor(self, account: str, folder: Folder) -> Cursor | None:
        """How far the folder was read; None before its first reading."""
        return await self.database.read(_cursor, account, folder)

    async def set_cursor(self, account: str, folder: Folder, cursor: Cursor) -> None:
        """Moves the cursor without a message."""
        await self.database.write(hearing.set_cursor, account, folder, cursor)

    async def touch_of(self, ids: Sequence[str]) -> Touch | None:
        """The latest touch begun under any of these message ids, whatever became of it."""
        return await self.database.read(_touch_of, ids)

    async def last_touch_to(self, contact_id: int) -> Touch | None:
        """The latest touch that this contact was sent or may have been sent."""
        return await self.database.read(_last_touch_to, contact_id)

    async def record(self, heard: Heard) -> Recorded:
        """The mail, its reasons, everything its effect changes, and the cursor: all or nothing."""
        return await self.database.write(hearing.record, self.suppressions, heard)

    async def quarantine(self, account: str, fetched: Fetched, at: datetime, why: str) -> None:
        """Keeps a mail that broke us with its bytes for a person, and moves the cursor on."""
        await self.database.write(_quarantine, account, fetched, at, why)


def _cursor(connection: Connection, account: str, folder: Folder) -> Cursor | None:
    query = select(cursors.c.uidvalidity, cursors.c.uid).where(
        cursors.c.account == account, cursors.c.folder == folder
    )
    row = connection.execute(query).one_or_none()
    return Cursor(row.uidvalidity, row.uid) if row else None


def _touch_of(connection: Connection, ids: Sequence[str]) -> Touch | None:
    query = (
        select(*TOUCH)
        .join(message_ids, message_ids.c.touch_id == touches.c.id)
        .where(message_ids.c.id.in_(set(ids)))
        .order_by(touches.c.begun_at.desc(), touches.c.id.desc())
    )
    row = connection.execute(query.limit(1)).one_or_none()
    return touch_of(row) if row else None


def _last_touch_to(connection: Connection, contact_id: int) -> Touch | None:
    may_have_left = touches.c.state.in_({*MAY_HAVE_LEFT, TouchState.SENDING})
    query = select(*TOUCH).where(touches.c.contact_id == contact_id, may_have_left)
    latest = query.order_by(touches.c.begun_at.desc(), touches.c.id.desc())
    row = connection.execute(latest.limit(1)).one_or_none()
    return touch_of(row) if row else None


def _quarantine(
    connection: Connection, account: str, fetched: Fetched, at: datetime, why: str
) -> None:
    row = {
        "account": account,
        "folder": fetched.folder,
        "uidvalidity": fetched.uidvalidity,
        "uid": fetched.uid,
        "at": at,
        "why": why,
        "raw": fetched.raw,
        "size": fetched.size,
    }
    add_missing(connection, quarantine, [row])
    hearing.set_cursor(connection, account, fetched.folder, fetched.cursor)
