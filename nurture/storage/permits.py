"""Permissions that will end, in the database."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Text, bindparam, cast, exists, func, insert, select, update

from nurture.core.contact import Contact, LegalForm
from nurture.core.enrollment import State
from nurture.ports import Ground, NoticeKind, Stretch
from nurture.storage.engine import Database
from nurture.storage.prepared import OneOf, Prepared
from nurture.storage.rows import CONSENT_COLUMNS, consent_of
from nurture.storage.tables import contacts, enrollments, notices
from nurture.storage.together import Together
from nurture.value import frozen

_GROUND: Final = Together(
    *(contacts.c[name] for name in ("permission_warned", "country", "legal_form", *CONSENT_COLUMNS))
)
_WALKS: Final = exists().where(
    enrollments.c.contact_id == contacts.c.id,
    enrollments.c.account == bindparam("account"),
    enrollments.c.state != State.ENDED,
)
_IN_STRETCH: Final = (contacts.c.id > bindparam("after"), contacts.c.id <= bindparam("upto"))

_NEXT: Final = (
    select(contacts.c.id)
    .where(contacts.c.id > bindparam("after"))
    .order_by(contacts.c.id)
    .limit(bindparam("limit"))
    .subquery()
)
_UPTO: Final = Prepared(select(func.max(_NEXT.c.id)))
_GROUNDS: Final = Prepared(select(_GROUND).where(*_IN_STRETCH, _WALKS).distinct())
_STANDING: Final = Prepared(
    select(*(contacts.c[name] for name in ("address", "id", "given_name", "family_name")), _GROUND)
    .where(*_IN_STRETCH, _WALKS, OneOf(_GROUND, "grounds"))
    .order_by(contacts.c.id)
)
_MARK: Final = Prepared(
    update(contacts).where(OneOf(contacts.c.id, "ids")).values(permission_warned=bindparam("mark"))
)
_OBSERVED: Final = Together(
    contacts.c.country, contacts.c.subdivision, cast(contacts.c.observes, Text)
)
_OBSERVERS: Final = Prepared(select(_OBSERVED).where(_WALKS).distinct())


@frozen
class StoredPermits:
    """ports.Permits in the database."""

    database: Database

    async def next_stretch(self, account: str, after: int = 0, limit: int = 2000) -> Stretch | None:
        """The next people, with each ground that walkers stand on; None where nobody is left."""
        return await self.database.read(_next_stretch, account, after, limit)

    async def standing_on(
        self, account: str, stretch: Stretch, grounds: Collection[str]
    ) -> tuple[tuple[Contact, str], ...]:
        """Who of a stretch walks on these grounds, by address and names, each with the ground."""
        return await self.database.read(_standing_on, account, stretch, grounds)

    async def observers(self, account: str) -> tuple[Contact, ...]:
        """Where walkers for this account are and what they observe, each different case once."""
        return await self.database.read(_observers, account)

    async def warn(
        self, account: str, subject: str, text: str, now: datetime, marks: Mapping[int, str]
    ) -> None:
        """Puts the warning into the outbox and these marks to the contacts: both or neither."""
        await self.database.write(_warn, account, subject, text, now, marks)


def _next_stretch(connection: Connection, account: str, after: int, limit: int) -> Stretch | None:
    (upto,) = _UPTO.column(connection, after=after, limit=limit)
    if upto is None:
        return None
    texts = _GROUNDS.column(connection, account=account, after=after, upto=upto)
    return Stretch(after, upto, tuple(map(_ground_of, texts)))


def _ground_of(text: str) -> Ground:
    mark, country, legal_form, *consent = json.loads(text)
    anybody = Contact(
        "",
        country=country,
        legal_form=LegalForm(legal_form) if legal_form else None,
        consent=consent_of(*consent),
    )
    return Ground(text, anybody, mark)


def _standing_on(
    connection: Connection, account: str, stretch: Stretch, grounds: Collection[str]
) -> tuple[tuple[Contact, str], ...]:
    between = {"after": stretch.after, "upto": stretch.upto}
    rows = _STANDING.rows(connection, account=account, grounds=grounds, **between)
    return tuple((Contact(*known), ground) for *known, ground in rows)


def _observers(connection: Connection, account: str) -> tuple[Contact, ...]:
    found = map(json.loads, _OBSERVERS.column(connection, account=account))
    return tuple(
        Contact("", country=country, subdivision=part, observes=tuple(json.loads(observed)))
        for country, part, observed in found
    )


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
    of: dict[str, list[int]] = {}
    for contact_id, mark in marks.items():
        of.setdefault(mark, []).append(contact_id)
    _MARK.run(connection, [{"mark": mark, "ids": ids} for mark, ids in of.items()])
