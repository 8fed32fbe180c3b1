"""Past mail tells when each contact was last spoken to, and nothing else."""

from datetime import UTC, datetime, timedelta

from nurture.flows.read_history import Archive, History, read_history
from nurture.mail.cursor import Folder
from tests.fakes.small_house import ACCOUNT, START, SmallHouse, person

ADA = person("Ada", "Brandt")


def mail(sender: str, to: str, day: str) -> bytes:
    return f"From: {sender}\r\nTo: X <{to}>\r\nDate: {day}\r\n\r\nHello\r\n".encode()


async def archived(house: SmallHouse) -> History:
    seen: list[int] = []
    archive = Archive(
        ACCOUNT.own_addresses, house.store.people, house.store.incoming, house.mailbox, house.clock
    )
    found = await read_history(archive, seen.append)
    assert seen == list(range(1, found.mails + 1))
    return found


async def test_the_latest_of_each_direction_is_kept_and_nothing_is_judged() -> None:
    house = SmallHouse()
    (ada,) = await house.invite(ADA)
    for day in ("Mon, 05 Jan 2026 10:00:00 +0000", "Tue, 06 Jan 2026 10:00:00 +0000", "rubbish"):
        house.mailbox.deliver(Folder.SENT, mail(ACCOUNT.address, ADA.address, day))
    house.mailbox.deliver(
        Folder.INBOX, mail(ADA.address, ACCOUNT.address, "Wed, 07 Jan 2026 10:00:00 +0000")
    )
    house.mailbox.deliver(
        Folder.INBOX, mail("x@else.example", ACCOUNT.address, "Thu, 08 Jan 2026 10:00:00 +0000")
    )
    found = await archived(house)
    assert (found.mails, found.contacts, found.changed) == (5, 1, 1)
    assert house.store.world.last_touch[ada.id] == datetime(2026, 1, 6, 10, tzinfo=UTC)
    assert house.store.world.last_heard[ada.id] == datetime(2026, 1, 7, 10, tzinfo=UTC)
    assert await house.store.desk.handoffs() == ()
    assert (await archived(house)).changed == 0


async def test_a_date_in_the_future_is_nobodys_last_mail() -> None:
    house = SmallHouse()
    (ada,) = await house.invite(ADA)
    house.mailbox.deliver(
        Folder.SENT, mail(ACCOUNT.address, ADA.address, "Fri, 05 Jan 2035 10:00:00 +0000")
    )
    assert (await archived(house)).changed == 0
    assert ada.id not in house.store.world.last_touch


async def test_who_was_written_to_by_hand_last_week_is_not_written_to_too_soon() -> None:
    house = SmallHouse()
    await house.invite(ADA)
    yesterday = START - timedelta(days=1)
    house.mailbox.deliver(
        Folder.SENT, mail(ACCOUNT.address, ADA.address, f"{yesterday:%a, %d %b %Y %H:%M:%S +0000}")
    )
    await archived(house)
    await house.round()
    assert house.courier.delivered == []
