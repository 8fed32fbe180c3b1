"""Many mails in one round: how many are in doubt at once, and what a fault among them leaves."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from nurture.core.account import Limits
from nurture.core.touch import TouchState
from nurture.errors import Broken
from nurture.mail.delivery import Delivery, Envelope
from tests.fakes.courier import FakeCourier
from tests.fakes.small_house import ACCOUNT, SmallHouse, person

LIMITS = Limits(gap=timedelta(0), batch=10, connections=4)


class Counting(FakeCourier):
    """Notes, at every delivery, how many touches are begun and how many dialogues go on."""

    def __init__(self, house: SmallHouse) -> None:
        super().__init__()
        self.house = house
        self.begun: list[int] = []
        self.talking = 0
        self.together = 0

    async def deliver(self, envelope: Envelope) -> Delivery:
        """See the port."""
        self.begun.append(len(_in(self.house, TouchState.SENDING)))
        self.talking += 1
        self.together = max(self.together, self.talking)
        await asyncio.sleep(0)
        self.talking -= 1
        return await super().deliver(envelope)


def _in(house: SmallHouse, state: TouchState) -> list[int]:
    return [each.id for each in house.store.world.touches.values() if each.state is state]


async def _house(limits: Limits, people: int) -> SmallHouse:
    house = SmallHouse(replace(ACCOUNT, limits=limits))
    await house.invite(*(person(f"P{number}", f"Firm{number}") for number in range(people)))
    return house


async def test_p2_never_more_than_a_batch_is_in_doubt_and_everybody_gets_one() -> None:
    house = await _house(LIMITS, 45)
    courier = house.courier = Counting(house)
    assert (await house.round()).sent == 45
    assert len({each.recipient for each in courier.delivered}) == len(courier.delivered) == 45
    assert max(courier.begun) <= LIMITS.batch
    assert courier.together > 1
    assert not _in(house, TouchState.SENDING)


class Slow(FakeCourier):
    """Every mail takes a second."""

    def __init__(self, house: SmallHouse) -> None:
        super().__init__()
        self.house = house

    async def deliver(self, envelope: Envelope) -> Delivery:
        """See the port."""
        await self.house.clock.advance_to(self.house.clock.now() + timedelta(seconds=1))
        return await super().deliver(envelope)


async def test_p5_after_two_seconds_nothing_more_begins_before_the_inbox_is_read_again() -> None:
    house = await _house(LIMITS, 45)
    house.courier = Slow(house)
    assert 0 < (await house.round()).sent <= LIMITS.batch
    while (await house.round()).sent:
        pass
    assert len({each.recipient for each in house.courier.delivered}) == 45


async def test_p6_two_hands_keep_the_cap_of_the_day_together() -> None:
    house = await _house(replace(LIMITS, per_day=7), 30)
    for _ in range(3):
        await house.round()
    assert len(house.courier.delivered) == 7


async def test_a_gap_between_mails_lets_one_leave_a_round() -> None:
    house = await _house(replace(LIMITS, gap=timedelta(seconds=30)), 5)
    assert (await house.round()).sent == 1


async def test_p2_a_mistake_of_ours_leaves_its_own_touch_in_doubt_and_no_other() -> None:
    house = await _house(LIMITS, 30)
    house.courier.will(Broken("the second envelope is none"))
    with pytest.raises(Broken):
        await house.round()
    (lost,) = _in(house, TouchState.SENDING)
    recipients = {each.recipient for each in house.courier.delivered}
    assert len(recipients) == len(house.courier.delivered) == len(_in(house, TouchState.SENT))
    assert house.store.world.intents[lost].recipient not in recipients
