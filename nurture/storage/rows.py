"""Between rows and the values of the core."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, bindparam, insert, select, update

from nurture.core.contact import Consent, Contact
from nurture.core.enrollment import Enrollment
from nurture.core.handoff import Handoff
from nurture.core.task import Task
from nurture.core.touch import Touch
from nurture.ports import NoticeKind
from nurture.storage.prepared import OneOf, Prepared
from nurture.storage.tables import aliases, contacts, enrollments, handoffs, tasks, touches

Values = dict[str, Any]

ENROLLMENT: Final = tuple(enrollments.c[name] for name in Enrollment.__dataclass_fields__)
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


def enrollment_of(row: Sequence[Any]) -> Enrollment:
    """The value of a row of the ENROLLMENT columns."""
    return Enrollment(*row)


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


_OF_CONTACT: Final = tuple(Contact.__dataclass_fields__)
_RICH, _PLAIN_AGAIN, _WHY = (_OF_CONTACT.index(name) for name in ("interests", "zone", "consent"))
_AFTER: Final = _WHY + len(_CONSENT)
_CONSENT_COLUMNS: Final = tuple(f"consent_{field}" for field in _CONSENT)
CONTACT: Final = tuple(
    contacts.c[name] for name in (*_OF_CONTACT[:_WHY], *_CONSENT_COLUMNS, "custom", "created_at")
)
"""What a contact is made of, in the order in which it takes them."""

_ID: Final = _OF_CONTACT.index("id")


def contact_of(row: Sequence[Any], known_as: tuple[str, ...] = ()) -> Contact:
    """The value of a row that begins with the CONTACT columns, with the aliases given."""
    interests, tags, observes, dates = row[_RICH:_PLAIN_AGAIN]
    fields = [
        *row[:_RICH],
        tuple(interests),
        tuple(tags),
        tuple(observes),
        {key: date.fromisoformat(day) for key, day in dates.items()} if dates else {},
        *row[_PLAIN_AGAIN:_WHY],
        Consent(*row[_WHY:_AFTER]),
        row[_AFTER],
        known_as,
        row[_AFTER + 1],
    ]
    return Contact(*fields)


ASKED: Final = tuple(
    contacts.c[name]
    for name in (
        "id", "address", "company", "zone", "city", "country", "subdivision", "legal_form",
        *_CONSENT_COLUMNS,
    )
)  # fmt: skip
"""Who somebody is, where, and why they may be written to: all that a last look asks."""


def asked_of(row: Sequence[Any]) -> Contact:
    """A contact of whom no more is known than the ASKED columns, with which the row begins."""
    number, address, company, zone, city, country, subdivision, legal_form = row[:8]
    return Contact(
        address,
        number,
        company=company,
        zone=zone,
        city=city,
        country=country,
        subdivision=subdivision,
        legal_form=legal_form,
        consent=Consent(*row[8 : len(ASKED)]),
    )


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


_SAVE: Final = Prepared(
    update(enrollments)
    .where(enrollments.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in _WALKING})
)


_SAVED: Final = ("of", *(f"new_{name}" for name in _WALKING))
_standing: Final = attrgetter("id", *_WALKING)


def save_walks(connection: Connection, walks: Iterable[Enrollment]) -> None:
    """Writes where these enrollments stand, in one statement for all."""
    _SAVE.run_each(connection, _SAVED, map(_standing, walks))


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
