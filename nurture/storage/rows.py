"""Between rows and the values of the core."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Integer,
    Row,
    Table,
    Text,
    bindparam,
    cast,
    func,
    insert,
    select,
    update,
)

from nurture.core.contact import Basis, Consent, Contact, LegalForm, Relationship
from nurture.core.enrollment import Enrollment
from nurture.core.handoff import Handoff
from nurture.core.task import Task
from nurture.core.touch import Touch
from nurture.ports import NoticeKind
from nurture.storage.engine import has_row_locks
from nurture.storage.prepared import OneOf, Prepared
from nurture.storage.tables import aliases, contacts, enrollments, handoffs, tasks, touches
from nurture.storage.together import Together

Values = dict[str, Any]

TOUCH: Final = tuple(touches.c[name] for name in Touch.__dataclass_fields__)
TASK: Final = tuple(tasks.c[name] for name in Task.__dataclass_fields__)
HANDOFF: Final = tuple(handoffs.c[name] for name in Handoff.__dataclass_fields__)

_PLAIN: Final = (
    "address", "given_name", "family_name", "company", "relationship", "account", "value", "zone",
    "street", "postal_code", "city", "country", "subdivision", "language", "phone", "notes",
    "note", "legal_form", "created_at",
)  # fmt: skip
_CONSENT: Final = tuple(Consent.__dataclass_fields__)
_LISTS: Final = ("interests", "tags", "observes")
_WALKING: Final = (
    "state", "position", "occurrence", "owes", "anchor_at", "due_at", "reason", "held_until",
    "held_why",
)  # fmt: skip


def walk_values(walk: Enrollment) -> Values:
    """The columns of an enrollment, but for its id."""
    return {name: getattr(walk, name) for name in Enrollment.__dataclass_fields__ if name != "id"}


def touch_of(row: Sequence[Any]) -> Touch:
    """The value of a row that begins with the TOUCH columns."""
    return Touch(*row[: len(TOUCH)])


def task_of(row: Row[Any]) -> Task:
    """The value of a row of the TASK columns."""
    return Task(**row._asdict())


def handoff_of(row: Row[Any]) -> Handoff:
    """The value of a row of the HANDOFF columns."""
    return Handoff(**row._asdict())


def contact_values(contact: Contact) -> Values:
    """The columns of a contact, but for its id; the company keys among them."""
    name, domain = contact.company_keys
    consent = contact.consent
    return {
        **{field: getattr(contact, field) for field in _PLAIN},
        **{field: list(getattr(contact, field)) for field in _LISTS},
        "dates": {key: day.isoformat() for key, day in contact.dates.items()},
        "custom": dict(contact.custom),
        **{f"consent_{field}": getattr(consent, field) for field in _CONSENT},
        "company_name": name,
        "company_domain": domain,
    }


CONSENT_COLUMNS: Final = tuple(f"consent_{field}" for field in _CONSENT)
_OWN: Final = (
    "address", "id", "given_name", "family_name", "company", "value", "street", "postal_code",
    "phone", "notes", "note", "created_at", "custom",
)  # fmt: skip
CIRCUMSTANCES: Final = Together(
    *(
        contacts.c[name]
        for name in (
            "zone", "city", "country", "subdivision", "language", "account", "relationship",
            "legal_form", *CONSENT_COLUMNS,
        )
    )
)  # fmt: skip
"""What many have in common: where they live, and why they may be written to."""

_TASTES: Final = Together(*(cast(contacts.c[name], Text) for name in (*_LISTS, "dates")))
CONTACT: Final = (*(contacts.c[name] for name in _OWN), CIRCUMSTANCES, _TASTES)
"""What a contact is made of, but for the aliases."""


def contact_of(row: Sequence[Any], known_as: tuple[str, ...] = ()) -> Contact:
    """The value of a row that begins with the CONTACT columns, with the aliases given."""
    (
        address, number, given_name, family_name, company, value, street, postal_code, phone,
        notes, note, created_at, custom, circumstances, tastes,
    ) = row[: len(CONTACT)]  # fmt: skip
    living = anybody_in(circumstances)
    interests, tags, observes, dates = _tastes(tastes)
    return Contact(
        address,
        number,
        given_name,
        family_name,
        company,
        living.relationship,
        living.account,
        value,
        interests,
        tags,
        observes,
        dict(dates),
        living.zone,
        street,
        postal_code,
        living.city,
        living.country,
        living.subdivision,
        living.language,
        phone,
        notes,
        note,
        living.legal_form,
        living.consent,
        custom,
        known_as,
        created_at,
    )


@lru_cache(maxsize=1024)
def anybody_in(circumstances: str) -> Contact:
    """A contact of whom no more is known than their CIRCUMSTANCES: one for all who share them."""
    zone, city, country, subdivision, language, account, *words = json.loads(circumstances)
    relationship, legal_form, *consent = words
    return Contact(
        "",
        relationship=Relationship(relationship) if relationship else None,
        account=account,
        zone=zone,
        city=city,
        country=country,
        subdivision=subdivision,
        language=language,
        legal_form=LegalForm(legal_form) if legal_form else None,
        consent=consent_of(*consent),
    )


def consent_of(
    basis: str | None,
    since: str | None,
    evidence: str,
    expires: str | None,
    jurisdiction: str,
    notice: int,
) -> Consent:
    """The consent of these CONSENT_COLUMNS, as the JSON text of an array has them."""
    return Consent(
        Basis(basis) if basis else None,
        date.fromisoformat(since) if since else None,
        evidence,
        date.fromisoformat(expires) if expires else None,
        jurisdiction,
        bool(notice),
    )


@lru_cache(maxsize=1024)
def _tastes(
    texts: str,
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], Mapping[str, date]]:
    """Interests, tags, the feasts that they observe, and dates of their own."""
    interests, tags, observes, dates = map(json.loads, json.loads(texts))
    days = {key: date.fromisoformat(day) for key, day in dates.items()}
    return tuple(interests), tuple(tags), tuple(observes), days


_ID: Final = _OWN.index("id")
_ALIASES: Final = Prepared(
    select(aliases.c.contact_id, aliases.c.address)
    .where(OneOf(aliases.c.contact_id, "ids"))
    .order_by(aliases.c.id)
)
_BY_ID: Final = Prepared(select(*CONTACT).where(OneOf(contacts.c.id, "ids")))


def with_aliases(connection: Connection, rows: Iterable[Sequence[Any]]) -> tuple[Contact, ...]:
    """The contacts of these rows, in their order, with one more query for all their aliases."""
    found = tuple(rows)
    known: dict[int, tuple[str, ...]] = {row[_ID]: () for row in found}
    for contact_id, address in _ALIASES.rows(connection, ids=known):
        known[contact_id] += (address,)
    return tuple(contact_of(row, known[row[_ID]]) for row in found)


def contacts_by_id(connection: Connection, ids: Iterable[int]) -> Mapping[int, Contact]:
    """These contacts with their aliases, by two queries however many they are."""
    rows = _BY_ID.rows(connection, ids=set(ids))
    return {contact.id: contact for contact in with_aliases(connection, rows)}


_ACQUAINTED: Final = ("address", "id", "company", "country", "subdivision")
_WHO: Final = Prepared(
    select(*(contacts.c[name] for name in _ACQUAINTED)).where(OneOf(contacts.c.id, "ids"))
)


def acquainted(connection: Connection, ids: Collection[int]) -> tuple[Contact, ...]:
    """These contacts, of whom no more is known than whose colleagues they are, and where."""
    found = _WHO.rows(connection, ids=ids)
    return tuple(Contact(**dict(zip(_ACQUAINTED, row, strict=True))) for row in found)


_SAVE: Final = Prepared(
    update(enrollments)
    .where(enrollments.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in _WALKING})
)


_SAVED: Final = ("of", *(f"new_{name}" for name in _WALKING))
_standing: Final = attrgetter("id", *_WALKING)


def save_walks(connection: Connection, walks: Iterable[Enrollment]) -> None:
    """Writes where these enrollments stand; of one that comes twice, the last counts."""
    _SAVE.run_all(connection, _SAVED, map(_standing, {walk.id: walk for walk in walks}.values()))


def alert_row(account: str, subject: str, text: str, now: datetime, key: str) -> Values:
    """An alert in the outbox, due at once; the key keeps it from being told twice."""
    return {
        "account": account,
        "kind": NoticeKind.ALERT,
        "subject": subject,
        "text": text,
        "created_at": now,
        "due_at": now,
        "key": key,
    }


def insert_one(connection: Connection, table: Table, row: Values) -> int:
    """The id of the row, now inserted."""
    found: int = connection.scalars(insert(table).returning(table.c.id), row).one()
    return found


def new_ids(connection: Connection, table: Table, count: int) -> Sequence[int]:
    """So many numbers for new rows of this table, in order, that nobody else will give away.

    To learn them afterwards costs more, for no database tells them in the order of the rows.
    """
    if has_row_locks(connection):
        return _next_ids(table).column(connection, count=count)
    # Writers take turns: until we have committed, nobody else inserts.
    (last,) = _last_id(table).column(connection)
    return range((last or 0) + 1, (last or 0) + 1 + count)


@cache
def _next_ids(table: Table) -> Prepared:
    given_out = func.nextval(func.pg_get_serial_sequence(table.name, "id"))
    times = func.generate_series(1, bindparam("count", type_=Integer))
    return Prepared(select(given_out).select_from(times))


@cache
def _last_id(table: Table) -> Prepared:
    return Prepared(select(func.max(table.c.id)))
