"""Who is to begin in which week, as the owner accepted it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from nurture.core.reconnection import Appointment, AppointmentState
from nurture.value import frozen


@frozen
class Planned:
    """An accepted appointment, and what became of it; `settled_at` is when that was."""

    contact_id: int
    account: str
    sequence: str
    per_week: int
    week: date
    place: int
    state: AppointmentState = AppointmentState.PLANNED
    settled_at: datetime | None = None
    why: str = ""


class Reconnections(Protocol):
    """The accepted plan of each account; every method is one transaction."""

    async def accept(
        self, account: str, sequence: str, per_week: int, appointments: Sequence[Appointment]
    ) -> None:
        """Takes the place of whatever this account had planned and not begun."""
        ...

    async def agenda(self, account: str) -> tuple[Planned, ...]:
        """Every appointment of this account, in the order of their turn."""
        ...

    async def settle(
        self, contact_id: int, state: AppointmentState, why: str, now: datetime
    ) -> bool:
        """Whether the appointment of this contact was still planned; it is settled so now."""
        ...

    async def abandon(self, account: str) -> int:
        """Forgets what was planned and not begun; how many that were."""
        ...
