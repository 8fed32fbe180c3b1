"""Walks that begin, paused where an answer waits for a person (promise P1)."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from sqlalchemy import Connection, insert, select

from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment, Move
from nurture.storage.company import Companies
from nurture.storage.lane import lanes_together
from nurture.storage.ledger import Event, about_walk, write_lines
from nurture.storage.rows import Values, contacts_by_id, walk_values
from nurture.storage.rule import ANSWER_WAITS, COLLEAGUE_WAITS, moved
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import contacts, enrollments, handoffs, is_unfinished
from nurture.storage.walk import lock_people

_Lane = tuple[int, str, int, str]


def enroll(
    connection: Connection, list_: Suppressions, given: Sequence[Enrollment]
) -> tuple[int | None, ...]:
    """The new ids in the order given; None where there is no new walk.

    The lanes of one walk begin together or not at all, and are told of in one line.
    """
    ids = {walk.contact_id for walk in given}
    # Locked against an answer that is being recorded: either it sees the walk, or we the answer.
    lock_people(connection, ids)
    known = contacts_by_id(connection, ids)
    refused = list_.among(connection, [contact.address for contact in known.values()])
    welcome = {each.id for each in known.values() if each.address not in refused}
    waiting = _answers_waiting(connection, known)
    taken = set(_ids(connection, ids))
    begun: list[tuple[Enrollment, ...]] = []
    for lanes in lanes_together(given):
        keys = {_lane(walk) for walk in lanes}
        if lanes[0].contact_id in welcome and not keys & taken:
            taken |= keys
            begun.append(lanes)
    _insert(connection, begun, waiting)
    numbers = _ids(connection, ids) if begun else {}
    new = {_lane(walk): numbers[_lane(walk)] for walk in chain.from_iterable(begun)}
    return tuple(new.pop(_lane(walk), None) for walk in given)


def _lane(walk: Enrollment) -> _Lane:
    return walk.contact_id, walk.sequence, walk.run, walk.lane


def _ids(connection: Connection, contact_ids: Iterable[int]) -> Mapping[_Lane, int]:
    columns = [enrollments.c[name] for name in ("contact_id", "sequence", "run", "lane", "id")]
    query = select(*columns).where(enrollments.c.contact_id.in_(contact_ids))
    return {(row[0], row[1], row[2], row[3]): row[4] for row in connection.execute(query)}


def _insert(
    connection: Connection, begun: Sequence[tuple[Enrollment, ...]], waiting: Mapping[int, str]
) -> None:
    rows: list[Values] = []
    lines = []
    for lanes in begun:
        first, waits_for = lanes[0], waiting.get(lanes[0].contact_id, "")
        lines.append(about_walk(first, Event.ENROLLMENT_STARTED, first.because, first.enrolled_at))
        if waits_for:
            paused = Event.ENROLLMENT_PAUSED
            lines.append(about_walk(first, paused, waits_for, first.enrolled_at))
        rows += [_row(walk, waits_for) for walk in lanes]
    if rows:
        connection.execute(insert(enrollments), rows)
        write_lines(connection, lines)


def _row(walk: Enrollment, waits_for: str) -> Values:
    return walk_values(moved(walk, Move.DOUBTED, waits_for) if waits_for else walk)


def _answers_waiting(connection: Connection, known: Mapping[int, Contact]) -> Mapping[int, str]:
    colleague = Companies.of(known.values()).works_there
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
