"""The owner hears 14 and 3 days ahead, and on the day, of what an account cannot do without."""

from dataclasses import replace
from datetime import timedelta

import pytest

from nurture.core.account.expiry import Expiry
from nurture.errors import Refused, Unreachable
from nurture.flows.warn_expiry import warn_expiry
from tests.fakes.small_house import ACCOUNT, START, SmallHouse
from tests.fakes.tokens import FakeTokens

DAY = timedelta(days=1)


async def test_each_stage_is_told_once_however_often_one_looks() -> None:
    house = SmallHouse()
    secret = Expiry("the client secret", START + 30 * DAY, "make a new one")
    told = []
    for day in range(34):
        for hour in (0, 12):
            now = START + day * DAY + timedelta(hours=hour)
            await warn_expiry(ACCOUNT, (secret,), house.store.desk, now)
            for notice in await house.store.desk.notices_due(now):
                told.append((day, hour, notice.subject))
                assert "What to do: make a new one" in notice.text
                await house.store.desk.notice_told(notice.id, now)
    where = f"the client secret of {ACCOUNT.address}"
    assert told == [
        (16, 0, f"{where} ends on 2026-04-01"),
        (27, 0, f"{where} ends on 2026-04-01"),
        (30, 0, f"{where} has ended on 2026-04-01"),
    ]


async def test_the_daemon_looks_ahead() -> None:
    tokens = FakeTokens("token")
    tokens.ends = (Expiry("the login", START + 5 * DAY, "run `nurture login anna`"),)
    house = SmallHouse()
    house.tokens = tokens
    await house.live(START + 6 * DAY)
    subjects = [telling.subject.partition(" of ")[0] for telling in house.channel.told]
    assert subjects == ["the login"] * 3


@pytest.mark.parametrize("fault", [Refused, Unreachable])
async def test_only_what_a_person_must_mend_is_told_at_once(fault: type[Unreachable]) -> None:
    limits = replace(ACCOUNT.limits, sweep_every=timedelta(minutes=1))
    house = SmallHouse(replace(ACCOUNT, limits=limits))
    await house.live(START + timedelta(minutes=10))

    async def refused() -> None:
        raise fault("account anna: the login was ended. Run `nurture login anna`.")

    house.mailbox.open = refused  # type: ignore[method-assign]
    await house.live(START + timedelta(minutes=12))
    assert ["nurture login anna" in each.text for each in house.channel.told] == (
        [True] if fault is Refused else []
    )
