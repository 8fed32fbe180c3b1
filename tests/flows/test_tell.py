"""What the owner must learn reaches them, once a channel works again at the latest."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from nurture import ports
from nurture.flows.tell import Town, tell_owners
from nurture.mail.cursor import Folder
from tests.fakes.small_house import (
    ACCOUNT,
    KEY,
    START,
    NoChannel,
    SmallHouse,
    mail_from,
    person,
    route_to,
)

ADA = person("Ada", "Brandt", phone="+44 1904 1234")


def town(house: SmallHouse) -> Town:
    store = house.store
    return Town({"anna": ACCOUNT}, store.desk, [house.route], house.clock, store.instructions, KEY)


async def answered() -> SmallHouse:
    house = SmallHouse()
    await house.invite(ADA)
    await house.round()
    cites = house.courier.delivered[0].message_id
    house.mailbox.deliver(Folder.INBOX, mail_from(ADA.address, "Call me at four.", cites=cites))
    await house.listen()
    return house


async def test_p8_the_brief_has_their_words_on_top_and_the_reply_goes_to_them() -> None:
    house = await answered()
    assert await tell_owners(town(house)) == 1
    (telling,) = house.channel.told
    assert telling.text.startswith("Call me at four.")
    assert telling.reply_to == ADA.address
    assert telling.answering[-1].endswith("@their.example")
    for known in ("Ada", "Brandt", "+44 1904 1234", "Hello Ada", "tips"):
        assert known in telling.text


async def test_a_brief_is_told_once() -> None:
    house = await answered()
    await tell_owners(town(house))
    await house.clock.advance_to(house.clock.now() + timedelta(days=1))
    assert await tell_owners(town(house)) == 0


async def test_p8_what_no_channel_takes_stays_until_one_does_under_the_same_key() -> None:
    house = await answered()
    house.channel.is_broken = True
    assert await tell_owners(town(house)) == 0
    house.channel.is_broken = False
    assert await tell_owners(town(house)) == 0  # not before its time
    await house.clock.advance_to(house.clock.now() + timedelta(hours=2))
    assert await tell_owners(town(house)) == 1
    assert len({telling.key for telling in house.channel.told}) == 1


async def test_p8_a_notice_that_breaks_us_does_not_stop_those_behind_it() -> None:
    house = await answered()
    await house.store.desk.tell("anna", "The disk is full", "Make room.", house.clock.now(), "k")
    desk = house.store.desk

    class Breaks:
        def __getattr__(self, name: str) -> object:
            return getattr(desk, name)

        async def conversation(self, handoff_id: int) -> object:
            raise KeyError(handoff_id)

    broken = replace(town(house), desk=Breaks())
    assert await tell_owners(broken) == 1
    assert [telling.subject for telling in house.channel.told] == ["The disk is full"]


async def two_channels() -> tuple[SmallHouse, NoChannel, Town]:
    house, phone = await answered(), NoChannel()
    routes = [house.route, route_to(phone, "phone")]
    return house, phone, replace(town(house), routes=routes)


async def test_p8_a_dead_channel_keeps_no_other_from_telling_and_is_tried_again() -> None:
    house, phone, both = await two_channels()
    house.channel.is_broken = True
    await tell_owners(both)
    assert len(phone.told) == 1
    house.channel.is_broken = False
    for _ in range(3):
        await house.clock.advance_to(house.clock.now() + timedelta(hours=2))
        await tell_owners(both)
    assert (len(house.channel.told), len(phone.told)) == (1, 1)
    assert house.channel.told[0].key == phone.told[0].key


async def test_what_a_channel_took_is_not_told_there_again_after_a_crash() -> None:
    house, phone, both = await two_channels()
    desk = house.store.desk

    class Dies:
        def __getattr__(self, name: str) -> object:
            return getattr(desk, name)

        async def notice_told(self, notice_id: int, now: object) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await tell_owners(replace(both, desk=Dies()))
    await tell_owners(both)
    assert (len(house.channel.told), len(phone.told)) == (1, 1)
    assert await desk.notices_due(house.clock.now() + timedelta(days=9)) == ()


async def test_a_channel_tells_only_what_it_is_wanted_for() -> None:
    house, phone, both = await two_channels()
    await house.store.desk.tell("anna", "The disk is full", "Make room.", house.clock.now(), "k")
    alerts = {"anna": frozenset({ports.NoticeKind.ALERT})}
    await tell_owners(replace(both, routes=[house.route, ports.Route("phone", phone, alerts)]))
    assert [telling.kind for telling in phone.told] == ["alert"]
    assert sorted(telling.kind for telling in house.channel.told) == ["alert", "brief"]


async def test_a_channel_that_stays_dead_is_given_up_for_what_another_told() -> None:
    house, phone, both = await two_channels()
    phone.is_broken = True
    for hour in range(24 * 8):
        await house.clock.advance_to(START + timedelta(hours=hour))
        await tell_owners(both)
    assert len(house.channel.told) == 1
    assert await house.store.desk.notices_due(house.clock.now() + timedelta(days=9)) == ()


async def test_p8_what_nobody_told_is_never_given_up() -> None:
    house, phone, both = await two_channels()
    phone.is_broken = house.channel.is_broken = True
    for hour in range(24 * 9):
        await house.clock.advance_to(START + timedelta(hours=hour))
        await tell_owners(both)
    phone.is_broken = False
    await house.clock.advance_to(house.clock.now() + timedelta(hours=2))
    assert await tell_owners(both) == 1


async def test_p8_a_slow_channel_leaves_the_rest_of_its_round_for_the_next() -> None:
    house, _, both = await two_channels()
    for number in range(5):
        now = house.clock.now()
        await house.store.desk.tell("anna", f"Alert {number}", "Look.", now, f"k{number}")

    class Slow(NoChannel):
        async def tell(self, telling: ports.Telling) -> None:
            await house.clock.advance_to(house.clock.now() + timedelta(seconds=25))
            await super().tell(telling)

    slow = Slow()
    before = house.clock.now()
    await tell_owners(replace(both, routes=[house.route, route_to(slow, "slow")]))
    assert house.clock.now() - before < timedelta(minutes=1)
    assert (len(house.channel.told), len(slow.told)) == (6, 1)
    for _ in range(5):
        await tell_owners(replace(both, routes=[house.route, route_to(slow, "slow")]))
    assert (len(house.channel.told), len(slow.told)) == (6, 6)
    assert len({telling.key for telling in slow.told}) == 6


class Killed(BaseException):
    """The process is gone."""


class Mortal:
    """A desk or a channel of a process that dies at its `at`-th call, before or after it."""

    def __init__(self, inner: object, fate: list[int], *, after: bool) -> None:
        self._inner, self._fate, self._after = inner, fate, after

    def __getattr__(self, name: str) -> object:
        part = getattr(self._inner, name)

        async def called(*args: object) -> object:
            self._fate[0] -= 1
            if self._fate[0] == 0 and not self._after:
                raise Killed
            result = await part(*args)
            if self._fate[0] == 0:
                raise Killed
            return result

        return called


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_p8_wherever_the_process_dies_each_channel_tells_under_one_key(
    after: bool,
) -> None:
    """Told twice is only what a channel took in the very moment of the death."""
    for at in range(1, 100):
        house, phone, both = await two_channels()
        fate = [at]
        routes = [
            replace(each, channel=Mortal(each.channel, fate, after=after)) for each in both.routes
        ]
        desk = Mortal(house.store.desk, fate, after=after)
        with suppress(Killed):
            await tell_owners(replace(both, desk=desk, routes=routes))
        await house.clock.advance_to(house.clock.now() + timedelta(hours=2))
        await tell_owners(both)
        for told in (house.channel.told, phone.told):
            assert len({telling.key for telling in told}) == 1, at
        assert len(house.channel.told) + len(phone.told) <= 3, at
        assert await house.store.desk.notices_due(house.clock.now() + timedelta(days=9)) == ()
        if fate[0] > 0:
            assert at > 5
            return
    raise AssertionError("the round has no end")
