"""Tells the owner when their mailbox cannot be read, or only in part."""

from datetime import datetime

from nurture import journal, ports
from nurture.core.account import Account


async def report_deafness(
    desk: ports.Desk, account: Account, heard_at: datetime | None, now: datetime, why: str
) -> None:
    """No eyes, no mouth (promise P5): says so at once, and to the owner when it lasts."""
    journal.account_unreadable(account.name, why)
    if heard_at and now - heard_at < account.limits.unheard_after:
        return
    since = f"since {heard_at:%Y-%m-%d %H:%M} UTC" if heard_at else "yet"
    await desk.tell(
        account.name,
        f"nurture cannot read {account.address}",
        f"The mailbox was not read to its end {since}, so nothing is sent.\n"
        f"The server said: {why}\nSending goes on by itself once it can be read again.",
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
