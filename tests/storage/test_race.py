"""Two workers on one database: whatever the order, one promise holds (promises P1, P2)."""

import asyncio
from dataclasses import replace

import pytest

from nurture.core.contact import Contact
from nurture.core.contact.hush import Hush, Hushed
from nurture.core.decision import Advance, Change
from nurture.core.enrollment import State
from nurture.core.task import TaskMove
from nurture.core.touch import TouchMove
from nurture.ports import Begun, Lease, Stopped
from nurture.storage import Store, open_store
from tests.fakes.story import (
    ACCEPTED,
    ACCOUNT,
    ANSWERED,
    DAY,
    FREELY,
    START,
    Story,
    order_of,
    walk_of,
)  # fmt: skip

KEY = b"a key for tests"


async def test_p2_of_two_workers_one_begins_the_step(workers: tuple[Store, Store]) -> None:
    one, other = workers
    story = Story(one)
    for turn in range(10):
        walk = await story.enrolled(f"bob@{turn}.example")
        lease = await story.leased(START + turn * DAY)
        intent = story.intent(walk, f"bob@{turn}.example")
        rival = replace(intent, message_id=f"rival{turn}@firm.example")
        looks = await asyncio.gather(
            one.outgoing.begin(lease, [intent], START, START, FREELY),
            other.outgoing.begin(lease, [rival], START, START, FREELY),
        )
        assert sum(isinstance(look, Begun) for (look,) in looks) == 1


async def test_p1_no_walk_slips_past_an_answer_being_recorded(
    workers: tuple[Store, Store],
) -> None:
    one, other = workers
    story = Story(one)
    for turn in range(10):
        bob = await story.known(f"bob@{turn}.example")
        await asyncio.gather(
            story.hears(bob, ANSWERED), other.outgoing.enroll([walk_of(bob, "news")])
        )
        (walk,) = await one.desk.enrollments(bob.id)
        assert walk.state in {State.HANDED_OFF, State.PAUSED}


async def test_p1_either_the_answer_or_the_intent_comes_first(
    workers: tuple[Store, Store],
) -> None:
    one, other = workers
    story = Story(one)
    lease: Lease = await story.leased()
    for turn in range(10):
        walk = await story.enrolled(f"bob@{turn}.example")
        bob = await story.known(f"bob@{turn}.example")
        intent = story.intent(walk, bob.address)
        _, looks = await asyncio.gather(
            story.hears(bob, ANSWERED), other.outgoing.begin(lease, [intent], START, START, FREELY)
        )
        assert (await story.now_at(walk)).state is State.HANDED_OFF
        (again,) = await other.outgoing.begin(lease, [intent], START, START, FREELY)
        assert not isinstance(again, Begun)
        assert len(looks) == 1


async def test_colleagues_who_answer_at_once_do_not_wait_for_each_other(
    workers: tuple[Store, Store],
) -> None:
    one, other = workers
    story, elsewhere = Story(one), Story(other)
    for turn in range(10):
        names = [f"{name}@{turn}.example" for name in ("bob", "eve")]
        walks = [await story.enrolled(name) for name in names]
        bob, eve = [await story.known(name) for name in names]
        mail = replace(elsewhere.mail(eve, ANSWERED), account="otto")
        await asyncio.gather(story.hears(bob, ANSWERED), other.incoming.record(mail))
        states = [(await story.now_at(walk)).state for walk in walks]
        assert states == [State.HANDED_OFF, State.HANDED_OFF]


async def test_p1_an_answer_during_the_settlement_is_kept(workers: tuple[Store, Store]) -> None:
    one, other = workers
    story, elsewhere = Story(one), Story(other)
    onward = Advance("second", START + DAY, "sent")
    for turn in range(10):
        walk = await story.enrolled(f"bob@{turn}.example")
        bob = await story.known(f"bob@{turn}.example")
        (look,) = await story.look(story.intent(walk, bob.address))
        assert isinstance(look, Begun)
        mail = elsewhere.mail(bob, ANSWERED)
        await asyncio.gather(
            other.incoming.record(mail),
            story.settled(look.touch_id, TouchMove.ACCEPTED, ACCEPTED, next=onward),
        )
        now = await story.now_at(walk)
        assert (now.state, now.position) == (State.HANDED_OFF, "second")


