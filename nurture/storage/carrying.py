"""Walks that come from one text of their sequence to another."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, union_all, update

from nurture.core.enrollment import Enrollment, Move, State
from nurture.core.sequence.carry import Carried
from nurture.ports import Walking
from nurture.storage.course import WALK, walk_of
from nurture.storage.ledger import Event, about_walk, write_lines
from nurture.storage.rows import contacts_by_id, walk_values
from nurture.storage.tables import enrollments, tasks, touches
from nurture.storage.walk import lock_people, move_walks, walks

_ON_ANOTHER_TEXT: Final = (
    update(enrollments)
    .where(enrollments.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in ("revision", "position", "due_at", "owes")})
)


def walking(connection: Connection, sequence: str) -> tuple[Walking, ...]:
    """Every walk through this sequence of which some lane has not ended, by contact."""
    mine = enrollments.c.sequence == sequence
    query = select(*WALK).where(mine).order_by(enrollments.c.contact_id, enrollments.c.id)
    runs: defaultdict[tuple[int, int], list[Enrollment]] = defaultdict(list)
    for row in connection.execute(query):
        lane = walk_of(row)
        runs[lane.contact_id, lane.run].append(lane)
    live = [
        lanes for lanes in runs.values() if any(lane.state is not State.ENDED for lane in lanes)
    ]
    known = contacts_by_id(connection, (lanes[0].contact_id for lanes in live))
    had = _had(connection, sequence)
    return tuple(
        Walking(
            known[lanes[0].contact_id],
            tuple(lanes),
            frozenset(step for lane in lanes for step in had.get(lane.id, ())),
        )
        for lanes in live
    )


def _had(connection: Connection, sequence: str) -> Mapping[int, Sequence[str]]:
    either = union_all(
        *(
            select(table.c.enrollment_id, table.c.step).where(table.c.sequence == sequence)
            for table in (touches, tasks)
        )
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for enrollment_id, step in connection.execute(either):
        found[enrollment_id].append(step)
    return found


def carry(connection: Connection, carried: Sequence[Carried], now: datetime, why: str) -> int:
    """How many walks are on another text now; one that has moved meanwhile is left whole."""
    lock_people(connection, (lane.contact_id for each in carried for lane in each.was))
    ids = {lane.id for each in carried for lane in each.was}
    current = {walk.id: walk for walk in walks(connection, enrollments.c.id.in_(ids))}
    sound = [each for each in carried if all(current.get(was.id) == was for was in each.was)]
    for each in sound:
        _carry_one(connection, each, now, why)
    return len(sound)


def _carry_one(connection: Connection, carried: Carried, now: datetime, why: str) -> None:
    if carried.ended:
        gone = [lane for lane in carried.ended if lane.state is not State.ENDED]
        move_walks(connection, gone, Move.STOPPED, why, now)
    if carried.kept:
        rows = [
            {"of": lane.id, "new_revision": lane.revision, "new_position": lane.position,
             "new_due_at": lane.due_at, "new_owes": lane.owes}
            for lane in carried.kept
        ]  # fmt: skip
        connection.execute(_ON_ANOTHER_TEXT, rows)
    if carried.begun:
        connection.execute(insert(enrollments), [*map(walk_values, carried.begun)])
    told = (*carried.kept, *carried.begun)
    write_lines(connection, (about_walk(lane, Event.WALK_CARRIED, why, now) for lane in told))
