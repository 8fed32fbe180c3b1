"""What only people can do for a contact, in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, select, update

from nurture.core.contact import Contact
from nurture.core.decision import Advance
from nurture.core.enrollment import Enrollment, Move, State
from nurture.core.task import Task, TaskMove, TaskState, move_task, task_subject, task_text
from nurture.ports import LedgerEntry, NoticeKind, Order
from nurture.storage.engine import Database, add_missing
from nurture.storage.ledger import Event, about_task, about_walk, write_lines
from nurture.storage.pacing import meet
from nurture.storage.rows import TASK, contacts_by_id, insert_one, save_walks, task_of
from nurture.storage.rule import finished_task, ordered, stands_at
from nurture.storage.tables import enrollments, is_open, notices, tasks
from nurture.storage.tact import drop_overrides, step_of
from nurture.storage.walk import lock_people, walks
from nurture.value import frozen


@frozen
class StoredTasks:
    """ports.Tasks in the database."""

    database: Database

    async def tasks(
        self, *, open_only: bool = True, limit: int = 500
    ) -> tuple[tuple[Task, Contact], ...]:
        """Tasks with whom they are for, the earliest due first."""
        return await self.database.read(_tasks, open_only=open_only, limit=limit)

    async def task(self, task_id: int) -> Task | None:
        """The task of this id."""
        return await self.database.read(_task, task_id)

    async def add(self, task: Task) -> int:
        """The id of a task that the owner gave themselves; nobody is told of it."""
        return await self.database.write(add_task, task)

    async def move(self, task_id: int, to: date, why: str, now: datetime) -> bool:
        """Whether the task was open and is due on that day now."""
        return await self.database.write(move, task_id, to, why, now)

    async def finish(
        self, task_id: int, by: TaskMove, note: str, onward: Advance | None, now: datetime
    ) -> bool:
        """Whether the task was open and has moved now; of two who say so, one is told False."""
        return await self.database.write(finish, task_id, by, note, onward, now)


def _tasks(
    connection: Connection, *, open_only: bool, limit: int
) -> tuple[tuple[Task, Contact], ...]:
    query = select(*TASK).order_by(tasks.c.due_on, tasks.c.id).limit(limit)
    rows = connection.execute(query.where(is_open) if open_only else query)
    found = [task_of(row) for row in rows]
    known = contacts_by_id(connection, {task.contact_id for task in found})
    return tuple((task, known[task.contact_id]) for task in found)


def _task(connection: Connection, task_id: int) -> Task | None:
    row = connection.execute(select(*TASK).where(tasks.c.id == task_id)).one_or_none()
    return task_of(row) if row else None


def finish(
    connection: Connection,
    task_id: int,
    by: TaskMove,
    note: str,
    onward: Advance | None,
    now: datetime,
) -> bool:
    """Whether the task was open and has moved now, with the walk that waited for it."""
    known = _task(connection, task_id)
    if known is None:
        return False
    lock_people(connection, [known.contact_id])
    waiting = walks(connection, enrollments.c.id == known.enrollment_id)
    this = tasks.c.id == task_id
    task = _still_open(connection, this)
    if task is None:
        return False
    after = replace(task, state=move_task(task.state, by), done_at=now, note=note)
    values = {"state": after.state, "done_at": now, "note": note}
    connection.execute(update(tasks).where(this).values(values))
    write_lines(connection, [about_task(after, note or task.title, now)])
    if after.state is TaskState.DONE and task.channel.reaches_them:
        meet(connection, task.contact_id, now, task.channel)
    for walk in waiting:
        if stands_at(walk, task.step, task.occurrence):
            _go_on(connection, walk, onward, now)
    return True


def _still_open(connection: Connection, this: ColumnElement[bool]) -> Task | None:
    row = connection.execute(select(*TASK).where(this).with_for_update()).one_or_none()
    task = task_of(row) if row else None
    return task if task and task.state is TaskState.OPEN else None


def move(connection: Connection, task_id: int, to: date, why: str, now: datetime) -> bool:
    """Whether the task was open and is due on that day now."""
    this = tasks.c.id == task_id
    task = _still_open(connection, this)
    if task is None:
        return False
    connection.execute(update(tasks).where(this).values(due_on=to))
    said = f"from {task.due_on} to {to}" + (f": {why}" if why else "")
    line = LedgerEntry(now, Event.TASK_MOVED, said, task.contact_id, task.sequence, task.step)
    write_lines(connection, [line])
    return True


def _go_on(connection: Connection, walk: Enrollment, onward: Advance | None, now: datetime) -> None:
    after = finished_task(walk, onward, now)
    save_walks(connection, [after])
    if onward is not None:
        drop_overrides(connection, [step_of(walk)])
    if after.state is State.ENDED:
        line = about_walk(after, Event.ENROLLMENT_ENDED, Move.FINISHED, now)
        write_lines(connection, [line])


def assign(connection: Connection, orders: Sequence[Order], now: datetime) -> None:
    """Gives the owner tasks and moves their walks; a task is never given twice."""
    given = {order.task.enrollment_id: order for order in orders}
    lock_people(connection, (order.task.contact_id for order in orders))
    found = walks(connection, enrollments.c.id.in_(given))
    ready = {
        walk.id: walk
        for walk in found
        if walk.state is State.ACTIVE and _is_here(walk, given[walk.id].task)
    }
    before = _before(connection, ready)
    people = contacts_by_id(connection, {walk.contact_id for walk in ready.values()})
    after, lines = [], []
    for walk in ready.values():
        order = given[walk.id]
        task = before.get((walk.id, order.task.step, order.task.occurrence))
        if task is None:
            task = _give(connection, order.task, people[walk.contact_id])
            lines.append(about_task(task, task.why, now))
        moved = ordered(walk, order, now, is_open=task.state is TaskState.OPEN)
        if moved.state is State.ENDED:
            lines.append(about_walk(moved, Event.ENROLLMENT_ENDED, Move.FINISHED, now))
        after.append(moved)
    save_walks(connection, after)
    write_lines(connection, lines)
    left = [ready[walk.id] for walk in after if not _is_here(walk, given[walk.id].task)]
    drop_overrides(connection, [step_of(each) for each in left])


def _is_here(walk: Enrollment, task: Task) -> bool:
    return stands_at(walk, task.step, task.occurrence)


def _before(
    connection: Connection, ready: Mapping[int, Enrollment]
) -> Mapping[tuple[int | None, str, str], Task]:
    query = select(*TASK).where(tasks.c.enrollment_id.in_(ready))
    found = (task_of(row) for row in connection.execute(query))
    return {(each.enrollment_id, each.step, each.occurrence): each for each in found}


def add_task(connection: Connection, task: Task, *, tells: bool = False) -> int:
    """Gives the owner this to do, with its line in the ledger; its id.  Tells them if need be."""
    if tells:
        contact = contacts_by_id(connection, [task.contact_id])[task.contact_id]
        number = _give(connection, task, contact).id
    else:
        number = _insert(connection, task)
    write_lines(connection, [about_task(task, task.title, task.created_at)])
    return number


def _insert(connection: Connection, task: Task) -> int:
    row = {name: getattr(task, name) for name in Task.__dataclass_fields__ if name != "id"}
    return insert_one(connection, tasks, row)


def _give(connection: Connection, task: Task, contact: Contact) -> Task:
    given = replace(task, id=_insert(connection, task))
    add_missing(connection, notices, [_notice(given, contact)])
    return given


def _notice(task: Task, contact: Contact) -> dict[str, object]:
    return {
        "account": task.account,
        "kind": NoticeKind.ALERT,
        "subject": task_subject(task),
        "text": task_text(task, contact),
        "created_at": task.created_at,
        "due_at": task.created_at,
        "key": f"task/{task.id}",
    }
