"""R20: a clock that jumps makes no burst, skips nobody, and nobody gets two mails in a day."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from nurture.demo.story_clock import StoryClock
from tests.fakes.mailbox import FakeMailbox
from tests.fakes.small_house import ACCOUNT, START, SmallHouse, person

DAY = timedelta(days=1)
NAMES = ("Ada", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gus")
CAP = 3
STEPS = 2


class Winding(StoryClock):
    """A clock that somebody may set."""

    def put_back(self, by: timedelta) -> None:
        """It is earlier again."""
        self._now -= by


def _house() -> SmallHouse:
    limits = replace(ACCOUNT.limits, per_day=CAP, gap=timedelta(seconds=30))
    return SmallHouse(replace(ACCOUNT, limits=limits))


def _copies(house: SmallHouse) -> Counter[tuple[str, bytes]]:
    return Counter(
        (each.recipient, each.wire.partition(b"Subject: ")[2].partition(b"\r\n")[0])
        for each in house.courier.delivered
    )


@pytest.mark.parametrize("leap", [timedelta(days=30), timedelta(hours=3)])
async def test_a_leap_ahead_is_no_reason_for_a_burst(leap: timedelta) -> None:
    house = _house()
    await house.invite(*(person(name) for name in NAMES))
    await house.round()
    await house.clock.advance_to(house.clock.now() + leap)
    for _ in range(20):
        before = Counter(each.recipient for each in house.courier.delivered)
        count = len(house.courier.delivered)
        await house.live(house.clock.now() + DAY)
        assert len(house.courier.delivered) - count <= CAP
        now = Counter(each.recipient for each in house.courier.delivered)
        assert max((now - before).values(), default=0) <= 1
    await house.live(house.clock.now() + 20 * DAY)
    assert set(_copies(house).values()) == {1}
    assert len(_copies(house)) == len(NAMES) * STEPS


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=2)])
async def test_a_clock_that_is_put_back_sends_nothing_twice_and_skips_nobody(
    back: timedelta,
) -> None:
    house, clock = _house(), Winding(START)
    house.clock, house.mailbox = clock, FakeMailbox(clock)
    await house.invite(*(person(name) for name in NAMES))
    await house.live(clock.now() + timedelta(hours=2))
    assert house.courier.delivered
    clock.put_back(back)
    for _ in range(20):
        count = len(house.courier.delivered)
        await house.live(house.clock.now() + DAY)
        assert len(house.courier.delivered) - count <= CAP
    await house.live(house.clock.now() + 30 * DAY)
    assert set(_copies(house).values()) == {1}
    assert len(_copies(house)) == len(NAMES) * STEPS
