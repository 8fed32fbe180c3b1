"""A year in milliseconds: the daemon's loops on fakes."""

from dataclasses import replace
from datetime import timedelta

from nurture.core.calendar import Window
from nurture.mail.cursor import Folder
from tests.fakes.small_house import START, SmallHouse, mail_from, person

YEAR = """
sequence: tips
why: you asked us for an offer
steps:
  - {id: first, email: first.md}
  - {id: w1, wait: 1 month}
  - {id: second, email: second.md}
  - {id: w2, wait: 6 months}
  - {id: third, email: second.md}
"""


async def test_a_year_is_sent_in_order_in_office_hours_and_ends() -> None:
    house = SmallHouse()
    await house.shelve({"tips": YEAR})
    people = [person(name, country="US") for name in ("Ada", "Ben", "Cleo")]
    await house.invite(*people)
    await house.live(START + timedelta(days=300))
    assert await house.sent_to("ada@ada.example") == [
        "Hello Ada", "One more, Ada", "One more, Ada",
    ]  # fmt: skip
    contact = await house.store.people.contact("ada@ada.example")
    assert contact
    (walk,) = await house.store.desk.enrollments(contact.id)
    assert str(walk.state) == "ended"


async def test_every_mail_leaves_inside_the_window_of_every_zone_of_the_country() -> None:
    house = SmallHouse()
    await house.invite(*(person(f"P{n}", country="US") for n in range(20)))
    times = []
    deliver = house.courier.deliver

    async def noted(envelope: object) -> object:
        times.append(house.clock.now())
        return await deliver(envelope)  # type: ignore[arg-type]

    house.courier.deliver = noted  # type: ignore[method-assign,assignment]
    await house.live(START + timedelta(days=5))
    zones = ("America/New_York", "America/Los_Angeles", "Pacific/Honolulu")
    assert len(times) == 20
    assert all(Window().is_open(at, zones, "US") for at in times)


async def test_p5_a_blind_account_sends_nothing_and_goes_on_by_itself() -> None:
    house = SmallHouse()
    house.mailbox.freeze()
    await house.invite(person("Ada"))
    await house.live(START + timedelta(hours=2))
    assert house.courier.tried == []
    assert any("cannot read" in telling.subject for telling in house.channel.told)
    house.mailbox.thaw()
    await house.live(START + timedelta(hours=4))
    assert len(house.courier.delivered) == 1


async def test_an_answer_is_heard_while_the_daemon_rests() -> None:
    house = SmallHouse()
    await house.invite(person("Ada"))
    answer = START + timedelta(days=3, minutes=7)
    raw = mail_from("ada@ada.example", "Call me, please.")
    await house.live(answer + timedelta(minutes=1), [(answer, raw)])
    (telling,) = house.channel.told
    assert telling.text.startswith("Call me, please.")
    assert [str(each.state) for each in await house.store.desk.handoffs()] == ["open"]


async def test_a_failing_database_call_does_not_end_the_daemon() -> None:
    house = SmallHouse()
    await house.invite(person("Ada"))
    due = house.store.outgoing.next_due
    failures = iter([True, True])

    class Flaky:
        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

        async def next_due(self, account: str) -> object:
            if next(failures, False):
                raise RuntimeError("disk I/O error")
            return await due(account)

    real = house.store.outgoing
    house.store.outgoing = Flaky()  # type: ignore[assignment]
    await house.live(START + timedelta(days=1))
    assert await house.sent_to("ada@ada.example") == ["Hello Ada"]


async def test_nothing_is_marked_in_the_owners_inbox() -> None:
    house = SmallHouse()
    await house.invite(person("Ada"))
    house.mailbox.deliver(Folder.INBOX, mail_from("ada@ada.example", "Hello."))
    await house.live(START + timedelta(days=2))
    assert house.mailbox.flags(Folder.INBOX) == (frozenset(),)


async def test_who_was_killed_is_told_of_by_the_next_one_and_who_stopped_is_not() -> None:
    small = SmallHouse()
    await small.live(START + timedelta(hours=1))
    await small.live(START + timedelta(hours=2))
    assert small.channel.told == []
    await small.store.accounts.take("anna", "killed", START, START + timedelta(hours=1))
    await small.live(START + timedelta(days=1))
    assert [each.subject for each in small.channel.told] == [
        "nurture was ended without notice, and works again for anna@carter.example"
    ]


async def test_o14_while_the_clock_is_in_doubt_nothing_leaves_and_answers_are_heard() -> None:
    small = SmallHouse()
    doubts = ["it was set forward by 30 days"]
    made = small.house
    small.house = lambda: replace(  # type: ignore[method-assign]
        made(), clock_doubt=lambda: doubts[0]
    )
    ada = person("Ada")
    await small.invite(ada)
    await small.live(
        START + timedelta(hours=5),
        [(START + timedelta(hours=1), mail_from("ben@ben.example", "Hello"))],
    )
    assert small.courier.tried == []
    told = [each.subject for each in small.channel.told if "clock of the machine" in each.subject]
    assert len(told) == 1
    doubts[0] = ""
    await small.live(START + timedelta(days=3))
    assert await small.sent_to(ada.address)
