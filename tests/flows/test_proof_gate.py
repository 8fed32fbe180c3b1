"""Who was never seen to hear an answer says nothing, and says so."""

from dataclasses import replace
from datetime import timedelta

from nurture.house import House
from tests.fakes.small_house import START, SmallHouse, person

DAY = timedelta(days=1)


class Moved(SmallHouse):
    """A house whose mailbox has a digest, as every real one has."""

    def house(self) -> House:
        whole = super().house()
        return replace(whole, posts=[replace(whole.posts[0], place="here")])


async def test_the_daemon_sends_nothing_until_the_mailbox_is_proven() -> None:
    small = Moved()
    await small.invite(person("Ada"))
    await small.live(START + DAY)
    assert small.courier.delivered == []
    await small.store.accounts.prove("anna", "here", "self-test", small.clock.now())
    await small.live(START + 2 * DAY)
    assert await small.sent_to("ada@ada.example") == ["Hello Ada"]


async def test_the_owner_is_told_once_a_day_what_to_run() -> None:
    small = Moved()
    await small.live(START + DAY)
    told = [each for each in small.channel.told if "nurture doctor anna" in each.text]
    assert 1 <= len(told) <= 2


async def test_a_proof_for_another_mailbox_is_none() -> None:
    small = Moved()
    await small.store.accounts.prove("anna", "there", "self-test", START)
    await small.invite(person("Ada"))
    await small.live(START + DAY)
    assert small.courier.delivered == []
