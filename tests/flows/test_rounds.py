"""How far a mailbox without a pace of its own may be ahead of the reading of its folders."""

from dataclasses import replace
from datetime import timedelta

from nurture import ports
from nurture.flows.send import send_due
from tests.fakes.small_house import ACCOUNT, SmallHouse, person

QUICK = replace(
    ACCOUNT,
    limits=replace(ACCOUNT.limits, per_day=10_000, spread=timedelta(0), gap=timedelta(0),
                   ramp=(), batch=20, connections=1),
)  # fmt: skip
NAMES = [f"P{number}" for number in range(130)]  # two pages of sixty, and some


class Slow:
    """A courier over a clock that goes on by so much with each mail."""

    def __init__(self, house: SmallHouse, each: timedelta) -> None:
        self._house = house
        self._each = each

    async def carry(self, load: ports.Load) -> None:
        """Mail after mail."""
        while (envelope := load.draw()) is not None:
            await self._house.clock.advance_to(self._house.clock.now() + self._each)
            load.tell(envelope, await self._house.courier.deliver(envelope))

    async def close(self) -> None:
        """Nothing is open."""


async def test_one_round_goes_from_page_to_page_until_nothing_is_due() -> None:
    house = SmallHouse(QUICK)
    await house.invite(*map(person, NAMES))
    spoken = await house.round()
    assert (spoken.sent, spoken.is_midway) == (130, False)


async def test_p5_after_two_seconds_the_folders_are_read_before_another_page() -> None:
    house = SmallHouse(QUICK)
    await house.invite(*map(person, NAMES))
    heard_since = await house.listen()
    courier = Slow(house, timedelta(milliseconds=25))
    spoken = await send_due(replace(await house.voice(), courier=courier), heard_since)
    assert spoken.sent in range(80, 100)  # and what was begun before
    assert spoken.is_midway


async def test_a_stop_is_heeded_between_two_pages() -> None:
    house = SmallHouse(QUICK)
    await house.invite(*map(person, NAMES))
    heard_since = await house.listen()
    voice = replace(await house.voice(), is_stopping=lambda: len(house.courier.tried) == 60)
    assert (await send_due(voice, heard_since)).sent == 60


async def test_a_page_of_which_nothing_may_leave_ends_the_round() -> None:
    house = SmallHouse(QUICK)
    heard_since = await house.listen()
    await house.clock.advance_to(heard_since + timedelta(minutes=1))
    await house.invite(*map(person, NAMES))
    assert not (await send_due(await house.voice(), heard_since)).is_midway
    assert house.courier.tried == []


async def test_a_mailbox_with_a_pace_of_its_own_reads_its_folders_after_one_page() -> None:
    paced = replace(QUICK, limits=replace(QUICK.limits, gap=timedelta(seconds=10), batch=1))
    house = SmallHouse(paced)
    await house.invite(*map(person, NAMES))
    spoken = await house.round()
    assert (spoken.sent, spoken.is_midway) == (1, False)
