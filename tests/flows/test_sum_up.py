"""Every working morning the owner is told what needs them, once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from nurture.core.account import Owner
from nurture.core.calendar.season import Away
from nurture.flows.sum_up import Morning, sum_up
from nurture.flows.tell import Town, tell_owners
from nurture.mail.cursor import Folder
from nurture.overview import Shelves
from nurture.ports import NoticeKind, Route
from tests.fakes.small_house import ACCOUNT, KEY, SmallHouse, mail_from, person

ADA, BOB = person("Ada", "Brandt"), person("Bob", "Firm", value=900)
TUESDAY = datetime(2026, 3, 3, 8, 30, tzinfo=UTC)
STEP = timedelta(minutes=15)


def morning_of(house: SmallHouse) -> Morning:
    """What sums up the days of this house."""
    store = house.store
    shelves = Shelves(
        store.accounts, store.desk, store.tasks, store.promises, store.drafts, store.people,
        store.outgoing, store.switch, house.shelf, house.clock, KEY,
    )  # fmt: skip
    return Morning({"anna": house.account}, shelves)


async def answered(owner: Owner = ACCOUNT.owner) -> SmallHouse:
    """Ada answered on Monday; Bob's first mail is due on Tuesday at noon."""
    house = SmallHouse(replace(ACCOUNT, owner=owner))
    await house.invite(ADA)
    await house.round()
    cites = house.courier.delivered[0].message_id
    house.mailbox.deliver(Folder.INBOX, mail_from(ADA.address, "Call me.", cites=cites))
    await house.listen()
    await house.clock.advance_to(TUESDAY - timedelta(hours=1))
    await house.invite(BOB)
    return house


async def told(house: SmallHouse, until: datetime) -> list[tuple[datetime, str, str]]:
    """When which digest was put into the outbox until then."""
    morning, found = morning_of(house), []
    while house.clock.now() <= until:
        if await sum_up(morning):
            (digest,) = [
                each
                for each in await house.store.desk.notices_due(house.clock.now())
                if each.kind is NoticeKind.DIGEST
            ]
            await house.store.desk.notice_told(digest.id, house.clock.now())
            found.append((house.clock.now(), digest.subject, digest.text))
        await house.clock.advance_to(house.clock.now() + STEP)
    return found


async def test_the_digest_comes_when_the_office_opens_and_says_what_there_is() -> None:
    house = await answered()
    ((at, subject, text),) = await told(house, TUESDAY + timedelta(hours=9))
    assert at == TUESDAY
    assert subject == "Tue 03 Mar: 2 for you, 1 to go out"
    assert "NEEDS YOU\n- 1 Ada, since Mon 02 Mar 09:00: answered" in text
    assert "sends nothing" in text  # nobody attends the account in this house
    assert "GOES OUT TODAY\n- 08:30 Bob <bob@firm.example>: first of tips" in text
    assert "HELD, AND WHY\n- Ada: answered" in text
    assert "SILENT FOR MORE THAN SIX MONTHS: 1\n- Bob: nothing is on record" in text


async def test_it_comes_once_a_working_day() -> None:
    house = await answered()
    days = [at.date() for at, _, _ in await told(house, TUESDAY + timedelta(days=7))]
    assert days == [date(2026, 3, day) for day in (3, 4, 5, 6, 9, 10)]


async def test_it_is_told_once_though_the_daemon_began_anew() -> None:
    house = await answered()
    await house.clock.advance_to(TUESDAY)
    assert [await sum_up(morning_of(house)) for _ in range(3)] == [1, 0, 0]


async def test_h7_whoever_waits_for_three_days_stands_above_all() -> None:
    house = await answered()
    found = await told(house, TUESDAY + timedelta(days=3))
    assert found[-1][2].startswith("Ada has waited for an answer since Mon 02 Mar 09:00!\n")
    assert not found[0][2].startswith("Ada has waited")


async def test_while_the_owner_is_away_it_goes_to_whoever_stands_in() -> None:
    otto = Owner("Otto", "otto@carter.example", "Europe/Vienna", "Street 2")
    away = (Away(date(2026, 3, 3), date(2026, 3, 4)),)
    house = await answered(replace(ACCOUNT.owner, substitute=otto, away=away))
    await house.clock.advance_to(TUESDAY)
    assert await sum_up(morning_of(house)) == 1
    accounts, store = {"anna": house.account}, house.store
    everything = Route("mail", house.channel, {"anna": frozenset(NoticeKind)})
    await tell_owners(
        Town(accounts, store.desk, [everything], house.clock, store.instructions, KEY)
    )
    digests = [each for each in house.channel.told if each.kind is NoticeKind.DIGEST]
    assert [each.to for each in digests] == [otto]


async def test_what_is_no_news_any_more_is_not_told() -> None:
    house = await answered()
    await house.clock.advance_to(TUESDAY + timedelta(hours=5))
    assert await sum_up(morning_of(house)) == 0
