"""What the owner must learn reaches them, once a channel works again at the latest."""

from datetime import timedelta

from nurture.flows.tell import Town, tell_owners
from nurture.mail.cursor import Folder
from tests.fakes.small_house import ACCOUNT, SmallHouse, mail_from, person

ADA = person("Ada", "Brandt", phone="+44 1904 1234")


def town(house: SmallHouse) -> Town:
    return Town({"anna": ACCOUNT}, house.store.desk, [house.channel], house.clock)


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

    broken = Town({"anna": ACCOUNT}, Breaks(), [house.channel], house.clock)
    assert await tell_owners(broken) == 1
    assert [telling.subject for telling in house.channel.told] == ["The disk is full"]
