"""Permissions that will end, in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from nurture import ports
from nurture.core.contact import Contact
from nurture.core.enrollment import State
from tests.fakes.memory_world import World


@dataclass(frozen=True, slots=True)
class MemoryPermits:
    """ports.Permits in memory."""

    world: World

    async def walkers(
        self, account: str, after: int = 0, limit: int = 200
    ) -> tuple[tuple[Contact, str], ...]:
        walking = {
            walk.contact_id
            for walk in self.world.walks.values()
            if walk.account == account and walk.state is not State.ENDED
        }
        found = sorted(number for number in walking if number > after)[:limit]
        return tuple((self.world.contacts[n], self.world.warned.get(n, "")) for n in found)

    async def warn(
        self, account: str, subject: str, text: str, now: datetime, marks: Mapping[int, str]
    ) -> None:
        self.world.post(ports.Notice(0, account, ports.NoticeKind.ALERT, subject, text, now))
        self.world.warned |= marks
