"""What only people can do, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from nurture import ports
from nurture.core.contact import Contact
from nurture.core.decision import Advance
from nurture.core.enrollment import Move, State
from nurture.core.task import Task, TaskMove, TaskState, move_task, task_subject, task_text
from nurture.storage import rule
from nurture.storage.ledger import Event, about_task
from tests.fakes.memory_world import World


@dataclass(frozen=True, slots=True)
class MemoryTasks:
    """ports.Tasks in memory."""

    world: World

    async def tasks(
        self, *, open_only: bool = True, limit: int = 500
    ) -> tuple[tuple[Task, Contact], ...]:
        found = sorted(self.world.tasks.values(), key=lambda task: (task.due_on, task.id))
        wanted = [task for task in found if not open_only or task.state is TaskState.OPEN]
        return tuple((task, self.world.contacts[task.contact_id]) for task in wanted[:limit])

    async def task(self, task_id: int) -> Task | None:
        return self.world.tasks.get(task_id)

    async def add(self, task: Task) -> int:
        given = replace(task, id=len(self.world.tasks) + 1)
        self.world.tasks[given.id] = given
        self.world.lines.append(about_task(given, given.title, given.created_at))
        return given.id

    async def move(self, task_id: int, to: date, why: str, now: datetime) -> bool:
        task = self.world.tasks.get(task_id)
        if task is None or task.state is not TaskState.OPEN:
            return False
        self.world.tasks[task_id] = replace(task, due_on=to)
        said = f"from {task.due_on} to {to}" + (f": {why}" if why else "")
        where = {"sequence": task.sequence, "step": task.step}
        self.world.tell(now, Event.TASK_MOVED, said, task.contact_id, **where)
        return True

    async def finish(
        self, task_id: int, by: TaskMove, note: str, onward: Advance | None, now: datetime
    ) -> bool:
        world, task = self.world, self.world.tasks.get(task_id)
        if task is None or task.state is not TaskState.OPEN:
            return False
        after = replace(task, state=move_task(task.state, by), done_at=now, note=note)
        world.tasks[task_id] = after
        world.lines.append(about_task(after, note or task.title, now))
        if after.state is TaskState.DONE and task.channel.reaches_them:
            world.meet(task.contact_id, now)
        walk = world.walks.get(task.enrollment_id or 0)
        if walk and rule.stands_at(walk, task.step, task.occurrence):
            moved = world.walks[walk.id] = rule.finished_task(walk, onward, now)
            if onward is not None:
                world.leave(walk)
            if moved.state is State.ENDED:
                world.tell_walk(moved, Event.ENROLLMENT_ENDED, Move.FINISHED, now)
        return True


def assign(world: World, orders: Sequence[ports.Order], now: datetime) -> None:
    """See ports.Outgoing."""
    for order in orders:
        given, walk = order.task, world.walks.get(order.task.enrollment_id or 0)
        here = (given.step, given.occurrence)
        if walk is None or walk.state is not State.ACTIVE or not rule.stands_at(walk, *here):
            continue
        same = (
            each
            for each in world.tasks.values()
            if each.enrollment_id == walk.id and (each.step, each.occurrence) == here
        )
        task = next(same, None) or _give(world, given, now)
        is_open = task.state is TaskState.OPEN
        after = world.walks[walk.id] = rule.ordered(walk, order, now, is_open=is_open)
        if after.state is State.ENDED:
            world.tell_walk(after, Event.ENROLLMENT_ENDED, Move.FINISHED, now)
        if not rule.stands_at(after, *here):
            world.leave(walk)


def _give(world: World, given: Task, now: datetime) -> Task:
    task = replace(given, id=len(world.tasks) + 1)
    world.tasks[task.id] = task
    world.lines.append(about_task(task, task.why, now))
    text = task_text(task, world.contacts[task.contact_id])
    alert = ports.NoticeKind.ALERT
    notice = ports.Notice(0, task.account, alert, task_subject(task), text, task.created_at)
    world.post(notice, f"task/{task.id}")
    return task
