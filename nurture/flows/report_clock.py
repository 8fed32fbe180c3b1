"""Tells the owner that nothing leaves because the machine's clock is in doubt (domain.md O14)."""

from datetime import datetime

from nurture import journal, ports
from nurture.core.account import Account


async def report_clock(account: Account, why: str, desk: ports.Desk, now: datetime) -> None:
    """One alert a day, by whatever day the clock believes it is."""
    journal.clock_doubted(account.name, why)
    await desk.tell(
        account.name,
        f"Nothing is sent for {account.address}: the clock of the machine is in doubt",
        f"It now says {now:%Y-%m-%d %H:%M} UTC, but {why}. Answers are still heard and told.\n"
        "What to do: set the clock (`timedatectl`), have it kept by systemd-timesyncd or chrony, "
        "then restart nurture.",
        now,
        f"clock/{account.name}/{now:%Y-%m-%d}",
    )
