"""The owner hears in time that a family of mailboxes gets half of what it may (domain.md P1)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from nurture.core.account.family import Family, scopes_of
from nurture.core.account.tally import EMPTY
from nurture.flows.warn_crowd import warn_crowd
from tests.fakes.small_house import ACCOUNT, START, SmallHouse, person

CAP = 10
CROWDED = replace(ACCOUNT, limits=replace(ACCOUNT.limits, per_family=CAP))


async def told(house: SmallHouse, sent: int, cap: int = CAP) -> list[str]:
    account = replace(ACCOUNT, limits=replace(ACCOUNT.limits, per_family=cap))
    (scope,) = [each for each in scopes_of(account.sends_as) if each.endswith(">gmail")]
    house.store.world.families[scope] = Family(scope, EMPTY.plus(sent, START))
    for hour in range(3):
        now = START + timedelta(hours=hour)
        await warn_crowd(account, house.store.accounts, house.store.desk, now)
    return [each.subject for each in await house.store.desk.notices_due(START + timedelta(days=1))]


@pytest.mark.parametrize("sent", [CAP // 2, CAP])
async def test_half_of_the_cap_is_told_once(sent: int) -> None:
    words = [f"{sent} mails to gmail in 24 hours: the cap is {CAP}"]
    assert await told(SmallHouse(), sent) == words


async def test_less_than_half_and_no_cap_are_nobodys_concern() -> None:
    assert await told(SmallHouse(), CAP // 2 - 1) == []
    assert await told(SmallHouse(), CAP, cap=0) == []


async def test_the_daemon_looks_at_it() -> None:
    house = SmallHouse(CROWDED)
    await house.invite(*(person(f"P{n}", address=f"p{n}@gmail.com") for n in range(CAP)))
    await house.live(START + timedelta(days=5))
    assert [each.subject for each in house.channel.told if "mails to gmail" in each.subject]
