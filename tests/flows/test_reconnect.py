"""A silent list is planned, accepted, and worked off by the daemon's own flows."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from nurture.core.calendar.season import Away, Calendar
from nurture.core.capacity import Capacity
from nurture.core.contact import Relationship
from nurture.core.contact.hush import Hush, Hushed
from nurture.core.reconnection import AppointmentState, Silence
from nurture.core.task import TaskMove, own_task
from nurture.flows.plan_reconnection import Proposal, Wish, plan_reconnection
from nurture.flows.read_history import Archive, read_history
from nurture.flows.reconnect import reconnect
from nurture.mail.cursor import Folder
from nurture.ports import LastSpoken, Planned
from nurture.register import Door, Known, Register, begin
from nurture.survey import survey_silence
from tests.fakes.mailbox import FakeMailbox
from tests.fakes.small_house import ACCOUNT, START, SmallHouse, mail_from, person

DAY, WEEK = timedelta(days=1), timedelta(days=7)
TODAY = START.date()  # a Monday
RECONNECT = """
sequence: reconnect
why: we worked together some time ago
window: {days: monday to friday, hours: "09:00 to 16:30"}
entry:
  who: [former client, lost prospect]
  when: silent for 6 months and custom.request is known
  again: after 3 years
steps:
  - {id: hello, email: hello.md, intent: ask}
  - {id: a-season, wait: 3 months}
  - {id: thought, email: thought.md}
  - {id: another, wait: 4 months}
  - {id: last, email: thought.md}
