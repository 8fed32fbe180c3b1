"""Walks that begin, paused where an answer waits for a person (promise P1)."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment, Move
from nurture.storage.engine import add_missing
from nurture.storage.ledger import Event, about_walk, write_lines
from nurture.storage.rows import ENROLLMENT, contacts_by_id
from nurture.storage.rule import ANSWER_WAITS, COLLEAGUE_WAITS, moved
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import contacts, enrollments, handoffs, is_unfinished
from nurture.storage.walk import lock_people


def enroll(
    connection: Connection, list_: Suppressions, given: Sequence[Enrollment]
) -> tuple[int | None, ...]:
    """The new ids in the order given; None where there is no new walk."""
    ids = {walk.contact_id for walk in given}
    # Locked against an answer that is being recorded: either it sees the walk, or we the answer.
    lock_people(connection, ids)
    known = contacts_by_id(connection, ids)
    refused = list_.among(connection, [contact.address for contact in known.values()])
    waiting = _answers_waiting(connection, known)
    enrolled: list[int | None] = []
    for walk in given:
        contact = known.get(walk.contact_id)
        if contact is None or contact.address in refused:
            enrolled.append(None)
            continue
        enrolled.append(_enroll_one(connection, walk, waiting.get(walk.contact_id, "")))
    return tuple(enrolled)


def _enroll_one(connection: Connection, walk: Enrollment, waits_for: str) -> int | None:
    kept = moved(walk, Move.DOUBTED, waits_for) if waits_for else walk
    row = {column.name: getattr(kept, column.name) for column in ENROLLMENT if column.name != "id"}
    if not add_missing(connection, enrollments, [row]):
        return None
    this_run = (
        (enrollments.c.contact_id == walk.contact_id)
        & (enrollments.c.sequence == walk.sequence)
        & (enrollments.c.run == walk.run)
    )
    lines = [about_walk(walk, Event.ENROLLMENT_STARTED, walk.because, walk.enrolled_at)]
    if waits_for:
        lines.append(about_walk(walk, Event.ENROLLMENT_PAUSED, waits_for, walk.enrolled_at))
    write_lines(connection, lines)
    found: int = connection.scalars(select(enrollments.c.id).where(this_run)).one()
    return found


def _answers_waiting(connection: Connection, known: Mapping[int, Contact]) -> Mapping[int, str]:
    names = {contact.company_keys[0] for contact in known.values()} - {""}
    domains = {contact.company_keys[1] for contact in known.values()} - {""}
    colleague = contacts.c.company_name.in_(names) | contacts.c.company_domain.in_(domains)
    rows = connection.execute(
        select(handoffs.c.contact_id, contacts.c.company_name, contacts.c.company_domain)
        .join(contacts, contacts.c.id == handoffs.c.contact_id)
        .where(
            is_unfinished,
            handoffs.c.contact_id.in_(set(known)) | (handoffs.c.covers_company & colleague),
        )
        .add_columns(handoffs.c.covers_company)
    ).all()
    waiting = {}
    for contact_id, contact in known.items():
        keys = set(contact.company_keys) - {""}
        if any(row.contact_id == contact_id for row in rows):
            waiting[contact_id] = ANSWER_WAITS
        elif any(
            row.covers_company and keys & {row.company_name, row.company_domain} for row in rows
        ):
            waiting[contact_id] = COLLEAGUE_WAITS
    return waiting
