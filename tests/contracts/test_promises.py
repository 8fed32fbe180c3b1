"""What every store promises about promises found in the owner's mail (ports.Promises)."""

from dataclasses import replace
from datetime import date

from nurture.core.effect import Effect
from nurture.core.promise import Promise, PromiseState
from nurture.ports import Stores
from tests.fakes.story import HOUR, START, Story

SENT = START - HOUR
SPOKE = Effect(owner_spoke=True)


async def promised(story: Story, *due: date) -> tuple[int, ...]:
    """The ids of promises that the owner made to Bob in one mail."""
    bob = await story.known("bob@firm.example")
    found = tuple(Promise(0, bob.id, "anna", f"I'll send it by {day}.", day, SENT) for day in due)
    await story.hears(bob, SPOKE, promises=found, verdict=None, outcome="owner wrote")
    return tuple(each.id for each, _ in await story.store.promises.promises())


async def test_promises_come_back_with_whom_they_were_made_to_the_earliest_first(
    store: Stores, story: Story
) -> None:
    await promised(story, date(2026, 3, 20), date(2026, 3, 13))
    (first, bob), (second, _) = await store.promises.promises()
    assert (first.due_on, second.due_on) == (date(2026, 3, 13), date(2026, 3, 20))
    assert (first.sentence, first.said_at) == ("I'll send it by 2026-03-13.", SENT)
    assert (first.is_dated, first.state, bob.address) == (
        True,
        PromiseState.OPEN,
        "bob@firm.example",
    )


async def test_a_mail_that_is_read_twice_promises_once(store: Stores, story: Story) -> None:
    bob = await story.known("bob@firm.example")
    found = (Promise(0, bob.id, "anna", "I'll send it.", date(2026, 3, 13), SENT, is_dated=False),)
    mail = replace(story.mail(bob, SPOKE), promises=found, verdict=None)
    for _ in range(2):
        await store.incoming.record(mail)
    ((promise, _),) = await store.promises.promises()
    assert not promise.is_dated


async def test_the_ledger_tells_of_a_promise(store: Stores, story: Story) -> None:
    await promised(story, date(2026, 3, 13))
    bob = await story.known("bob@firm.example")
    told = [line for line in await store.desk.ledger(bob.id) if line.event == "promise_made"]
    assert [line.why for line in told] == ["I'll send it by 2026-03-13. (by 2026-03-13)"]


async def test_an_accepted_promise_is_a_task_and_cannot_be_accepted_twice(
    store: Stores, story: Story
) -> None:
    (number,) = await promised(story, date(2026, 3, 13))
    task_id = await store.promises.accept(number, None, START)
    assert task_id is not None
    task = await store.tasks.task(task_id)
    assert task is not None
    assert (task.due_on, task.enrollment_id) == (date(2026, 3, 13), None)
    assert task.title == "You promised: I'll send it by 2026-03-13."
    assert await store.promises.accept(number, None, START) is None
    assert not await store.promises.reject(number)
    assert await store.promises.promises() == ()
    ((settled, _),) = await store.promises.promises(open_only=False)
    assert settled.state is PromiseState.ACCEPTED
    assert "task_given" in await story.events(task.contact_id)


async def test_it_may_be_accepted_for_another_day(store: Stores, story: Story) -> None:
    (number,) = await promised(story, date(2026, 3, 13))
    task_id = await store.promises.accept(number, date(2026, 3, 17), START)
    task = await store.tasks.task(task_id or 0)
    assert task is not None
    assert task.due_on == date(2026, 3, 17)


async def test_a_rejected_promise_is_gone_and_no_task(store: Stores, story: Story) -> None:
    (number,) = await promised(story, date(2026, 3, 13))
    assert await store.promises.reject(number)
    assert not await store.promises.reject(number)
    assert await store.promises.accept(number, None, START) is None
    assert await store.promises.accept(99, None, START) is None
    assert await store.promises.promises() == ()
    assert await store.tasks.tasks() == ()
