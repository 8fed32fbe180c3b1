"""What was heard, in the database."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from nurture.core.touch import Touch, TouchState
from nurture.mail.cursor import Cursor, Fetched, Folder
from nurture.mail.thread import bare_subject
from nurture.ports import Heard, LastSpoken, Recorded
from nurture.storage import correcting, hearing
from nurture.storage.engine import Database, add_missing
from nurture.storage.rows import TOUCH, touch_of
from nurture.storage.rule import MAY_HAVE_LEFT
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import (
    contacts,
    cursors,
    is_threaded,
    message_ids,
    quarantine,
    touches,
)  # fmt: skip
from nurture.value import frozen


@frozen
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

    async def learn_id(self, touch_id: int, message_id: str) -> None:
        """From now on this id names the touch; a known id stays as it is."""
        if message_id:
            row = {"id": message_id, "touch_id": touch_id}
            await self.database.write(add_missing, message_ids, [row])

    async def learn_thread(self, touch_id: int, thread: str) -> None:
        """The server files the touch under this name of a conversation."""
        if thread:
            await self.database.write(_learn_thread, touch_id, thread)

    async def touch_in_thread(self, account: str, thread: str) -> Touch | None:
        """The latest touch of the account that the server files in this conversation."""
        return await self.database.read(_touch_in_thread, account, thread)

    async def touch_about(
        self, account: str, domain: str, subject: str, since: datetime
    ) -> Touch | None:
        """The latest touch since then to the company of this mail domain, about this subject."""
        return await self.database.read(_touch_about, account, domain, subject, since)

    async def correct(self, mail: str, heard: Heard) -> Recorded:
        """A person's verdict on a mail, with everything that it undoes and does."""
        return await self.database.write(correcting.correct, self.suppressions, mail, heard)

    async def note_contact(self, spoken: Sequence[LastSpoken]) -> int:
        """Sets when each was last written to and last heard of, never back; how many changed."""
        return await self.database.write(_note_contact, spoken)

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


def _learn_thread(connection: Connection, touch_id: int, thread: str) -> None:
    this = (touches.c.id == touch_id) & (touches.c.thread != thread)
    connection.execute(update(touches).where(this).values(thread=thread))


def _touch_in_thread(connection: Connection, account: str, thread: str) -> Touch | None:
    query = select(*TOUCH).where(touches.c.account == account, touches.c.thread == thread)
    latest = query.where(is_threaded).order_by(touches.c.begun_at.desc(), touches.c.id.desc())
    row = connection.execute(latest.limit(1)).one_or_none()
    return touch_of(row) if row else None


def _touch_about(
    connection: Connection, account: str, domain: str, subject: str, since: datetime
) -> Touch | None:
    wanted = bare_subject(subject).casefold()
    query = (
        select(*TOUCH)
        .join(contacts, contacts.c.id == touches.c.contact_id)
        .where(contacts.c.company_domain == domain, touches.c.account == account)
        .where(touches.c.begun_at >= since)
        .where(touches.c.state.in_({*MAY_HAVE_LEFT, TouchState.SENDING}))
    )
    latest = query.order_by(touches.c.begun_at.desc(), touches.c.id.desc())
    found = (touch_of(row) for row in connection.execute(latest))
    return next((each for each in found if bare_subject(each.subject).casefold() == wanted), None)


def _note_contact(connection: Connection, spoken: Sequence[LastSpoken]) -> int:
    changed: set[int] = set()
    for each in spoken:
        for column, at in (
            (contacts.c.last_touch_at, each.touched_at),
            (contacts.c.last_heard_at, each.heard_at),
        ):
            if at is None:
                continue
            is_older = or_(column.is_(None), column < at)
            this = update(contacts).where(contacts.c.id == each.contact_id, is_older)
            if connection.execute(this.values({column: at})).rowcount:
                changed.add(each.contact_id)
    return len(changed)


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
