"""Tells the owner that the daemon was ended without notice, once it is there again."""

from datetime import datetime

from nurture import ports
from nurture.core.account import Account


async def report_sudden_end(
    desk: ports.Desk, account: Account, before: ports.AccountState, now: datetime
) -> bool:
    """Whether the last holder of the lease never gave it back, so that the owner was told.

    Power that failed, memory that ran out, a hang that systemd ended: each leaves such a trace.
    """
    if not before.worker:
        return False
    at_latest = f"{before.leased_until:%Y-%m-%d %H:%M}" if before.leased_until else "?"
    return await desk.tell(
        account.name,
        f"nurture was ended without notice, and works again for {account.address}",
        f"The worker {before.worker} ended in the midst of its work, at {at_latest} UTC at the "
        "latest: the machine lost its "
        "power, ran out of memory, or something killed it.\nNothing is lost or sent twice; a mail "
        "whose fate is not known is in `nurture uncertain`.\nWhat to do: nothing, if this was "
        "you; else see `journalctl -u nurture` for that time.",
        now,
        f"sudden-end/{account.name}/{before.epoch}",
    )
