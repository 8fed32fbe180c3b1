"""Leases, readings and rests of accounts in the database."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, bindparam, select, update

from nurture.core.account.family import Family
from nurture.ports import AccountState, Lease
from nurture.storage.engine import Database, add_missing
from nurture.storage.families import backed_off, read_families
from nurture.storage.prepared import Prepared
from nurture.storage.tables import accounts
from nurture.value import frozen

_ONE: Final = select(*(accounts.c[name] for name in AccountState.__dataclass_fields__)).where(
    accounts.c.account == bindparam("name")
)
_STATE, _LOCKED = Prepared(_ONE), Prepared(_ONE.with_for_update())


@frozen
class StoredAccounts:
    """ports.Accounts in the database."""

    database: Database

    async def take(self, account: str, worker: str, now: datetime, until: datetime) -> Lease | None:
        """The lease, under a new epoch, if nobody else holds it; commits before returning."""
        return await self.database.write(_take, account, worker, now, until)

    async def renew(self, lease: Lease, now: datetime, until: datetime) -> bool:
        """Whether the lease was still ours and now lasts until `until`.

        One that ran out and that nobody took is still ours.
        """
        return now < until and await self.database.write(_change, lease, {"leased_until": until})

    async def release(self, lease: Lease) -> None:
        """Gives the lease back; harmless when it was lost already."""
        await self.database.write(_change, lease, {"worker": "", "leased_until": None})

    async def occupy(self, lease: Lease, mailbox: str) -> None:
        """The account is worked on through this mailbox; a lost lease changes nothing."""
        await self.database.write(_change, lease, {"mailbox": mailbox})

    async def prove(self, account: str, mailbox: str, how: str, now: datetime) -> None:
        """Answers to this mailbox are recognised, or a person answers for it; `how` says which."""
        await self.database.write(_prove, account, mailbox, how, now)

    async def was_read(self, lease: Lease, started_at: datetime) -> None:
        """Every watched folder was read to its end; a lost lease vouches for nothing."""
        await self.database.write(_was_read, lease, started_at)

    async def rest(self, account: str, until: datetime, why: str) -> None:
        """The account sends nothing until then; `until` in the past ends a rest."""
        await self.database.write(_rest, account, until, why)

    async def state(self, account: str) -> AccountState:
        """What is known now; an account never seen has an empty state."""
        return await self.database.read_promptly(account_state, account)

    async def families(self, scopes: Collection[str]) -> tuple[Family, ...]:
        """What is known of these families; one never seen is empty."""
        return await self.database.read_promptly(read_families, scopes)

    async def backed_off(self) -> tuple[Family, ...]:
        """Every family whose breaker is open or half open."""
        return await self.database.read_promptly(backed_off)


def account_state(connection: Connection, account: str, *, lock: bool = False) -> AccountState:
    """What is known of the account; with `lock` nobody takes its lease until we commit."""
    rows = (_LOCKED if lock else _STATE).rows(connection, name=account)
    return AccountState(*rows[0]) if rows else AccountState(account)


def _take(
    connection: Connection, account: str, worker: str, now: datetime, until: datetime
) -> Lease | None:
    add_missing(connection, accounts, [{"account": account}])
    known = account_state(connection, account, lock=True)
    if known.leased_until and now < known.leased_until and known.worker != worker:
        return None
    lease = Lease(account, worker, known.epoch + 1)
    connection.execute(
        update(accounts)
        .where(accounts.c.account == account)
        .values(worker=worker, epoch=lease.epoch, leased_until=until)
    )
    return lease


def _is_ours(lease: Lease) -> ColumnElement[bool]:
    return (
        (accounts.c.account == lease.account)
        & (accounts.c.worker == lease.worker)
        & (accounts.c.epoch == lease.epoch)
    )


def _change(connection: Connection, lease: Lease, values: Mapping[str, object]) -> bool:
    changed = connection.execute(update(accounts).where(_is_ours(lease)).values(**values))
    return changed.rowcount == 1


_WAS_READ: Final = Prepared(
    update(accounts)
    .where(
        *(accounts.c[name] == bindparam(f"of_{name}") for name in ("account", "worker", "epoch"))
    )
    .values(read_started_at=bindparam("started_at"))
)


def _was_read(connection: Connection, lease: Lease, started_at: datetime) -> None:
    ours = {"of_account": lease.account, "of_worker": lease.worker, "of_epoch": lease.epoch}
    _WAS_READ.run(connection, [{**ours, "started_at": started_at}])


def _rest(connection: Connection, account: str, until: datetime, why: str) -> None:
    add_missing(connection, accounts, [{"account": account}])
    resting = update(accounts).where(accounts.c.account == account)
    more = {"troubles": accounts.c.troubles + 1}
    connection.execute(resting.values(resting_until=until, resting_why=why, **more))


def _prove(connection: Connection, account: str, mailbox: str, how: str, now: datetime) -> None:
    add_missing(connection, accounts, [{"account": account}])
    proven = update(accounts).where(accounts.c.account == account)
    connection.execute(proven.values(proven_mailbox=mailbox, proven_how=how, proven_at=now))
