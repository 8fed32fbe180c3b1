"""Hushes and overrides in memory."""

from dataclasses import dataclass
from datetime import datetime

from nurture.core.contact.hush import Hush, Hushed
from nurture.core.override import Override
from nurture.storage.ledger import Event
from tests.fakes.memory_world import World


@dataclass(frozen=True, slots=True)
class MemoryTact:
    """ports.Tact in memory."""

    world: World

    async def hush(self, hush: Hush, now: datetime) -> None:
        self.world.hushes[hush.scope, hush.key] = hush
        self._tell(hush.scope, hush.key, Event.HUSHED, hush.why, now)

    async def lift(self, scope: Hushed, key: str, now: datetime) -> bool:
        was_there = self.world.hushes.pop((scope, key), None) is not None
        if was_there:
            self._tell(scope, key, Event.HUSH_LIFTED, key, now)
        return was_there

    def _tell(self, scope: Hushed, key: str, event: Event, why: str, now: datetime) -> None:
        person = self.world.find(key) if scope is Hushed.CONTACT else None
        self.world.tell(now, event, why, person.id if person else None)

    async def hushes(self, now: datetime) -> tuple[Hush, ...]:
        found = [each for each in self.world.hushes.values() if each.until > now]
        return tuple(sorted(found, key=lambda each: (each.until, each.scope, each.key)))

    async def override(self, override: Override, now: datetime) -> None:
        step = (override.contact_id, override.sequence, override.step)
        self.world.overrides[step] = override
        where = {"sequence": override.sequence, "step": override.step}
        self.world.tell(now, Event.STEP_OVERRIDDEN, override.why, override.contact_id, **where)

    async def overrides(self, contact_id: int) -> tuple[Override, ...]:
        mine = [step for step in self.world.overrides if step[0] == contact_id]
        return tuple(self.world.overrides[step] for step in sorted(mine))

    async def forget(self, contact_id: int, sequence: str, step: str) -> bool:
        return self.world.overrides.pop((contact_id, sequence, step), None) is not None
