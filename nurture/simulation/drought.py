"""For whom the library runs dry, and when, found by living through the time ahead."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from nurture.core.contact import Contact
from nurture.simulation.run import Play, Scene
from nurture.steps.content import Content
from nurture.storage.ledger import Event
from nurture.wiring.known import everybody


@dataclass(frozen=True, slots=True, order=True)
class Drought:
    """From that instant on a step has nothing for this person, and the owner is asked."""

    at: datetime
    address: str
    name: str
    sequence: str
    step: str
    interests: tuple[str, ...] = ()


async def droughts(
    scene: Scene, end: datetime, seen: Callable[[datetime], None]
) -> tuple[Drought, ...]:
    """Everybody for whom nothing is left until then, those first who wait for a piece already.

    The scene, which is thrown away, is lived through to its end; `seen` is told of every day.
    """
    tasks = await scene.store.tasks.tasks(limit=_ALL)
    waiting = {(contact.address, task.sequence, task.step) for task, contact in tasks}
    start = scene.clock.now()
    async for day in Play(scene).until(end):
        seen(day)
    asked = await requests(scene)
    before = {_step(each): each for each in asked if each.at < start}
    still = [each for each in before.values() if _step(each) in waiting]
    return tuple(sorted([*still, *(each for each in asked if each.at >= start)]))


async def requests(scene: Scene) -> tuple[Drought, ...]:
    """Whenever a piece was asked for on anybody's behalf, the oldest first."""
    found: list[Drought] = []
    async for contact in everybody(scene.store.people):
        found += await _requests(scene, contact)
    return tuple(sorted(found))


_ALL = 1_000_000


def _step(drought: Drought) -> tuple[str, str, str]:
    return drought.address, drought.sequence, drought.step


async def _requests(scene: Scene, contact: Contact) -> list[Drought]:
    """Whenever a piece was asked for on their behalf, in order."""
    walks = await scene.store.desk.enrollments(contact.id)
    steps = await _content_steps(scene, {walk.sequence: walk.revision for walk in walks})
    return [
        Drought(line.at, contact.address, contact.name, line.sequence, line.step, contact.interests)
        for line in await scene.store.desk.ledger(contact.id)
        if line.event == Event.TASK_GIVEN and line.step in steps.get(line.sequence, frozenset())
    ]


async def _content_steps(
    scene: Scene, revisions: Mapping[str, str]
) -> Mapping[str, frozenset[str]]:
    """The steps of these sequences that choose from the library."""
    found = {name: await scene.shelf.sequence(name, of) for name, of in revisions.items()}
    return {
        name: frozenset(step.id for step in each.all_steps if isinstance(step, Content))
        for name, each in found.items()
        if each
    }
