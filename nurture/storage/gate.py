"""What leaves is counted and capped: the accounts' and families' part of each transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from nurture.core.account import Limits
from nurture.core.account.allowance import Allowance, cap_of
from nurture.core.touch import TouchMove
from nurture.ports import AccountState, Intent, Settlement
from nurture.storage.accounts import account_state
from nurture.storage.engine import add_missing
from nurture.storage.families import locked_families, save_families
from nurture.storage.prepared import OneOf, Prepared
from nurture.storage.rule import account_after, family_after
from nurture.storage.tables import accounts, families, touches
from nurture.value import frozen

_SPEND: Final = Prepared(
    update(accounts)
    .where(accounts.c.account == bindparam("of"))
    .values(tally=bindparam("tally"), paced_until=bindparam("paced_until"))
)
IS_CALM: Final = (
    accounts.c.first_sent_at.is_not(None) & (accounts.c.troubles == 0) & families.c.until.is_(None)
)
"""Whether a mail that was taken tells nothing new of its account, and of its family, if it has one.

One of a touch joined with its account, and with its family from outside.
"""

_CONCERNED: Final = Prepared(
    select(touches.c.id, touches.c.account, touches.c.family, touches.c.begun_at)
    .where(OneOf(touches.c.id, "ids"))
    .order_by(touches.c.id)
)
_SAYS_LITTLE: Final = frozenset({TouchMove.ACCEPTED, TouchMove.LOST_SIGHT})


@frozen
class _Concerned:
    """A touch whose outcome concerns its account and family."""

    touch_id: int
    account: str
    family: str
    begun_at: datetime


def open_gate(
    connection: Connection,
    account: AccountState,
    limits: Limits,
    intents: Sequence[Intent],
    now: datetime,
) -> Allowance:
    """What the account, whose row is locked, may send; the families concerned are locked, too.

    Of a family without a cap, nothing is kept until there is trouble with it.
    """
    scopes = {each.family for each in intents}
    capped = {scope for scope in scopes if cap_of(scope, limits)}
    found = locked_families(connection, scopes, capped)
    return Allowance.of(account.account, limits, account.spending, found.values(), now)


def close_gate(connection: Connection, allowance: Allowance) -> None:
    """Keeps what was taken, in the transaction that commits the intents of it."""
    if not allowance.taken:
        return
    spent = allowance.spent()
    row = {"of": allowance.account, "tally": spent.tally, "paced_until": spent.paced_until}
    _SPEND.run(connection, [row])
    save_families(connection, allowance.families_used())


def note_outcomes(
    connection: Connection, settlements: Sequence[Settlement], calm: Collection[int]
) -> None:
    """What these outcomes say about accounts and families; most say nothing.

    Of the `calm` touches, those whose account and family are in order.  Comes before anything else
    of its transaction is locked.
    """
    telling = {
        each.touch_id: each
        for each in settlements
        if each.touch_id not in calm or each.move not in _SAYS_LITTLE
    }
    if telling:
        rows = _CONCERNED.rows(connection, ids=telling)
        _note(connection, [_Concerned(*row) for row in rows], telling)


def _note(
    connection: Connection, telling: Sequence[_Concerned], by_touch: Mapping[int, Settlement]
) -> None:
    states = {
        name: account_state(connection, name, lock=True)
        for name in sorted({row.account for row in telling})
    }
    known = dict(locked_families(connection, {row.family for row in telling}))
    for row in telling:
        by = by_touch[row.touch_id]
        states[row.account] = account_after(states[row.account], row.begun_at, by)
        if row.family:
            known[row.family] = family_after(known[row.family], row.begun_at, by)
    for state in states.values():
        _save_account(connection, state)
    save_families(connection, known.values())


def spend(connection: Connection, account: str, count: int, at: datetime) -> None:
    """The owner's own mails count against the account's day (domain.md P19)."""
    add_missing(connection, accounts, [{"account": account}])
    tally = account_state(connection, account, lock=True).tally
    this = update(accounts).where(accounts.c.account == account)
    connection.execute(this.values(tally=tally.plus(count, at)))


def _save_account(connection: Connection, state: AccountState) -> None:
    this = update(accounts).where(accounts.c.account == state.account)
    changed = {"first_sent_at": state.first_sent_at, "troubles": state.troubles}
    connection.execute(this.values(tally=state.tally, **changed))
