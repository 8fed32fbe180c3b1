"""What every store promises about accepted plans (ports.Reconnections)."""

from datetime import date, timedelta

from nurture.core.reconnection import Appointment, AppointmentState, Silence
from nurture.ports import Stores
from tests.fakes.story import ACCOUNT, START, Story

MONDAY = date(2026, 3, 2)
WEEK = timedelta(days=7)
EMAILS = ("ada@a.example", "bea@b.example", "cleo@c.example")


def at(contact_id: int, week: date = MONDAY) -> Appointment:
    return Appointment(contact_id, week, Silence.ONE_YEAR)


async def known(story: Story) -> list[int]:
    return [(await story.known(each)).id for each in EMAILS]


async def test_an_accepted_plan_is_read_back_in_the_order_of_its_turns(
    store: Stores, story: Story
) -> None:
    ada, bea, cleo = await known(story)
    accepted = [at(cleo), at(ada), at(bea, MONDAY + WEEK)]
    await store.reconnections.accept(ACCOUNT, "reconnect", 10, accepted)
    agenda = await store.reconnections.agenda(ACCOUNT)
    assert [(each.contact_id, each.week) for each in agenda] == [
        (cleo, MONDAY), (ada, MONDAY), (bea, MONDAY + WEEK)
    ]  # fmt: skip
    assert {(each.sequence, each.per_week, each.state) for each in agenda} == {
        ("reconnect", 10, AppointmentState.PLANNED)
    }
    assert await store.reconnections.agenda("other") == ()


async def test_an_appointment_is_settled_once_and_keeps_why(store: Stores, story: Story) -> None:
    ada, *_ = await known(story)
    await store.reconnections.accept(ACCOUNT, "reconnect", 10, [at(ada)])
    settle = store.reconnections.settle
    assert await settle(ada, AppointmentState.DROPPED, "they wrote", START)
    assert not await settle(ada, AppointmentState.BEGUN, "", START)
    (planned,) = await store.reconnections.agenda(ACCOUNT)
    assert (planned.state, planned.why) == (AppointmentState.DROPPED, "they wrote")
    assert planned.settled_at == START


async def test_a_new_plan_replaces_what_had_not_begun_and_abandoning_forgets_it(
    store: Stores, story: Story
) -> None:
    ada, bea, cleo = await known(story)
    await store.reconnections.accept(ACCOUNT, "reconnect", 10, [at(ada), at(bea)])
    await store.reconnections.settle(ada, AppointmentState.BEGUN, "", START)
    await store.reconnections.accept(ACCOUNT, "reconnect", 12, [at(cleo)])
    agenda = await store.reconnections.agenda(ACCOUNT)
    assert {each.contact_id: each.state for each in agenda} == {
        ada: AppointmentState.BEGUN, cleo: AppointmentState.PLANNED
    }  # fmt: skip
    assert await store.reconnections.abandon(ACCOUNT) == 1
    assert [each.contact_id for each in await store.reconnections.agenda(ACCOUNT)] == [ada]
    await store.reconnections.accept(ACCOUNT, "reconnect", 12, [at(ada)])
    (again,) = await store.reconnections.agenda(ACCOUNT)
    assert again.state is AppointmentState.PLANNED
