"""Between rows and the values of the core."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, bindparam, insert, select, update

from nurture.core.contact import Consent, Contact
from nurture.core.enrollment import Enrollment
from nurture.core.handoff import Handoff
from nurture.core.task import Task
from nurture.core.touch import Touch
from nurture.storage.tables import aliases, contacts, enrollments, handoffs, tasks, touches

Values = dict[str, Any]

ENROLLMENT: Final = tuple(enrollments.c)
TOUCH: Final = tuple(touches.c[name] for name in Touch.__dataclass_fields__)
TASK: Final = tuple(tasks.c[name] for name in Task.__dataclass_fields__)
HANDOFF: Final = tuple(handoffs.c[name] for name in Handoff.__dataclass_fields__)

_PLAIN: Final = (
    "address", "given_name", "family_name", "company", "relationship", "account", "value", "zone",
    "city", "country", "subdivision", "language", "phone", "notes", "legal_form", "created_at",
)  # fmt: skip
_CONSENT: Final = tuple(Consent.__dataclass_fields__)
_LISTS: Final = ("interests", "tags", "observes")
_WALKING: Final = (
    "state", "position", "occurrence", "owes", "anchor_at", "due_at", "reason", "held_until",
    "held_why",
)  # fmt: skip


def enrollment_of(row: Row[Any]) -> Enrollment:
    """The value of a row of the ENROLLMENT columns."""
    return Enrollment(**row._asdict())


def touch_of(row: Row[Any]) -> Touch:
    """The value of a row of the TOUCH columns."""
    return Touch(**row._asdict())


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


def contact_of(row: Row[Any], known_as: tuple[str, ...] = ()) -> Contact:
    """The value of a row of `contacts`, with the aliases given."""
    held = row._asdict()
    return Contact(
        id=held["id"],
        **{field: held[field] for field in _PLAIN},
        interests=tuple(held["interests"]),
        tags=tuple(held["tags"]),
        observes=tuple(held["observes"]),
        dates={key: date.fromisoformat(day) for key, day in held["dates"].items()},
        custom=dict(held["custom"]),
        consent=_consent_of(held),
        aliases=known_as,
    )


def _consent_of(held: Values) -> Consent:
    return Consent(**{field: held[f"consent_{field}"] for field in _CONSENT})


def with_aliases(connection: Connection, rows: Iterable[Row[Any]]) -> tuple[Contact, ...]:
    """The contacts of these rows, in their order, with one more query for all their aliases."""
    found = tuple(rows)
    known: dict[int, list[str]] = {row.id: [] for row in found}
    query = select(aliases.c.contact_id, aliases.c.address).where(aliases.c.contact_id.in_(known))
    for contact_id, address in connection.execute(query.order_by(aliases.c.id)):
        known[contact_id].append(address)
    return tuple(contact_of(row, tuple(known[row.id])) for row in found)


def contacts_by_id(connection: Connection, ids: Iterable[int]) -> Mapping[int, Contact]:
    """These contacts with their aliases, by two queries however many they are."""
    rows = connection.execute(select(contacts).where(contacts.c.id.in_(set(ids))))
    return {contact.id: contact for contact in with_aliases(connection, rows)}


_SAVE: Final = (
    update(enrollments)
    .where(enrollments.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in _WALKING})
)


def save_walks(connection: Connection, walks: Iterable[Enrollment]) -> None:
    """Writes where these enrollments stand, in one statement for all."""
    rows = [
        {"of": walk.id, **{f"new_{name}": getattr(walk, name) for name in _WALKING}}
        for walk in walks
    ]
    if rows:
        connection.execute(_SAVE, rows)


def insert_one(connection: Connection, table: Table, row: Values) -> int:
    """The id of the row, now inserted."""
    found: int = connection.scalars(insert(table).returning(table.c.id), row).one()
    return found
