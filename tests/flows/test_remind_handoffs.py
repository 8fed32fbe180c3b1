"""An answer that nobody takes up reaches the substitute, in business hours and once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from nurture.core.account import Owner
from nurture.core.calendar.season import Away
from nurture.flows.bring_back import bring_back
from nurture.flows.remind_handoffs import Vigil, remind_handoffs
from nurture.flows.tell import Town, tell_owners
from nurture.mail.cursor import Folder
from nurture.ports import Route
from tests.fakes.small_house import (
    ACCOUNT,
    KEY,
    NoChannel,
    SmallHouse,
    mail_from,
    person,
    route_to,
)

if TYPE_CHECKING:
    from nurture.ports import Telling

OTTO = Owner("Otto Berg", "otto@carter.example", "Europe/Vienna", "Street 2", country="AT")
ANNA = replace(ACCOUNT.owner, country="AT", zone="Europe/Vienna", substitute=OTTO)
ADA = person("Ada", "Brandt")
MINUTE = timedelta(minutes=1)
# The Friday before Whit Monday 2026, which is a holiday in Austria; half past four in Vienna.
FRIDAY = datetime(2026, 5, 22, 14, 30, tzinfo=UTC)


class Watched:
    """A house in which time passes while the owners are told."""

    def __init__(self, owner: Owner = ANNA, start: datetime = FRIDAY) -> None:
        self.house = SmallHouse(replace(ACCOUNT, owner=owner), start - timedelta(hours=1))
        self.start = start
        self.told: list[tuple[datetime, str, Telling]] = []

    async def answered(self, words: str = "Call me at four.") -> None:
        """Ada answers her first mail at the start."""
        house = self.house
        await house.invite(ADA)
        await house.round()
        cites = house.courier.delivered[0].message_id
        await house.clock.advance_to(self.start)
        house.mailbox.deliver(Folder.INBOX, mail_from(ADA.address, words, cites=cites))
        await house.listen()

    async def pass_until(self, until: datetime, step: timedelta = 5 * MINUTE) -> None:
        """Time passes as the daemon sees it."""
        house = self.house
        accounts = {"anna": house.account}
        vigil = Vigil(accounts, house.store.desk, house.store.people, house.shelf, house.clock)
        store = house.store
        town = Town(accounts, store.desk, [house.route], house.clock, store.instructions, KEY)
        while house.clock.now() <= until:
            await bring_back(house.store.desk, house.clock)
            await remind_handoffs(vigil)
            await tell_owners(town)
            for telling in house.channel.told[len(self.told) :]:
                whom = (telling.to or house.account.owner).name
                self.told.append((house.clock.now(), whom, telling))
            await house.clock.advance_to(house.clock.now() + step)

    def subjects(self) -> list[tuple[str, str]]:
        """Who was told what, without the times."""
        return [(whom, telling.subject.partition(":")[0]) for _, whom, telling in self.told]


async def test_h1_over_a_weekend_and_a_holiday_the_substitute_is_asked_in_business_hours() -> None:
    watched = Watched()
    await watched.answered()
    await watched.pass_until(FRIDAY + timedelta(days=6))
    assert watched.subjects() == [
        ("Anna Carter", "Ada, Brandt answered"),
        ("Anna Carter", "Reminder"),
        ("Otto Berg", "In Anna Carter's place"),
        ("Anna Carter", "Still nobody has answered"),
        ("Otto Berg", "Still in Anna Carter's place"),
    ]
    at = [when for when, _, _ in watched.told]
    tuesday = datetime(2026, 5, 26, 6, 30, tzinfo=UTC)
    assert at[:3] == [FRIDAY, tuesday, tuesday + 30 * MINUTE]
    assert {each.date() for each in at[1:]} <= {date(2026, 5, 26), date(2026, 5, 27)}
    assert all(OTTO.office().is_open(each) for each in at[1:])


async def test_the_substitute_gets_the_whole_brief_and_their_reply_reaches_the_contact() -> None:
    watched = Watched()
    await watched.answered()
    await watched.pass_until(datetime(2026, 5, 26, 8, tzinfo=UTC))
    telling = watched.told[2][2]
    assert telling.text.startswith("(You stand in for Anna Carter.)\n\nCall me at four.\n")
    assert telling.reply_to == ADA.address
    assert telling.subject.endswith("Ada waits for an answer since Fri 22 May 16:30")


async def test_h5_an_answer_by_hand_ends_the_reminders() -> None:
    watched = Watched()
    await watched.answered()
    raw = mail_from(ACCOUNT.address, "I will, at four.").replace(
        b"To: anna@carter.example", b"To: Ada <ada@brandt.example>"
    )
    watched.house.mailbox.deliver(Folder.SENT, raw)
    await watched.house.listen()
    await watched.pass_until(FRIDAY + timedelta(days=6), timedelta(minutes=30))
    assert len(watched.told) == 1


async def test_while_the_owner_is_away_the_answer_itself_goes_to_the_substitute() -> None:
    away = (Away(date(2026, 5, 20), date(2026, 5, 29)),)
    monday = datetime(2026, 5, 20, 9, tzinfo=UTC)
    watched = Watched(replace(ANNA, away=away), monday)
    await watched.answered()
    await watched.pass_until(monday + timedelta(minutes=70))
    assert watched.subjects() == [
        ("Otto Berg", "Ada, Brandt answered"),
        ("Otto Berg", "In Anna Carter's place"),
        ("Otto Berg", "In Anna Carter's place"),
    ]


async def test_thanks_alone_are_told_and_nobody_is_reminded_of_them() -> None:
    watched = Watched()
    await watched.answered("Thank you very much!")
    await watched.pass_until(FRIDAY + timedelta(days=6), timedelta(minutes=30))
    assert watched.subjects() == [("Anna Carter", "Ada, Brandt answered")]


async def test_nobody_is_reminded_of_what_was_taken_in_the_same_moment() -> None:
    watched = Watched()
    await watched.answered()
    desk = watched.house.store.desk
    (seen,) = await desk.handoffs()
    taken = replace(seen, taken_by="Anna")
    assert not await desk.remind(taken, "Reminder", "key", FRIDAY, in_place=False)
    assert await desk.remind(seen, "Reminder", "key", FRIDAY, in_place=False)
    assert not await desk.remind(seen, "Reminder", "key", FRIDAY, in_place=False)


async def test_whoever_stands_in_is_reached_by_mail_whatever_the_owner_chose() -> None:
    watched = Watched()
    await watched.answered()
    house, phone = watched.house, NoChannel()
    routes = [Route("mail", house.channel, {}), route_to(phone, "phone")]
    desk, accounts = house.store.desk, {"anna": house.account}
    town = Town(accounts, desk, routes, house.clock, house.store.instructions, KEY)
    (seen,) = await desk.handoffs()
    await desk.remind(seen, "In her place", "key", FRIDAY, in_place=True)
    await tell_owners(town)
    first = "Ada, Brandt answered: Re: Hello"
    assert [each.subject for each in phone.told] == [first, "In her place"]
    assert [(each.subject, each.to) for each in house.channel.told] == [("In her place", OTTO)]
