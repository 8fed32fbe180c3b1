"""The owner's own mail, found in Sent, promises what it promises."""

import pytest

from nurture.mail.cursor import Folder
from tests.fakes.small_house import ACCOUNT, SmallHouse, person

ADA = person("Ada", "Brandt")
QUOTED = "\n\nOn Sun, 1 Mar 2026, Ada wrote:\n> I'll call you on Thursday.\n"


def sent(
    text: str, to: str = ADA.address, *, date: str = "Mon, 02 Mar 2026 09:00:00 +0000"
) -> bytes:
    """A mail of the owner's, as it lies in Sent."""
    rows = (
        f"From: {ACCOUNT.address}", f"To: {to}", "Subject: Re: Hello", f"Date: {date}",
        f"Message-ID: <{abs(hash(text + to + date))}@own.example>",
        "Content-Type: text/plain; charset=utf-8", "", text, "",
    )  # fmt: skip
    return "\r\n".join(rows).encode()


async def offered(*mails: bytes, folder: Folder = Folder.SENT) -> list[tuple[str, str]]:
    """Each promise with its day, after these mails were read."""
    house = SmallHouse()
    await house.invite(ADA)
    await house.listen()  # what lies there at the first look is not read
    for mail in mails:
        house.mailbox.deliver(folder, mail)
    await house.listen()
    return [(each.sentence, str(each.due_on)) for each, _ in await house.store.promises.promises()]


async def test_what_the_owner_promises_a_contact_is_offered_by_the_day_of_the_mail() -> None:
    assert await offered(sent("Dear Ada,\n\nI'll send the plan on Thursday.")) == [
        ("I'll send the plan on Thursday.", "2026-03-05")
    ]


async def test_only_what_stands_above_the_quote_counts() -> None:
    assert await offered(sent(f"Thank you!{QUOTED}")) == []
    assert len(await offered(sent(f"I'll ring you tomorrow.{QUOTED}"))) == 1


async def test_a_promise_to_nobody_of_ours_is_none_of_our_business() -> None:
    assert await offered(sent("I'll send it Thursday.", "friend@elsewhere.example")) == []


async def test_only_what_lies_in_sent_is_surely_the_owners() -> None:
    assert await offered(sent("I'll send it Thursday."), folder=Folder.INBOX) == []


@pytest.mark.parametrize(("date", "count"), [("10 Feb 2026", 0), ("20 Feb 2026", 1)])
async def test_a_promise_of_long_ago_is_not_dug_up(date: str, count: int) -> None:
    found = await offered(sent("I'll send it tomorrow.", date=f"{date} 09:00:00 +0000"))
    assert len(found) == count


async def test_our_own_mails_make_no_offers() -> None:
    house = SmallHouse()
    await house.invite(ADA)
    await house.round()
    (touch,) = house.courier.delivered
    head, _, body = touch.wire.partition(b"\r\n\r\n")
    promise = b"I'll call on Friday.\r\n"
    house.mailbox.deliver(Folder.SENT, b"\r\n\r\n".join((head, promise + body)))
    await house.listen()
    assert await house.store.promises.promises() == ()
