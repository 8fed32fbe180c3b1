"""While sending is halted nothing leaves and nothing moves; hearing and telling go on (O15)."""

from datetime import datetime, timedelta

from nurture.core.halt import HaltKind
from nurture.mail.cursor import Folder
from nurture.mail.delivery import Delivery, Envelope
from tests.fakes.courier import FakeCourier
from tests.fakes.memory_switch import MemorySwitch
from tests.fakes.small_house import START, SmallHouse, mail_from, person

ADA, BEN = person("Ada"), person("Ben")
DAY = timedelta(days=1)


class Copied(MemorySwitch):
    """The switch of a database that came back from a copy."""

    async def settle_in(self, now: datetime) -> str:
        """Halts, as the stored one does in the same transaction."""
        await self.halt(HaltKind.RESTORED, "a copy", now)
        return "a copy"


async def halted(house: SmallHouse) -> None:
    await house.store.switch.halt(HaltKind.STOPPED, "a wrong price", house.clock.now())


async def test_nothing_is_decided_while_it_is_halted() -> None:
    house = SmallHouse()
    await house.invite(ADA)
    before = dict(house.store.world.walks)
    await halted(house)
    spoken = await house.round()
    assert (spoken.sent, spoken.decided) == (0, 0)
    assert spoken.again_at == START + house.account.limits.sweep_every
    assert house.store.world.walks == before
    assert house.courier.tried == []


async def test_the_owner_is_reminded_once_a_day_and_answers_are_heard() -> None:
    house = SmallHouse()
    await house.invite(ADA)
    await halted(house)
    answer = (START + timedelta(hours=2), mail_from(ADA.address, "Do call me"))
    await house.live(START + 2 * DAY + timedelta(hours=1), [answer])
    reminders = [each for each in house.channel.told if "sends nothing" in each.subject]
    assert len(reminders) == 3
    assert "a wrong price" in reminders[0].text
    assert "nurture resume --all" in reminders[0].text
    assert [each.subject for each in house.channel.told if "Ada" in each.subject]
    assert house.courier.tried == []


async def test_what_was_due_is_sent_once_it_is_lifted() -> None:
    house = SmallHouse()
    await house.invite(ADA)
    await halted(house)
    await house.round()
    await house.store.switch.lift(HaltKind.STOPPED, "mended", house.clock.now())
    await house.round()
    assert await house.sent_to(ADA.address) == ["Hello Ada"]


async def test_a_halt_in_the_middle_of_a_batch_keeps_back_the_rest() -> None:
    house = SmallHouse()
    await house.invite(ADA, BEN)

    class Halting(FakeCourier):
        async def deliver(self, envelope: Envelope) -> Delivery:
            delivery = await super().deliver(envelope)
            await halted(house)
            await house.clock.advance_to(house.clock.now() + timedelta(seconds=1))
            return delivery

    house.courier = Halting()
    await house.round()
    assert len(house.courier.delivered) == 1
    await house.store.switch.lift(HaltKind.STOPPED, "mended", house.clock.now())
    await house.live(START + DAY)
    assert sorted(each.recipient for each in house.courier.delivered) == [
        ADA.address, BEN.address,
    ]  # fmt: skip


async def test_a_daemon_that_wakes_up_in_a_copy_is_halted_before_it_speaks() -> None:
    house = SmallHouse()
    await house.invite(ADA)
    house.store.switch = Copied(house.store.world)
    house.mailbox.deliver(Folder.INBOX, mail_from("stranger@else.example", "hello"))
    await house.live(START + timedelta(hours=3))
    assert house.courier.tried == []
    assert [each.kind for each in await house.store.switch.halts()] == [HaltKind.RESTORED]
