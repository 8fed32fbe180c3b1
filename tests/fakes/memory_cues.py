"""Notes on contacts, in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from nurture import ports
from nurture.core.contact import Contact
from nurture.core.cue import Cue
from nurture.core.task import Task, task_subject, task_text
from nurture.storage.ledger import Event, about_task
from tests.fakes.memory_world import World


@dataclass(frozen=True, slots=True)
class MemoryCues:
    """ports.Cues in memory."""

    world: World

    async def add(self, cue: Cue) -> int:
        number = self.world.numbers["cue"] = self.world.numbers.get("cue", 0) + 1
        self.world.cues[number] = replace(cue, id=number)
        self._put(cue.contact_id, cue.text, f"noted: {cue.text}", cue.created_at)
        return number

    async def cues(self, contact_id: int | None = None) -> tuple[tuple[Cue, Contact], ...]:
        return self._found(lambda cue: contact_id is None or cue.contact_id == contact_id)

    async def due(self, accounts: Sequence[str], today: date) -> tuple[tuple[Cue, Contact], ...]:
        return self._found(lambda cue: cue.account in accounts and bool(cue.on and cue.on <= today))

    def _found(self, is_wanted: Callable[[Cue], bool]) -> tuple[tuple[Cue, Contact], ...]:
        found = sorted(
            (each for each in self.world.cues.values() if is_wanted(each)),
            key=lambda cue: (cue.on is None, cue.on or date.max, cue.id),
        )
        return tuple((each, self.world.contacts[each.contact_id]) for each in found)

    async def heed(
        self, cue: Cue, next_on: date | None, task: Task | None, why: str, now: datetime
    ) -> int | None:
        world, known = self.world, self.world.cues.get(cue.id)
        if known is None or known.on != cue.on:
            return None
        if next_on is None:
            del world.cues[cue.id]
        else:
            world.cues[cue.id] = replace(known, on=next_on)
        self._put(cue.contact_id, cue.text, f"its day has come: {cue.text}", now)
        said = f"{cue.text}: {why}" if why else cue.text
        world.tell(now, Event.CUE_CAME_ROUND, said, cue.contact_id)
        return self._give(task) if task else None

    def _give(self, task: Task) -> int:
        world = self.world
        given = replace(task, id=len(world.tasks) + 1)
        world.tasks[given.id] = given
        world.lines.append(about_task(given, given.title, given.created_at))
        text = task_text(given, world.contacts[given.contact_id])
        kind, at = ports.NoticeKind.ALERT, given.created_at
        notice = ports.Notice(0, given.account, kind, task_subject(given), text, at)
        world.post(notice, f"task/{given.id}")
        return given.id

    async def remove(self, cue_id: int, now: datetime) -> bool:
        known = self.world.cues.pop(cue_id, None)
        if known is None:
            return False
        theirs = [each for each in self.world.cues.values() if each.contact_id == known.contact_id]
        text = max(theirs, key=lambda each: each.id).text if theirs else ""
        if self.world.contacts[known.contact_id].note == known.text:
            self._put(known.contact_id, text, f"note removed: {known.text}", now)
        return True

    def _put(self, contact_id: int, text: str, why: str, now: datetime) -> None:
        contact = self.world.contacts[contact_id]
        self.world.rewrite(contact, replace(contact, note=text), why, now)
