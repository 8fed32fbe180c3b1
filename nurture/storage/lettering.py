"""Letters on paper, in the database."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

from sqlalchemy import Connection, or_, select, update

from nurture.core.task import Channel
from nurture.ports import Penned
from nurture.storage.course import WALK, walk_of
from nurture.storage.engine import Database
from nurture.storage.rows import TASK, contacts_by_id, task_of
from nurture.storage.tables import enrollments, handoffs, is_open, is_unfinished, tasks
from nurture.value import frozen

_IS_LETTER: Final = tasks.c.channel == Channel.LETTER


@frozen
class StoredLetters:
    """ports.Letters in the database."""

    database: Database

    async def penned(self, since: date) -> tuple[Penned, ...]:
        """Open letters, and settled ones that were due since that day; the earliest due first."""
        return await self.database.read(_penned, since)

    async def date(
        self, numbers: Collection[int], on: date, *, anew: bool = False
    ) -> Mapping[int, date]:
        """The date that each of these bears from now on; one transaction."""
        return await self.database.write(_date, numbers, on, anew=anew)


def _penned(connection: Connection, since: date) -> tuple[Penned, ...]:
    wanted = _IS_LETTER & or_(is_open, tasks.c.due_on >= since)
    query = select(*TASK).where(wanted).order_by(tasks.c.due_on, tasks.c.id)
    found = [task_of(row) for row in connection.execute(query)]
    people = {task.contact_id for task in found}
    known = contacts_by_id(connection, people)
    asking = {task.enrollment_id for task in found if task.enrollment_id}
    walked = select(*WALK).where(enrollments.c.id.in_(asking))
    walks = {walk.id: walk for walk in map(walk_of, connection.execute(walked))}
    talking = select(handoffs.c.contact_id).where(is_unfinished, handoffs.c.contact_id.in_(people))
    handed_off = set(connection.scalars(talking))
    return tuple(
        Penned(
            task,
            known[task.contact_id],
            walks.get(task.enrollment_id or 0),
            task.contact_id in handed_off,
        )
        for task in found
    )


def _date(
    connection: Connection, numbers: Collection[int], on: date, *, anew: bool
) -> Mapping[int, date]:
    these = _IS_LETTER & tasks.c.id.in_(numbers)
    undated = these if anew else these & tasks.c.dated_on.is_(None)
    connection.execute(update(tasks).where(undated).values(dated_on=on))
    query = select(tasks.c.id, tasks.c.dated_on).where(these)
    return {row.id: row.dated_on for row in connection.execute(query)}
