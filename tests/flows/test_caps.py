"""Caps, pace and breakers as the daemon lives by them (promise P6)."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from nurture import log
from nurture.core.contact import Contact
from nurture.house import House, Rhythm
from nurture.mail.cursor import Folder
from nurture.mail.delivery import Answer, Deferred, Phase, Scope
from tests.fakes.small_house import ACCOUNT, SmallHouse, mail_from, person

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SLOWLY = Deferred(Answer(Phase.BODY, 421, "4.7.28 slow down"), Scope.DOMAIN)
BUSY = Deferred(Answer(Phase.MAIL, 421, "4.3.2 too busy"), Scope.ACCOUNT)
REPORT = """\
From: Mail Delivery System <mailer-daemon@mx.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Date: Mon, 02 Mar 2026 10:00:00 +0000
Message-ID: <report@mx.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

I could not deliver the message to one or more recipients.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.7.26
Diagnostic-Code: smtp; 550-5.7.26 sender is unauthenticated

--b1
Content-Type: message/rfc822

To: {recipient}
Message-ID: <{message_id}>

--b1--
"""


def with_limits(**limits: object) -> SmallHouse:
    return SmallHouse(replace(ACCOUNT, limits=replace(ACCOUNT.limits, **limits)))


def at_gmail(name: str) -> Contact:
    return replace(person(name), address=f"{name.lower()}@gmail.com")


async def test_a_family_that_defers_us_is_left_in_peace_and_its_people_lose_nothing() -> None:
    house = with_limits(batch=1)
    house.courier.will(SLOWLY)
    friends = [at_gmail(name) for name in ("Ada", "Ben", "Cleo")]
    await house.invite(*friends, person("Dora"))
    for _ in range(6):
        await house.round()
    assert [each.recipient for each in house.courier.delivered] == ["dora@dora.example"]
    assert len(house.courier.tried) == 2
    waiting = [walk for walk, _ in await house.store.desk.upcoming()]
    (family,) = await house.store.accounts.backed_off()
    assert family.until is not None
    assert all(walk.due_at and walk.due_at >= family.until for walk in waiting if walk.id != 1)
    await house.live(house.clock.now() + 3 * DAY)
    assert {each.recipient for each in house.courier.delivered} >= {
        friend.address for friend in friends
    }
    assert await house.store.people.suppressed([each.address for each in friends]) == {}


@pytest.mark.parametrize("per_family", [0, 100])
async def test_why_somebody_waits_for_their_family_stands_in_the_ledger(per_family: int) -> None:
    house = with_limits(batch=1, per_family=per_family)
    house.courier.will(SLOWLY)
    _, ben = await house.invite(at_gmail("Ada"), at_gmail("Ben"))
    for _ in range(3):
        await house.round()
    whys = [line.why for line in await house.store.desk.ledger(ben.id)]
    assert any("gmail is given time" in why and "slow down" in why for why in whys)


async def test_each_trouble_in_a_row_rests_the_account_longer() -> None:
    house = SmallHouse()
    await house.invite(person("Ada"))
    rests = []
    for _ in range(4):
        house.courier.will(BUSY)
        while not house.courier.tried or len(house.courier.tried) == len(rests):
            await house.round()
            await house.clock.advance_to(house.clock.now() + HOUR / 12)
        state = await house.store.accounts.state("anna")
        assert state.resting_until is not None
        rests.append(state.resting_until - house.clock.now())
        await house.clock.advance_to(state.resting_until)
    assert rests[0] < HOUR < rests[2] < rests[3]
    assert (await house.store.accounts.state("anna")).troubles == 4
    await house.live(house.clock.now() + 5 * DAY)
    assert len(house.courier.delivered) == 1
    assert (await house.store.accounts.state("anna")).troubles == 0


async def test_p6_what_the_owner_sends_by_hand_is_taken_off_the_day() -> None:
    house = with_limits(per_day=3)
    await house.invite(*(person(name) for name in ("Ada", "Ben", "Cleo")))
    await house.listen()  # what lay in Sent before the first reading is left alone
    lunch = mail_from(ACCOUNT.address, "Lunch?", "Cc: one@x.example")
    house.mailbox.deliver(Folder.SENT, lunch)
    await house.live(house.clock.now() + 6 * HOUR)
    assert len(house.courier.delivered) == 1
    await house.live(house.clock.now() + 2 * DAY)
    assert len(house.courier.delivered) == 3


async def test_our_own_mail_in_sent_counts_once() -> None:
    house = SmallHouse()
    await house.invite(person("Ada"), person("Ben"))
    await house.live(house.clock.now() + HOUR)
    await house.listen()
    assert len(house.mailbox.raws(Folder.SENT)) == 2
    state = await house.store.accounts.state("anna")
    assert state.tally.within_day(house.clock.now()) == 2


async def test_a_report_of_a_refusal_by_policy_backs_the_family_off() -> None:
    house = SmallHouse()
    await house.invite(at_gmail("Ada"))
    await house.round()
    (sent,) = house.courier.delivered
    raw = REPORT.format(to=ACCOUNT.address, recipient=sent.recipient, message_id=sent.message_id)
    house.mailbox.deliver(Folder.INBOX, raw.replace("\n", "\r\n").encode())
    await house.listen()
    (family,) = await house.store.accounts.backed_off()
    assert (family.name, family.why) == ("gmail", "a delivery report said 5.7.26")


async def test_p6_the_mails_of_a_day_are_laid_out_over_its_hours() -> None:
    house = with_limits(per_day=12, spread=timedelta(hours=6))
    await house.invite(*(person(f"P{number}") for number in range(8)))
    begun = []
    with log.listening(
        lambda event: begun.append(house.clock.now()) if event["event"] == "touch_sent" else None
    ):
        await house.live(house.clock.now() + 12 * HOUR)
    assert len(begun) == 8
    assert all(later - sooner >= HOUR / 2 for sooner, later in pairwise(begun))


class Watchful(SmallHouse):
    """Its daemon glances around every few seconds, as a real one."""

    def house(self) -> House:
        """See SmallHouse."""
        rhythm = Rhythm(lease=DAY, tell=6 * HOUR, glance=timedelta(seconds=5))
        return replace(super().house(), rhythm=rhythm)


async def test_who_waits_for_room_does_not_read_the_mailbox_all_the_time() -> None:
    limits = replace(ACCOUNT.limits, gap=timedelta(minutes=10), sweep_every=timedelta(minutes=5))
    house = Watchful(replace(ACCOUNT, limits=limits))
    await house.invite(*(person(f"P{number}") for number in range(4)))
    readings = []
    with log.listening(
        lambda event: readings.append(1) if event["event"] == "account_read" else None
    ):
        await house.live(house.clock.now() + HOUR / 2)
    assert len(house.courier.delivered) >= 2
    assert len(readings) <= 20
