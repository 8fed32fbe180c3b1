"""Letters on paper, in memory."""

import datetime as time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from nurture import ports
from nurture.core.handoff import HandoffState
from nurture.core.task import Channel, TaskState
from tests.fakes.memory_world import World


@dataclass(frozen=True, slots=True)
class MemoryLetters:
    """ports.Letters in memory."""

    world: World

    async def penned(self, since: time.date) -> tuple[ports.Penned, ...]:
        world = self.world
        found = sorted(world.tasks.values(), key=lambda task: (task.due_on, task.id))
        return tuple(
            ports.Penned(
                task,
                world.contacts[task.contact_id],
                world.walks.get(task.enrollment_id or 0),
                any(
                    each.contact_id == task.contact_id and each.state is not HandoffState.CLOSED
                    for each in world.handoffs.values()
                ),
            )
            for task in found
            if task.channel is Channel.LETTER
            and (task.state is TaskState.OPEN or task.due_on >= since)
        )

    async def date(
        self, numbers: Collection[int], on: time.date, *, anew: bool = False
    ) -> Mapping[int, time.date]:
        tasks, dated = self.world.tasks, {}
        for number in numbers:
            task = tasks.get(number)
            if task and task.channel is Channel.LETTER:
                day = on if anew or task.dated_on is None else task.dated_on
                tasks[number] = replace(task, dated_on=day)
                dated[number] = day
        return dated
