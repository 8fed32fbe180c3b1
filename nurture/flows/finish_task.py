"""What a human has done is written down, and the walk that waited for it goes on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from nurture import journal, ports
from nurture.core.account import Account
from nurture.core.choice import passed
from nurture.core.decision import Advance
from nurture.core.enrollment import Enrollment
from nurture.core.situation import Situation
from nurture.core.task import Task, TaskMove


@dataclass(frozen=True, slots=True)
class Workbench:
    """Everything it takes to finish a task."""

    tasks: ports.Tasks
    people: ports.People
    outgoing: ports.Outgoing
    catalog: ports.Catalog
    accounts: Mapping[str, Account]
    clock: ports.Clock


async def finish_task(
    bench: Workbench, task_id: int, by: TaskMove, note: str, at: datetime | None = None
) -> Task | None:
    """The task as it was while it was open, or None where there is no open one of this id.

    What reaches the person counts as contact.  A walk that stood still for it goes on, and its
    next wait counts from now; where its text is gone it is looked at again at once.  `at` is when
    it was done, where that was not now: contact and waits count from then.
    """
    done_at = at or bench.clock.now()
    task = await bench.tasks.task(task_id)
    if task is None:
        return None
    onward = await _onward(bench, task, by, done_at)
    if not await bench.tasks.finish(task_id, by, note, onward, done_at):
        return None
    journal.task_finished(task.contact_id, task.sequence, task.step, how=by)
    return task


async def _onward(bench: Workbench, task: Task, by: TaskMove, done_at: datetime) -> Advance | None:
    """What follows the task's step for this person, where their walk is still at it."""
    walk = await _walk_of(bench, task)
    contact = await bench.people.contact_by_id(task.contact_id)
    account = bench.accounts.get(task.account)
    if walk is None or contact is None or account is None or not task.blocks:
        return None
    sequence = await bench.catalog.sequence(walk.sequence, walk.revision)
    if sequence is None or (walk.position, walk.occurrence) != (task.step, task.occurrence):
        return None
    situation = Situation(
        done_at, walk, contact, sequence, account, calendar=bench.catalog.calendar
    )
    return passed(situation, f"{task.step} was {by.replace('_', ' ')}")


async def _walk_of(bench: Workbench, task: Task) -> Enrollment | None:
    walks = (await bench.outgoing.walks([task.contact_id])).get(task.contact_id, ())
    return next((walk for walk in walks if walk.id == task.enrollment_id), None)
