"""Tells the owner, 14 and 3 days ahead, of a login or a client secret that will end."""

from collections.abc import Iterable
from datetime import datetime

from nurture import ports
from nurture.core.account import Account
from nurture.core.account.expiry import Expiry, warning_stage


async def warn_expiry(
    account: Account, expiries: Iterable[Expiry], desk: ports.Desk, now: datetime
) -> None:
    """One alert for each ending and each of its stages, however often this is called."""
    for expiry in expiries:
        stage = warning_stage(expiry, now)
        if stage is None:
            continue
        verb = "ends" if expiry.at > now else "has ended"
        await desk.tell(
            account.name,
            f"{expiry.what} of {account.address} {verb} on {expiry.at:%Y-%m-%d}",
            f"{expiry.what} of {account.address} {verb} on {expiry.at:%Y-%m-%d %H:%M} UTC; without "
            f"it nothing is heard, and so nothing is sent.\nWhat to do: {expiry.remedy}",
            now,
            f"expiry/{account.name}/{expiry.what}/{expiry.at:%Y-%m-%d}/{stage}",
        )
