"""Tells the owner that backups, which were made, are made no more."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from nurture import ports
from nurture.core.account import Account

LATE: Final = timedelta(days=3)
"""A daily backup that was missed twice will not come by itself."""


async def warn_backup(
    account: Account, newest: datetime | None, desk: ports.Desk, now: datetime
) -> None:
    """One alert for each time that they end, for the owner of each account."""
    if newest is None or now - newest < LATE:
        return
    zone = account.owner.zone
    day = f"{newest.astimezone(ZoneInfo(zone)):%Y-%m-%d}"
    await desk.tell(
        account.name,
        f"No backup of nurture's database since {day}",
        f"The newest one in the folder `backups` is of {day}; who answered and who said no since "
        "then is in one place alone.\nWhat to do: run `nurture backup --keep 14` and read what it "
        "says, and look at the timer (`systemctl status nurture-backup.timer nurture-backup`). "
        "If you keep your backups elsewhere, empty that folder.",
        now,
        f"backup/{account.name}/{newest:%Y-%m-%d}",
    )
