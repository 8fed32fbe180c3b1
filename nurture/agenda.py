"""The owner's tasks for calendar programs: as a file, and as a page of the running daemon."""

import hmac
from hashlib import sha256
from typing import Final

from nurture.ical import Sheet, written
from nurture.wiring.world import World

_PURPOSE: Final = b"nurture tasks page\0"
_SIGNS: Final = 32  # of the 64 of the digest: 128 bits, beyond guessing


async def calendar_of(
    world: World, *, show_all: bool = False, as_days: bool = False, account: str = ""
) -> str:
    """The tasks as iCalendar; of one account, where it is named."""
    found = await world.store.tasks.tasks(open_only=not show_all)
    ours = [(task, who) for task, who in found if not account or task.account == account]
    owner = world.accounts.get(account)
    zone = owner.owner.zone if owner else world.zone
    title = f"nurture: {owner.owner.name}" if owner else "nurture"
    sheet = Sheet(title, zone, home_of(world), as_days=as_days)
    return written(sheet, ours, world.clock.now())


def home_of(world: World) -> str:
    """What tells this installation from others, without telling its key."""
    return hmac.digest(world.key, _PURPOSE, sha256).hex()


def paths_of(world: World) -> dict[str, tuple[str, bool]]:
    """The pages, each with its account and whether it shows days; known only to who has the key.

    Calendar programs ask without a password, so the path itself is the secret.
    """
    found = {}
    for name in world.accounts:
        secret = hmac.digest(world.key, _PURPOSE + name.encode(), sha256).hex()[:_SIGNS]
        found[f"/tasks/{secret}.ics"] = (name, False)
        found[f"/tasks/{secret}/days.ics"] = (name, True)
    return found
