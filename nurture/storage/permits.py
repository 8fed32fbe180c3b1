"""Permissions that will end, in the database."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, insert, select, update

from nurture.core.contact import Contact
from nurture.core.enrollment import State
from nurture.ports import NoticeKind
from nurture.storage.engine import Database
from nurture.storage.rows import CONTACT, contact_of
from nurture.storage.tables import contacts, enrollments, notices
from nurture.value import frozen


@frozen
class StoredPermits:
    """ports.Permits in the database."""

    database: Database

    async def walkers(
        self, account: str, after: int = 0, limit: int = 200
    ) -> tuple[tuple[Contact, str], ...]:
        """Who walks for this account, in the order of ids behind `after`, each with their mark."""
        return await self.database.read(_walkers, account, after, limit)

    async def warn(
        self, account: str, subject: str, text: str, now: datetime, marks: Mapping[int, str]
    ) -> None:
        """Puts the warning into the outbox and these marks to the contacts: both or neither."""
        await self.database.write(_warn, account, subject, text, now, marks)


def _walkers(
    connection: Connection, account: str, after: int, limit: int
) -> tuple[tuple[Contact, str], ...]:
    walks = exists().where(
        enrollments.c.contact_id == contacts.c.id,
        enrollments.c.account == account,
        enrollments.c.state != State.ENDED,
    )
    columns = (*CONTACT, contacts.c.permission_warned)
    query = select(*columns).where(contacts.c.id > after, walks).order_by(contacts.c.id)
    rows = connection.execute(query.limit(limit))
    return tuple((contact_of(row), row.permission_warned) for row in rows)


def _warn(
    connection: Connection,
    account: str,
    subject: str,
    text: str,
    now: datetime,
    marks: Mapping[int, str],
) -> None:
    row = {"account": account, "kind": NoticeKind.ALERT, "subject": subject, "text": text}
    connection.execute(insert(notices), row | {"created_at": now, "due_at": now})
    this = update(contacts).where(contacts.c.id == bindparam("of"))
    rows = [{"of": contact_id, "mark": mark} for contact_id, mark in marks.items()]
    connection.execute(this.values(permission_warned=bindparam("mark")), rows)
