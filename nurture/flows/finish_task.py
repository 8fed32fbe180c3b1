"""What a human has done is written down, and the walk that waited for it goes on."""

from collections.abc import Mapping
from datetime import datetime

from nurture import journal, ports
from nurture.core.account import Account
from nurture.core.task import Task, TaskMove
from nurture.onward import Ways, spot_of, way_past
from nurture.steps.content import Content
from nurture.value import frozen


@frozen
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
    next wait counts from now; where its text is gone, or a piece of the library was asked for, it
    is looked at again at once.  `at` is when
    it was done, where that was not now: contact and waits count from then.
    """
    done_at = at or bench.clock.now()
    task = await bench.tasks.task(task_id)
    if task is None:
        return None
    ways = Ways(bench.people, bench.outgoing, bench.catalog, bench.accounts)
    why = f"{task.step} was {by.replace('_', ' ')}"
    is_past = task.blocks and not (by is TaskMove.FINISHED and _was_for_a_piece(bench, task))
    onward = await way_past(ways, spot_of(task), why, done_at) if is_past else None
    if not await bench.tasks.finish(task_id, by, note, onward, done_at):
        return None
    journal.task_finished(task.contact_id, task.sequence, task.step, how=by)
    return task


def _was_for_a_piece(bench: Workbench, task: Task) -> bool:
    """Whether the step has nothing to send before there is a new piece of the library."""
    sequence = bench.catalog.today(task.sequence)
    return sequence is not None and isinstance(sequence.step(task.step), Content)
