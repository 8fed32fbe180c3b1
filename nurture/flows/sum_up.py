"""Sums up the day for each owner, in the morning."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime, time, timedelta

from nurture import journal
from nurture.core.account import Account, Owner
from nurture.core.calendar import at_wall_time, local_day
from nurture.core.handoff.deadline import in_charge
from nurture.core.handoff.digest import digest_subject, digest_text
from nurture.overview import Shelves, overview
from nurture.ports import NoticeKind
from nurture.value import frozen

_MORNING = timedelta(hours=4)  # of working time, in which it is still news


@frozen
class Morning:
    """Everything it takes to sum up a day; `told` remembers the last day of each owner."""

    accounts: Mapping[str, Account]
    shelves: Shelves
    told: dict[str, date] = field(default_factory=dict)


async def sum_up(morning: Morning) -> int:
    """One digest a day for each owner, once their hours begin; how many are new in the outbox.

    None at weekends, on their holidays, or where there is nothing to say.  While they are away it
    comes when whoever stands in begins their day.
    """
    owners = {each.owner.address: each.owner for each in morning.accounts.values()}
    return sum([await _sum_up(morning, owner) for owner in owners.values()])


async def _sum_up(morning: Morning, owner: Owner) -> bool:
    shelves = morning.shelves
    now = shelves.clock.now()
    today = local_day(now, owner.zone)
    if morning.told.get(owner.address) == today or not _is_morning(morning, owner, now):
        return False
    mine = [each for each in morning.accounts.values() if each.owner.address == owner.address]
    digest = await overview(shelves, owner, mine, now)
    is_new = digest.is_worth_telling and await shelves.desk.tell(
        mine[0].name,
        digest_subject(digest),
        digest_text(digest),
        now,
        f"digest/{owner.address}/{today}",
        kind=NoticeKind.DIGEST,
    )
    morning.told[owner.address] = today
    if is_new:
        journal.day_summed_up(mine[0].name, needs=digest.needs, goes_out=digest.goes_out)
    return is_new


def _is_morning(morning: Morning, owner: Owner, now: datetime) -> bool:
    """Whether whoever is in charge has begun their day, and not long ago."""
    closed = morning.shelves.catalog.calendar.away
    charge = in_charge(owner, closed, now)
    office = charge.office(closed)
    dawn = at_wall_time(local_day(now, charge.zone), time(0), charge.zone)
    return office.is_open(now) and office.between(dawn, now) < _MORNING
