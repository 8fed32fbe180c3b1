"""Tells the owner when their mailbox cannot be read, or only in part."""

from datetime import datetime

from nurture import journal, ports
from nurture.core.account import Account
from nurture.errors import Refused, Unreachable
from nurture.value import frozen


@frozen
class Silence:
    """The account that is deaf, and where that is known and told."""

    account: Account
    accounts: ports.Accounts
    desk: ports.Desk


async def report_deafness(silence: Silence, fault: Unreachable, now: datetime) -> bool:
    """Whether the owner was told: at once where only a person can mend it, else when it lasts."""
    account = silence.account
    journal.account_unreadable(account.name, str(fault))
    state = await silence.accounts.state(account.name)
    heard_at = state.read_started_at
    is_short = heard_at is not None and now - heard_at < account.limits.unheard_after
    if is_short and not isinstance(fault, Refused):
        return False
    since = f"since {heard_at:%Y-%m-%d %H:%M} UTC" if heard_at else "yet"
    return await silence.desk.tell(
        account.name,
        f"nurture cannot read {account.address}",
        f"The mailbox was not read to its end {since}, so nothing is sent.\n"
        f"The reason: {fault}\nSending goes on by itself once it can be read again.",
        now,
        f"deaf/{account.name}/{heard_at or now:%Y-%m-%d %H}",
    )


async def report_thrift(desk: ports.Desk, account: Account, now: datetime) -> None:
    """Reading goes on by beginnings only; said once a day (domain.md P27)."""
    spent = f"{account.limits.daily_bytes / 1_000_000:g} MB"
    await desk.tell(
        account.name,
        f"{account.address} receives more than nurture may fetch",
        f"Today's {spent} are spent, so of each mail only the beginning is fetched until the day "
        "is over.\nAnswers are still heard. If this is your usual mail, raise `daily_bytes` in "
        f"[accounts.{account.name}.limits].",
        now,
        f"thrift/{account.name}/{now:%Y-%m-%d}",
    )