"""
WITH_A_CALL = f"{RECONNECT}  - {{id: ring, call: Ring them.}}\n"
MAILS = {
    "hello.md": "---\nsubject: Hello again\n---\nDear {{ given_name }}, {{ custom.request }}\n",
    "thought.md": "---\nsubject: A thought\n---\nDear {{ given_name }}, a thought.\n",
}
MARA = {"relationship": Relationship.FORMER_CLIENT, "custom": {"request": "how are you?"}}


class Desk:
    """The planner over a small house."""

    def __init__(
        self, start: datetime = START, text: str = RECONNECT, can_do: int | None = None
    ) -> None:
        self.small, self.text = SmallHouse(start=start), text
        owner = replace(ACCOUNT.owner, country="GB")
        if can_do is not None:
            owner = replace(owner, capacity=Capacity(can_do, 0))
        self.small.account = replace(ACCOUNT, owner=owner)

    @property
    def register(self) -> Register:
        small = self.small
        accounts = {"anna": small.account}
        return Register(
            small.store.outgoing, small.store.people, small.shelf, accounts, small.clock
        )

    async def silent(self, silences: dict[str, int | None], **fields: object) -> dict[str, int]:
        """People by name, so many days without contact; their ids by name."""
        small = self.small
        await small.shelve({"reconnect": self.text}, MAILS)
        people = [person(name, **{**MARA, **fields}) for name in silences]
        await small.store.people.merge(people, small.clock.now())
        found = {}
        for each, (name, days) in zip(people, silences.items(), strict=True):
            contact = await small.store.people.contact(each.address)
            assert contact is not None
            found[name] = contact.id
            if days is not None:
                at = small.clock.now() - days * DAY
                await small.store.incoming.note_contact([LastSpoken(contact.id, at, None)])
        return found

    async def planned(self, per_week: int = 10) -> Proposal:
        """What is proposed now."""
        wish = Wish(self.small.account, self.small.shelf.sequences["reconnect"], per_week)
        return await plan_reconnection(self.register, self.small.store.tact, wish)

    async def accept(self, per_week: int = 10) -> Proposal:
        """Proposed and accepted."""
        proposal = await self.planned(per_week)
        made = proposal.schedule.appointments
        await self.small.store.reconnections.accept("anna", "reconnect", per_week, made)
        return proposal

    async def look(self) -> int:
        """What the daemon does now and then."""
        sequences = self.small.shelf.all_today()
        store = self.small.store
        door = Door(
            self.small.account, self.register, store.desk, sequences, True, tasks=store.tasks
        )
        return await reconnect(door, store.reconnections)

    async def week(self, number: int) -> int:
        """How many begin in this week, looked at once a day."""
        begun = 0
        for day in range(7):
            await self.small.clock.advance_to(START + number * WEEK + day * DAY)
            begun += await self.look()
        return begun

    async def burden(self, whom: int, tasks: int) -> None:
        """So many open tasks for the owner, all of them due."""
        small = self.small
        contact = await small.store.people.contact_by_id(whom)
        assert contact is not None
        now = small.clock.now()
        for _ in range(tasks):
            task = own_task(contact, "anna", "Write the offer", now.date(), now)
            await small.store.tasks.add(task)

    async def agenda(self) -> dict[int, Planned]:
        """The accepted plan by contact."""
        found = await self.small.store.reconnections.agenda("anna")
        return {each.contact_id: each for each in found}


async def test_the_plan_names_group_first_step_and_who_is_left_out_and_why() -> None:
    desk = Desk()
    ids = await desk.silent(
        {"Ada": 200, "Bea": 400, "Cleo": None, "Dan": 300, "Eve": 300, "Fay": 250, "Gus": 10}
    )
    small = desk.small
    await small.store.people.suppress("dan@dan.example", "said no", small.clock.now())
    hush = Hush(Hushed.CONTACT, "eve@eve.example", START + 90 * DAY, "her father died")
    await small.store.tact.hush(hush, START)
    await small.store.people.clear(ids["Fay"], ["custom.request"], START)
    proposal = await desk.planned()
    made = {each.contact_id: each.silence for each in proposal.schedule.appointments}
    assert made == {
        ids["Ada"]: Silence.MONTHS, ids["Fay"]: Silence.MONTHS, ids["Bea"]: Silence.ONE_YEAR,
        ids["Cleo"]: Silence.LONGER, ids["Gus"]: Silence.MONTHS,
    }  # fmt: skip
    assert proposal.first[ids["Ada"]] == "email"
    assert set(proposal.unready) == {ids["Fay"]}
    assert "custom.request is known" in proposal.unready[ids["Fay"]]
    assert {each.contact.given_name: why for each, why in proposal.left_out} == {
        "Dan": "suppressed: said no",
        "Eve": "is to be left alone until 2026-05-31: her father died",
    }


async def test_a_stranger_to_the_door_and_whom_mail_is_not_allowed_are_left_out() -> None:
    desk = Desk()
    await desk.silent({"Ada": 400}, relationship=Relationship.MET_AT_EVENT)
    await desk.silent({"Bea": 400}, consent=replace(person("Bea").consent, basis=None))
    left = {each.contact.given_name: why for each, why in (await desk.planned()).left_out}
    assert left["Ada"] == "is no former client or lost prospect"
    assert left["Bea"].startswith("no mail: why we may write to them is not recorded")


async def test_who_is_under_way_or_was_here_before_is_left_out() -> None:
    desk = Desk()
    await desk.silent({"Ada": 400})
    await desk.accept()
    assert await desk.look() == 1
    (left,) = (await desk.planned()).left_out
    assert left[1] == "is under way in reconnect"


async def test_a_week_s_people_begin_over_its_days_and_not_one_more() -> None:
    desk = Desk()
    await desk.silent({f"P{number}": 400 for number in range(30)})
    await desk.accept(per_week=8)
    begun = []
    for hour in range(0, 6 * 24, 6):
        await desk.small.clock.advance_to(START + hour * timedelta(hours=1))
        begun += [desk.small.clock.now().date()] * await desk.look()
    assert Counter((day - TODAY).days for day in begun) == {0: 2, 1: 2, 2: 2, 3: 1, 4: 1}


async def test_two_missed_weeks_are_caught_up_by_half_as_many_again() -> None:
    desk = Desk()
    await desk.silent({f"P{number}": 400 for number in range(100)})
    await desk.accept()
    weeks = []
    for week in range(12):
        begun = 0
        for day in range(7):
            await desk.small.clock.advance_to(START + week * WEEK + day * DAY)
            if week not in {1, 2}:
                begun += await desk.look()
        weeks.append(begun)
    assert weeks == [10, 0, 0, 15, 15, 15, 15, 10, 10, 10, 0, 0]


async def test_no_more_begin_than_the_owner_can_take_on() -> None:
    desk = Desk(text=WITH_A_CALL, can_do=3)
    await desk.silent({f"P{number}": 400 for number in range(30)})
    await desk.accept(per_week=8)
    assert [await desk.week(number) for number in range(3)] == [3, 3, 3]


async def test_what_needs_no_owner_begins_though_their_desk_is_full() -> None:
    desk = Desk(can_do=3)
    ids = await desk.silent({f"P{number}": 400 for number in range(30)})
    await desk.accept(per_week=8)
    await desk.burden(ids["P29"], 3)
    assert await desk.week(0) == 8


async def test_who_waited_for_a_full_desk_is_caught_up_by_half_as_many_again() -> None:
    desk = Desk(text=WITH_A_CALL, can_do=20)
    ids = await desk.silent({f"P{number}": 400 for number in range(100)})
    await desk.accept()
    await desk.burden(ids["P99"], 20)
    weeks = [await desk.week(number) for number in range(2)]
    assert {each.state for each in (await desk.agenda()).values()} == {AppointmentState.PLANNED}
    for task, _ in await desk.small.store.tasks.tasks():
        await desk.small.store.tasks.finish(
            task.id, TaskMove.FINISHED, "", None, desk.small.clock.now()
        )
    weeks += [await desk.week(number) for number in range(2, 8)]
    assert weeks == [0, 0, 15, 15, 15, 15, 10, 10]


async def test_who_began_by_another_door_takes_up_room_as_well() -> None:
    desk = Desk(text=WITH_A_CALL, can_do=3)
    await desk.silent({f"P{number}": 400 for number in range(30)})
    await desk.accept(per_week=8)
    small = desk.small
    calls = "sequence: calls\nwhy: you asked\nentry: {start: by hand}\nsteps:\n"
    calls += "  - {id: first, wait: 2 months}\n  - {id: ring, call: Ring them.}\n"
    await small.shelve({"reconnect": WITH_A_CALL, "calls": calls}, MAILS)
    await small.store.people.merge([person("Ada"), person("Bea")], START)
    people = [await small.store.people.contact(f"{name}@{name}.example") for name in ("ada", "bea")]
    known = await Known.of(desk.register, people)
    sequence = small.shelf.sequences["calls"]
    assert len(await begin(desk.register, known, people, sequence, small.account, "")) == 2
    assert await desk.week(0) == 1


async def test_nobody_begins_while_the_owner_is_away() -> None:
    desk = Desk()
    await desk.silent({"Ada": 400})
    await desk.accept()
    away = Away(TODAY, TODAY + 13 * DAY, "by the sea")
    desk.small.shelf.calendar = Calendar(away=(away,))
    assert await desk.look() == 0
    await desk.small.clock.advance_to(START + 14 * DAY)
    assert await desk.look() == 1


async def test_who_got_in_touch_meanwhile_is_dropped_and_a_no_as_well() -> None:
    desk = Desk()
    ids = await desk.silent({"Ada": 400, "Bea": 400})
    await desk.accept()
    store = desk.small.store
    await store.incoming.note_contact([LastSpoken(ids["Ada"], None, START - DAY)])
    await store.people.suppress("bea@bea.example", "said no", START)
    assert await desk.look() == 0
    agenda = await desk.agenda()
    assert agenda[ids["Ada"]].why == "in touch since 2026-03-01"
    assert agenda[ids["Bea"]].why == "suppressed: said no"
    assert {each.state for each in agenda.values()} == {AppointmentState.DROPPED}


async def test_who_cannot_begin_lets_others_go_first_and_is_told_of_once_a_week() -> None:
    desk = Desk()
    ids = await desk.silent({"Ada": 400, "Bea": 400, "Cleo": 400})
    await desk.small.store.people.clear(ids["Ada"], ["custom.request"], START)
    await desk.accept(per_week=5)
    for hour in range(10):
        await desk.small.clock.advance_to(START + hour * timedelta(hours=3))
        await desk.look()
    states = {number: each.state for number, each in (await desk.agenda()).items()}
    assert states[ids["Ada"]] is AppointmentState.PLANNED
    assert states[ids["Bea"]] is AppointmentState.BEGUN
    (told,) = await desk.small.store.desk.notices_due(desk.small.clock.now())
    assert told.subject == "1 silent people cannot be written to yet"
    assert "Ada" in told.text
    assert "custom.request is known" in told.text


async def test_colleagues_do_not_begin_together_though_the_plan_was_made_before() -> None:
    desk = Desk()
    small = desk.small
    await desk.silent({"Zoe": 400})
    people = [person(name, "Firm", **MARA) for name in ("Ada", "Bea")]
    await small.store.people.merge(people, START)
    await desk.accept()
    agenda = [replace(each, week=TODAY) for each in (await desk.agenda()).values()]
    small.store.world.planned |= {each.contact_id: each for each in agenda}
    begun = 0
    for day in range(13):
        await small.clock.advance_to(START + day * DAY)
        begun += await desk.look()
    assert begun == 2
    await small.clock.advance_to(START + 15 * DAY + timedelta(hours=1))
    assert await desk.look() == 1


async def test_who_began_before_a_crash_is_counted_as_begun() -> None:
    desk = Desk()
    (ada,) = (await desk.silent({"Ada": 400})).values()
    await desk.accept()
    await desk.look()
    planned = desk.small.store.world.planned
    planned[ada] = replace(planned[ada], state=AppointmentState.PLANNED, settled_at=None)
    await desk.look()
    assert planned[ada].state is AppointmentState.BEGUN
    (walk,) = (await desk.small.store.outgoing.walks([ada]))[ada]
    assert walk.because == f"silent since {(START - 400 * DAY).date()}"


async def test_a_sequence_that_is_gone_is_told_and_nobody_begins() -> None:
    desk = Desk()
    await desk.silent({"Ada": 400})
    await desk.accept()
    await desk.small.shelve()
    assert await desk.look() == 0
    (told,) = await desk.small.store.desk.notices_due(START)
    assert told.subject == "nobody can begin reconnect: there is no such sequence any more"


async def test_the_daemon_works_the_plan_off() -> None:
    desk = Desk()
    ids = await desk.silent({"Ada": 400, "Bea": 400})
    await desk.accept()
    await desk.small.live(START + 3 * DAY)
    assert await desk.small.sent_to("ada@ada.example") == ["Hello again"]
    assert {each.state for each in (await desk.agenda()).values()} == {AppointmentState.BEGUN}
    assert len(ids) == 2


@pytest.mark.slow
async def test_500_people_and_20000_headers_end_within_a_week_of_the_promise() -> None:
    """Random answers, and two weeks in which nothing was done."""
    dice = Random(7)
    desk = Desk(start=datetime(2026, 11, 23, 9, tzinfo=UTC))
    small = desk.small
    await small.shelve({"reconnect": RECONNECT}, MAILS)
    people = [
        person(f"P{number}", f"Firm{dice.randrange(220)}", value=dice.randrange(9000), **MARA)
        for number in range(500)
    ]
    await small.store.people.merge(people, small.clock.now())
    last = await read_past(small, [each.address for each in people], dice)
    found = await survey_silence(desk.register)
    assert {each.contact.address: each.last_on("UTC") for each in found} == last
    proposal = await desk.accept()
    assert_order(proposal, small.clock.now().date())
    promised = proposal.schedule.clear_on
    assert promised is not None
    assert proposal.schedule.keeps_up
    missed = range(20, 22)
    begun: list[int] = []
    while small.clock.now().date() < promised + 6 * WEEK:
        number = 0
        for _ in range(7):
            if len(begun) not in missed:
                number += await live_a_day(desk, dice)
            await small.clock.advance_to(small.clock.now() + DAY)
        begun.append(number)
    states = Counter(each.state for each in (await desk.agenda()).values())
    assert states[AppointmentState.PLANNED] == 0
    last_week = max(week for week, number in enumerate(begun) if number)
    ended = date(2026, 11, 23) + (last_week + 1) * WEEK
    assert abs(ended - promised) <= WEEK, (ended, promised)
    working = [number for week, number in enumerate(begun) if week not in missed][:40]
    assert all(number >= 10 for number in working), working
    assert max(begun) <= 15


async def read_past(small: SmallHouse, addresses: list[str], dice: Random) -> dict[str, date]:
    """Reads 20,000 headers, half of them strangers'; when each of these people was last seen."""
    mailbox = FakeMailbox(small.clock)
    quiet = {address: dice.randrange(2, 1300) for address in addresses}
    last: dict[str, date] = {}
    for number in range(20_000):
        is_known, is_sent = number % 2 == 0, number % 4 < 2
        who = addresses[number // 2 % 500] if is_known else f"stranger{number}@else.example"
        days = quiet.get(who, 0) + dice.randrange(900)
        at = small.clock.now() - days * DAY
        if is_known:
            last[who] = max(last.get(who, at.date()), at.date())
        sender, reader = (ACCOUNT.address, who) if is_sent else (who, ACCOUNT.address)
        head = f"From: {sender}\r\nTo: {reader}\r\nDate: {at:%a, %d %b %Y %H:%M:%S +0000}\r\n"
        mailbox.deliver(Folder.SENT if is_sent else Folder.INBOX, f"{head}\r\nHi\r\n".encode())
    archive = Archive(
        ACCOUNT.own_addresses, small.store.people, small.store.incoming, mailbox, small.clock
    )
    assert (await read_history(archive, lambda _: None)).mails == 20_000
    return last


def assert_order(proposal: Proposal, today: date) -> None:
    """Inside a week the groups in their order, and inside a group the most valuable first."""
    made = proposal.schedule.appointments
    assert len({each.contact_id for each in made}) == len(made) == 500
    for week in {each.week for each in made}:
        turns = [
            (list(Silence).index(each.silence), -proposal.people[each.contact_id].contact.value)
            for each in made
            if each.week == week
        ]
        assert turns == sorted(turns)
    assert len({each.silence for each in made}) == len(Silence)
    companies: dict[str, date] = {}
    for each in made:
        company = proposal.people[each.contact_id].contact.company
        assert each.week - companies.get(company, today - 9 * WEEK) >= 2 * WEEK
        companies[company] = each.week


async def live_a_day(desk: Desk, dice: Random) -> int:
    """Whoever is to begins, mail goes out, and one in seven who get some answers it."""
    small = desk.small
    number = await desk.look()
    before = len(small.courier.delivered)
    await small.round()
    for envelope in small.courier.delivered[before:]:
        if dice.random() < 1 / 7:
            answer = mail_from(envelope.recipient, "Good to hear from you. Call me.")
            small.mailbox.deliver(Folder.INBOX, answer)
    return number
