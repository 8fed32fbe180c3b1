"""The accepted plans of whom to write to in which week, in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from nurture.core.reconnection import Appointment, AppointmentState
from nurture.ports import Planned
from nurture.storage.engine import Database
from nurture.storage.tables import reconnections
from nurture.value import frozen

_COLUMNS: Final = tuple(reconnections.c[name] for name in Planned.__dataclass_fields__)
_CHUNK: Final = 500


@frozen
class StoredReconnections:
    """ports.Reconnections in the database."""

    database: Database

    async def accept(
        self, account: str, sequence: str, per_week: int, appointments: Sequence[Appointment]
    ) -> None:
        """Takes the place of whatever this account had planned and not begun."""
        await self.database.write(_accept, account, sequence, per_week, appointments)

    async def agenda(self, account: str) -> tuple[Planned, ...]:
        """Every appointment of this account, in the order of their turn."""
        return await self.database.read(_agenda, account)

    async def settle(
        self, contact_id: int, state: AppointmentState, why: str, now: datetime
    ) -> bool:
        """Whether the appointment of this contact was still planned; it is settled so now."""
        return await self.database.write(_settle, contact_id, state, why, now)

    async def abandon(self, account: str) -> int:
        """Forgets what was planned and not begun; how many that were."""
        return await self.database.write(_abandon, account)


def _open(account: str) -> ColumnElement[bool]:
    is_planned = reconnections.c.state == AppointmentState.PLANNED
    return (reconnections.c.account == account) & is_planned


def _accept(
    connection: Connection,
    account: str,
    sequence: str,
    per_week: int,
    appointments: Sequence[Appointment],
) -> None:
    connection.execute(delete(reconnections).where(_open(account)))
    people = [each.contact_id for each in appointments]
    for start in range(0, len(people), _CHUNK):
        # Whoever came round again: their earlier turn has had its day.
        known = reconnections.c.contact_id.in_(people[start : start + _CHUNK])
        connection.execute(delete(reconnections).where(known))
    rows = [
        {"contact_id": each.contact_id, "account": account, "sequence": sequence,
         "per_week": per_week, "week": each.week, "place": place,
         "state": AppointmentState.PLANNED, "why": ""}
        for place, each in enumerate(appointments)
    ]  # fmt: skip
    if rows:
        connection.execute(insert(reconnections), rows)


def _agenda(connection: Connection, account: str) -> tuple[Planned, ...]:
    query = select(*_COLUMNS).where(reconnections.c.account == account)
    rows = connection.execute(query.order_by(reconnections.c.week, reconnections.c.place))
    return tuple(Planned(*row) for row in rows)


def _settle(
    connection: Connection, contact_id: int, state: AppointmentState, why: str, now: datetime
) -> bool:
    this = reconnections.c.contact_id == contact_id
    is_planned = reconnections.c.state == AppointmentState.PLANNED
    values = {"state": state, "why": why, "settled_at": now}
    found = connection.execute(update(reconnections).where(this & is_planned).values(values))
    return found.rowcount == 1


def _abandon(connection: Connection, account: str) -> int:
    return connection.execute(delete(reconnections).where(_open(account))).rowcount
