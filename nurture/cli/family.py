"""Families of mailboxes as `nurture status` shows them: backed off, or near their cap."""

from collections.abc import Collection
from datetime import datetime

from nurture import ports
from nurture.core.account import Account, Limits
from nurture.core.account.allowance import cap_of
from nurture.core.account.family import Family, known_families

Row = dict[str, object]


async def family_rows(
    accounts: ports.Accounts, ours: Collection[Account], now: datetime
) -> list[Row]:
    """Every family whose breaker is not closed, and every known one that is half full.

    Half of the cap is the time to slow down, since what comes of reaching the end of it lasts
    for ever (domain.md P1).
    """
    limits = {each.sends_as: each.limits for each in ours}
    off = await accounts.backed_off()
    named = {f"{sender}>{name}" for sender in limits for name in known_families()}
    known = await accounts.families(named - {each.scope for each in off})
    full = [each for each in known if _cap(each, limits) <= 2 * each.tally.within_day(now)]
    return [_row(each, _cap(each, limits), now) for each in (*off, *full)]


def _cap(family: Family, limits: dict[str, Limits]) -> int:
    return cap_of(family.scope, limits.get(family.sender, Limits()))


def _row(family: Family, cap: int, now: datetime) -> Row:
    until = family.backed_off_until(now)
    why = family.why or "close to its cap: enroll fewer people there"
    return {
        "kind": "family",
        "family": family.name,
        "sender": family.sender,
        "state": ("open" if until else "half open") if family.until else "closed",
        "until": until,
        "sent": family.tally.within_day(now),
        "cap": cap,
        "why": why,
    }