@pytest.mark.parametrize(
    ("first", "second", "sequences"),
    [
        ("bob@firm{}.example", "eve@firm{}.example", ("tips", "tips")),  # colleagues
        ("bob{}@gmail.com", "bob{}@gmail.com", ("tips", "news")),  # nobody's colleague, twice
    ],
)
async def test_p6_two_accounts_never_write_to_one_company_or_person_at_once(
    workers: tuple[Store, Store], first: str, second: str, sequences: tuple[str, str]
) -> None:
    one, other = workers
    story = Story(one)
    ours = await story.leased()
    theirs = await one.accounts.take("otto", "w2", START, START + DAY)
    assert theirs is not None
    await one.accounts.was_read(theirs, START)
    for turn in range(10):
        bob, eve = first.format(turn), second.format(turn)
        mine = await story.enrolled(bob, sequences[0])
        his = await story.enrolled(eve, sequences[1], account="otto")
        looks = await asyncio.gather(
            one.outgoing.begin(ours, [story.intent(mine, bob)], START, START, FREELY),
            other.outgoing.begin(theirs, [story.intent(his, eve)], START, START, FREELY),
        )
        assert sum(isinstance(look, Begun) for (look,) in looks) == 1


async def test_a_hush_that_was_accepted_stops_every_later_look(
    workers: tuple[Store, Store],
) -> None:
    one, other = workers
    story = Story(one)
    lease = await story.leased()
    for turn in range(10):
        bob = f"bob@{turn}.example"
        intent = story.intent(await story.enrolled(bob), bob)
        hush = Hush(Hushed.CONTACT, bob, START + DAY, "grief")
        _, (look,) = await asyncio.gather(
            other.tact.hush(hush, START), one.outgoing.begin(lease, [intent], START, START, FREELY)
        )
        (again,) = await one.outgoing.begin(lease, [intent], START, START, FREELY)
        assert isinstance(again, Stopped)
        assert isinstance(look, Begun) or "grief" in look.why


async def test_of_two_workers_one_finishes_a_task_and_both_give_it_once(
    workers: tuple[Store, Store],
) -> None:
    one, other = workers
    story = Story(one)
    for turn in range(10):
        order = order_of(await story.enrolled(f"bob@{turn}.example"))
        await asyncio.gather(*(store.outgoing.assign([order], START) for store in (one, other)))
        ((task, _),) = await one.tasks.tasks()
        onward = Advance("second", START, "done")
        told = await asyncio.gather(
            *(store.tasks.finish(task.id, TaskMove.FINISHED, "", onward, START)
              for store in (one, other))
        )  # fmt: skip
        assert sorted(told) == [False, True]
        assert await one.tasks.tasks() == ()
        assert (await story.events(task.contact_id)).count("task_given") == 1


async def test_an_import_and_a_step_write_on_one_contact_without_loss(
    workers: tuple[Store, Store],
) -> None:
    one, other = workers
    story = Story(one)
    await story.leased()
    for turn in range(10):
        walk = await story.enrolled(f"bob@{turn}.example")
        tagging = Advance("second", START, "tagged", change=Change(tags=("vip",)))
        await asyncio.gather(
            story.noted(walk, tagging),
            other.people.merge([Contact(f"bob@{turn}.example", city="Graz")], START),
        )
        bob = await one.people.contact_by_id(walk.contact_id)
        assert bob is not None
        assert (bob.tags, bob.city) == (("vip",), "Graz")


async def test_workers_that_start_at_once_all_settle_in(workers: tuple[Store, Store]) -> None:
    for _ in range(10):
        settled = await asyncio.gather(*(store.switch.settle_in(START) for store in workers * 2))
        assert settled == ["", "", "", ""]


async def test_two_openers_create_one_schema(empty_postgres_url: str) -> None:
    opening = (open_store(empty_postgres_url, KEY, START) for _ in range(2))
    stores = await asyncio.gather(*opening)
    for store in stores:
        assert await store.outgoing.next_due(ACCOUNT) is None
        await store.close()
