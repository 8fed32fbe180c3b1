"""A mail says on which day its owner will call; the task is due then, and the walk waits for it."""

from datetime import timedelta

from nurture.core.task import TaskMove
from nurture.flows.finish_task import Workbench, finish_task
from tests.fakes.small_house import ACCOUNT, SmallHouse, person

ADA = person("Ada", "Brandt", phone="+43 1 22")
SEQUENCE = """\
sequence: tips
why: we talked
steps:
  - id: hello
    email: mail/hello.md
    promises: ring
  - id: ring
    call: Ring {{ given_name }}, as you promised.
    within: 3 business days
    when: phone is known
  - id: bye
    email: mail/bye.md
"""
MAILS = {
    "mail/hello.md": "---\nsubject: Hello\n---\nI will call you on {{ promise.date }}.\n",
    "mail/bye.md": "---\nsubject: Bye\n---\nIt was good to talk.\n",
}


async def test_the_call_is_due_on_the_day_that_the_mail_named_and_blocks_until_done() -> None:
    house = SmallHouse()
    await house.shelve({"tips": SEQUENCE}, MAILS)
    await house.invite(ADA)
    await house.round()
    (touch,) = house.courier.delivered
    assert b"I will call you on Thursday 5 March." in touch.wire
    await house.round()
    ((task, _),) = await house.store.tasks.tasks()
    assert (task.step, str(task.due_on), task.blocks) == ("ring", "2026-03-05", True)
    await house.clock.advance_to(house.clock.now() + timedelta(days=60))
    assert len(house.courier.delivered) == 1
    bench = Workbench(
        house.store.tasks, house.store.people, house.store.outgoing, house.shelf,
        {ACCOUNT.name: ACCOUNT}, house.clock,
    )  # fmt: skip
    assert await finish_task(bench, task.id, TaskMove.FINISHED, "voicemail")
    (walk,) = (await house.store.outgoing.walks([task.contact_id]))[task.contact_id]
    assert walk.position == "bye"


async def test_where_nobody_could_call_the_mail_that_says_so_is_held() -> None:
    house = SmallHouse()
    await house.shelve({"tips": SEQUENCE}, MAILS)
    await house.invite(person("Ida"))
    await house.round()
    assert house.courier.delivered == []
    ((held, _),) = await house.store.desk.held()
    assert "promise.date" in held.held_why
