"""Accepted plans of whom to write to in which week, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from nurture.core.reconnection import Appointment, AppointmentState
from nurture.ports import Planned
from tests.fakes.memory_world import World


@dataclass(frozen=True, slots=True)
class MemoryReconnections:
    """ports.Reconnections in memory."""

    world: World

    async def accept(
        self, account: str, sequence: str, per_week: int, appointments: Sequence[Appointment]
    ) -> None:
        await self.abandon(account)
        for place, each in enumerate(appointments):
            self.world.planned[each.contact_id] = Planned(
                each.contact_id, account, sequence, per_week, each.week, place
            )

    async def agenda(self, account: str) -> tuple[Planned, ...]:
        mine = [each for each in self.world.planned.values() if each.account == account]
        return tuple(sorted(mine, key=lambda each: (each.week, each.place)))

    async def settle(
        self, contact_id: int, state: AppointmentState, why: str, now: datetime
    ) -> bool:
        planned = self.world.planned.get(contact_id)
        if planned is None or planned.state is not AppointmentState.PLANNED:
            return False
        settled = replace(planned, state=state, why=why, settled_at=now)
        self.world.planned[contact_id] = settled
        return True

    async def abandon(self, account: str) -> int:
        open_ones = [
            each.contact_id
            for each in self.world.planned.values()
            if each.account == account and each.state is AppointmentState.PLANNED
        ]
        for contact_id in open_ones:
            del self.world.planned[contact_id]
        return len(open_ones)
