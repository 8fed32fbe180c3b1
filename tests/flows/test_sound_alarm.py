"""A database that cannot be used is cried out past the outbox, and not at every breath."""

from dataclasses import replace
from datetime import timedelta

from nurture.errors import Unreachable
from nurture.flows.sound_alarm import Alarm, sound_alarm
from tests.fakes.small_house import ACCOUNT, START, NoChannel, route_to

FAULT = Unreachable("the database x cannot grow, the disk is full")
MINUTE = timedelta(minutes=1)


async def rung(alarm: Alarm, *minutes: int) -> list[int]:
    return [await sound_alarm(alarm, FAULT, START + each * MINUTE) for each in minutes]


def alarm() -> tuple[Alarm, NoChannel]:
    channel = NoChannel()
    accounts = {"anna": ACCOUNT, "work": replace(ACCOUNT, name="work")}
    return Alarm(accounts, [route_to(channel, "mail", *accounts)]), channel


async def test_an_owner_is_told_once_the_fault_lasts_and_then_seldom() -> None:
    bell, channel = alarm()
    assert await rung(bell, 0, 1, 2, 300, 361, 362) == [0, 1, 0, 0, 1, 0]
    assert "disk is full" in channel.told[0].text
    assert channel.told[0].key != channel.told[1].key


async def test_a_fault_that_passed_is_news_when_it_comes_back() -> None:
    bell, channel = alarm()
    await rung(bell, 0, 1)
    bell.all_clear()
    assert await rung(bell, 5, 6) == [0, 1]
    assert len(channel.told) == 2


async def test_a_channel_that_fails_is_tried_again() -> None:
    bell, channel = alarm()
    channel.is_broken = True
    assert await rung(bell, 0, 1) == [0, 0]
    channel.is_broken = False
    assert await rung(bell, 2) == [1]
