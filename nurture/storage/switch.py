"""The switch in front of all sending, in the database that every worker asks before it speaks."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, select

from nurture.core.halt import Halt, HaltKind
from nurture.ports import LedgerEntry
from nurture.storage import home
from nurture.storage.engine import Database, add_missing
from nurture.storage.ledger import Event, write_lines
from nurture.storage.prepared import Prepared
from nurture.storage.tables import accounts, halts, ledger
from nurture.value import frozen

_HALTS: Final = Prepared(
    select(*(halts.c[name] for name in Halt.__dataclass_fields__)).order_by(
        halts.c.since, halts.c.kind
    )
)


@frozen
class StoredSwitch:
    """ports.Switch in the database."""

    database: Database

    async def halts(self) -> tuple[Halt, ...]:
        """Why nothing is sent now; empty while sending goes on."""
        return await self.database.read_promptly(halts_of)

    async def halt(self, kind: HaltKind, why: str, now: datetime) -> bool:
        """Stops all sending; False where it was halted in this way before."""
        return await self.database.write(halt, Halt(kind, why, now))

    async def lift(self, kind: HaltKind, why: str, now: datetime) -> bool:
        """A person lets sending go on; whether it was halted in this way."""
        return await self.database.write(_lift, kind, why, now)

    async def lifted_at(self, kind: HaltKind) -> datetime | None:
        """When a halt of this kind was last lifted, as the ledger tells."""
        return await self.database.read(_lifted_at, kind)

    async def settle_in(self, now: datetime) -> str:
        """Takes up residence; why this database is not the one that lived here, else nothing.

        Raises Unreachable where the token beside the database cannot be written.
        """
        why = await self.database.write(_settle_in, self.database, now)
        await self.database.write(home.forget_old_token, self.database.url)
        return why


def halts_of(connection: Connection) -> tuple[Halt, ...]:
    """Every halt in force, the oldest first."""
    return tuple(Halt(*row) for row in _HALTS.rows(connection))


def hold_all_accounts(connection: Connection) -> None:
    """A last look under way commits before; every later one waits until we have committed."""
    connection.execute(select(accounts.c.account).with_for_update()).all()


def halt(connection: Connection, new: Halt) -> bool:
    """Writes the halt behind the lock of every account."""
    hold_all_accounts(connection)
    row = {"kind": new.kind, "why": new.why, "since": new.since}
    is_new = add_missing(connection, halts, [row]) == 1
    if is_new:
        line = LedgerEntry(new.since, Event.SENDING_HALTED, f"{new.kind}: {new.why}")
        write_lines(connection, [line])
    return is_new


def _lift(connection: Connection, kind: HaltKind, why: str, now: datetime) -> bool:
    was_halted = connection.execute(delete(halts).where(halts.c.kind == kind)).rowcount == 1
    if was_halted:
        write_lines(connection, [LedgerEntry(now, Event.SENDING_GOES_ON, f"{kind}: {why}")])
    return was_halted


def _lifted_at(connection: Connection, kind: HaltKind) -> datetime | None:
    lines = select(ledger.c.at).where(
        ledger.c.event == Event.SENDING_GOES_ON, ledger.c.why.startswith(f"{kind}: ")
    )
    last: datetime | None = connection.scalar(lines.order_by(ledger.c.id.desc()).limit(1))
    return last


def _settle_in(connection: Connection, database: Database, now: datetime) -> str:
    why = home.settle_in(connection, database.url)
    if why:
        halt(connection, Halt(HaltKind.RESTORED, why, now))
    return why
