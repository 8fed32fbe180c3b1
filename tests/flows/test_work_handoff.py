"""A person works on a handoff, in a house whose sequences and hours are known."""

from dataclasses import replace
from datetime import UTC, date, datetime

from nurture.core.account import Account
from nurture.core.calendar.season import Away
from nurture.core.enrollment import State
from nurture.core.handoff import HandoffState, Outcome
from nurture.core.handoff.deed import MoveOver
from nurture.flows.bring_back import bring_back
from nurture.flows.work_handoff import (
    Workdesk,
    close_handoff,
    morning_of,
    moving_over,
    snooze_handoff,
    take_handoff,
)
from nurture.mail.cursor import Folder
from tests.fakes.small_house import ACCOUNT, SEQUENCE, SmallHouse, mail_from, person

ADA = person("Ada", "Brandt")
NEWS = SEQUENCE.replace("sequence: tips", "sequence: news")


def desk_of(house: SmallHouse, account: Account = ACCOUNT) -> Workdesk:
    """The desk in this house."""
    store = house.store
    return Workdesk(store.desk, store.people, store.outgoing, house.shelf, {"anna": account})


async def answered() -> SmallHouse:
    """Ada has answered the first mail, on Monday at nine."""
    house = SmallHouse()
    await house.shelve({"tips": SEQUENCE, "news": NEWS})
    await house.invite(ADA)
    await house.round()
    cites = house.courier.delivered[0].message_id
    house.mailbox.deliver(Folder.INBOX, mail_from(ADA.address, "Call me.", cites=cites))
    await house.listen()
    return house


async def test_h3_a_lease_lasts_four_working_hours() -> None:
    house = await answered()
    late = datetime(2026, 3, 6, 15, tzinfo=UTC)  # Friday; the office closes at five
    acted = await take_handoff(desk_of(house), 1, "Ann", late)
    assert acted.handoff
    assert acted.handoff.until == datetime(2026, 3, 9, 10, 30, tzinfo=UTC)


async def test_a_day_begins_when_the_owner_is_back_at_their_desk() -> None:
    house = await answered()
    away = (Away(date(2026, 3, 9), date(2026, 3, 10)),)
    account = replace(ACCOUNT, owner=replace(ACCOUNT.owner, away=away))
    morning = morning_of(desk_of(house, account), "anna", date(2026, 3, 7))
    assert morning == datetime(2026, 3, 11, 8, 30, tzinfo=UTC)
    assert morning_of(desk_of(house), "otto", date(2026, 3, 7)) == datetime(2026, 3, 7, tzinfo=UTC)


async def test_what_was_put_off_is_brought_back_with_a_brief() -> None:
    house = await answered()
    until = datetime(2026, 3, 9, 9, tzinfo=UTC)
    await snooze_handoff(desk_of(house), 1, "Ann", until, house.clock.now())
    await house.clock.advance_to(until)
    await bring_back(house.store.desk, house.clock)
    (handoff,) = await house.store.desk.handoffs()
    assert handoff.state is HandoffState.OPEN
    notices = await house.store.desk.notices_due(until)
    assert notices[-1].subject == "Back on your desk: Ada"


async def test_h6_whoever_is_moved_over_begins_anew_from_that_day() -> None:
    house = await answered()
    desk, now = desk_of(house), house.clock.now()
    on = datetime(2026, 6, 1, 9, tzinfo=UTC)
    way = await moving_over(desk, 1, "news", on, now)
    assert isinstance(way, MoveOver)
    acted = await close_handoff(desk, 1, "Ann", Outcome.WON, now, onward=way)
    assert acted.enrolled
    (contact,) = (await house.store.people.page(),)[0]
    first, second = await house.store.desk.enrollments(contact.id)
    assert (first.state, second.sequence, second.due_at) == (State.ENDED, "news", on)


async def test_there_is_no_way_into_what_is_not_there_or_for_whom_it_is_closed() -> None:
    house = await answered()
    desk, now = desk_of(house), house.clock.now()
    assert await moving_over(desk, 1, "tip", now, now) == "there is no usable sequence 'tip'"
    assert await moving_over(desk, 9, "news", now, now) == "there is no handoff 9"
    await house.store.people.suppress(ADA.address, "they said no", now)
    refused = f"{ADA.address} is suppressed: they said no"
    assert await moving_over(desk, 1, "news", now, now) == refused
