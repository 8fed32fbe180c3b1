"""Takes up residence in the database; whoever wakes up in a copy of it does not speak."""

from datetime import datetime

from nurture import journal, ports
from nurture.core.halt import HaltKind


async def settle_in(switch: ports.Switch, clock: ports.Clock) -> datetime:
    """Halts all sending where the database came from a copy (domain.md F21); returns when."""
    now = clock.now()
    if why := await switch.settle_in(now):
        journal.sending_halted(HaltKind.RESTORED, why)
    return now
