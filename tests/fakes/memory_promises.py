"""Promises that the owner made, in memory."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from nurture.core.contact import Contact
from nurture.core.promise import Promise, PromiseState, task_of_promise
from nurture.storage.ledger import about_promise, about_task
from tests.fakes.memory_world import World


@dataclass(frozen=True, slots=True)
class MemoryPromises:
    """ports.Promises in memory."""

    world: World

    async def promises(self, *, open_only: bool = True) -> tuple[tuple[Promise, Contact], ...]:
        found = sorted(self.world.promises.values(), key=lambda each: (each.due_on, each.id))
        wanted = [each for each in found if not open_only or each.state is PromiseState.OPEN]
        return tuple((each, self.world.contacts[each.contact_id]) for each in wanted)

    async def accept(self, promise_id: int, due_on: date | None, now: datetime) -> int | None:
        world, found = self.world, self._settle(promise_id, PromiseState.ACCEPTED)
        if found is None:
            return None
        contact = world.contacts[found.contact_id]
        task = task_of_promise(found, contact, due_on or found.due_on, now)
        given = world.tasks[len(world.tasks) + 1] = replace(task, id=len(world.tasks) + 1)
        world.lines.append(about_task(given, given.title, given.created_at))
        return given.id

    async def reject(self, promise_id: int) -> bool:
        return self._settle(promise_id, PromiseState.REJECTED) is not None

    def _settle(self, promise_id: int, to: PromiseState) -> Promise | None:
        found = self.world.promises.get(promise_id)
        if found is None or found.state is not PromiseState.OPEN:
            return None
        self.world.promises[promise_id] = replace(found, state=to)
        return found


def keep_promises(world: World, found: Iterable[Promise]) -> None:
    """See ports.Incoming.record."""
    for each in found:
        number = len(world.promises) + 1
        world.promises[number] = replace(each, id=number)
        world.lines.append(about_promise(each))
