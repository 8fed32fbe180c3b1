"""What every store promises about commands by mail (ports.Instructions)."""

import asyncio
from dataclasses import replace
from datetime import date

from nurture.core.enrollment import State
from nurture.core.handoff import HandoffState, Outcome
from nurture.core.handoff.deed import Close, Snooze, Take
from nurture.core.handoff.ticket import Matter, Ticket
from nurture.core.task import TaskMove, TaskState
from nurture.ports import Instruction, Notice, Reply, Stores
from nurture.ports.instructions import (
    EndTask,
    KeepNote,
    MoveTask,
    StopWalks,
    WorkHandoff,
    unproven_key,
)
from tests.fakes.story import ACCOUNT, ANSWERED, DAY, HOUR, START, Story, order_of

NOON = START + 3 * HOUR
REPLY = Reply(ACCOUNT, "Re: Hello", "Done.\n", "answer/1", NOON, ("a@x.example", "b@x.example"))


async def ticketed(story: Story, number: int = 0, nonce: str = "abcdefghij") -> Ticket:
    """The ticket of a notice that is told."""
    store = story.store
    await store.desk.tell(ACCOUNT, "A digest", "text", START, f"digest/{nonce}")
    notice = (await store.desk.notices_due(NOON))[-1]
    matter = Matter.HANDOFF if number else Matter.ALL
    return await store.instructions.issue(
        Ticket(nonce, ACCOUNT, matter, number, notice.id, START + HOUR)
    )


async def handed(story: Story) -> int:
    """The handoff of somebody who answered."""
    walk = await story.enrolled()
    contact = await story.store.people.contact_by_id(walk.contact_id)
    assert contact
    number = (await story.hears(contact, ANSWERED)).handoff_id
    assert number
    return number


async def answers(store: Stores) -> list[Notice]:
    """What commands were answered with."""
    return [each for each in await store.desk.notices_due(NOON) if each.kind == "answer"]


async def obeyed(
    story: Story, ticket: Ticket, instruction: Instruction, reply: Reply = REPLY
) -> str:
    """Done, or the objection."""
    mail = replace(story.mail(), verdict=None)
    came = await story.store.instructions.obey(ticket, instruction, reply, mail, mail.message_id)
    return "done" if came.is_done else came.objection


async def test_a_notice_keeps_the_ticket_it_went_out_with_first(
    store: Stores, story: Story
) -> None:
    first = await ticketed(story)
    assert await store.instructions.issue(replace(first, nonce="another222")) == first
    assert await store.instructions.ticket("abcdefghij") == first
    assert await store.instructions.ticket("another222") is None


async def test_the_deed_the_mail_and_the_answer_are_one(store: Stores, story: Story) -> None:
    number = await handed(story)
    ticket = await ticketed(story, number)
    fresh = Ticket("zzzzzzzzzz", ACCOUNT, Matter.HANDOFF, number, 0, NOON)
    reply = replace(REPLY, ticket=fresh)
    take = WorkHandoff(number, Take("Anna", NOON + 4 * HOUR))
    mail = replace(story.mail(), verdict=None)
    came = await store.instructions.obey(ticket, take, reply, mail, "m1@x.example")
    assert (came.is_new, came.is_done) == (True, True)
    handoff = await store.desk.handoff(number)
    assert handoff
    assert handoff.state is HandoffState.TAKEN
    spent = await store.instructions.ticket(ticket.nonce)
    assert spent
    assert (spent.used_at, spent.used_by) == (NOON, "m1@x.example")
    (answer,) = await answers(store)
    assert (answer.text, answer.answering) == ("Done.\n", "a@x.example b@x.example")
    following = await store.instructions.issue(
        Ticket("y" * 10, ACCOUNT, Matter.ALL, 0, answer.id, NOON)
    )
    assert following == replace(fresh, notice_id=answer.id)
    again = await store.instructions.obey(ticket, take, reply, mail, "m1@x.example")
    assert not again.is_new


async def test_of_two_mails_with_one_ticket_one_is_obeyed(store: Stores, story: Story) -> None:
    number = await handed(story)
    ticket = await ticketed(story, number)
    came = await asyncio.gather(
        *(
            obeyed(story, ticket, WorkHandoff(number, Snooze("Anna", NOON + day * DAY)))
            for day in range(1, 6)
        )
    )
    assert sorted(came) == ["done", *["spent"] * 4]
    assert len(await answers(store)) == 1


async def test_what_cannot_be_done_is_told_and_leaves_the_ticket_good(
    store: Stores, story: Story
) -> None:
    number = await handed(story)
    ticket = await ticketed(story, number)
    await story.closed(number, Outcome.WON, NOON)
    why = await obeyed(story, ticket, WorkHandoff(number, Close("Anna", Outcome.DONE)))
    assert why == f"handoff {number} is closed already: won"
    (answer,) = await answers(store)
    assert answer.text == f"Nothing was done: {why}.\n"
    known = await store.instructions.ticket(ticket.nonce)
    assert known
    assert known.used_at is None


async def test_a_task_is_moved_and_ended(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await store.outgoing.assign([order_of(walk)], START)
    ((task, _),) = await store.tasks.tasks()
    first, second = await ticketed(story), await ticketed(story, nonce="second2222")
    moved = await obeyed(story, first, MoveTask(task.id, date(2026, 4, 1)))
    end = EndTask(task.id, TaskMove.FINISHED, "voicemail", None)
    ended = await obeyed(story, second, end, replace(REPLY, key="answer/2"))
    after = await store.tasks.task(task.id)
    assert after
    assert (moved, ended, after.due_on) == ("done", "done", date(2026, 4, 1))
    assert (after.state, after.note) == (TaskState.DONE, "voicemail")
    third = await ticketed(story, nonce="third33333")
    assert "decided already" in await obeyed(story, third, end, replace(REPLY, key="answer/3"))


async def test_walks_are_stopped_and_notes_kept(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    first, second = await ticketed(story), await ticketed(story, nonce="second2222")
    assert await obeyed(story, first, KeepNote(walk.contact_id, "sails")) == "done"
    stop = StopWalks(walk.contact_id)
    assert await obeyed(story, second, stop, replace(REPLY, key="answer/2")) == "done"
    contact = await store.people.contact_by_id(walk.contact_id)
    assert contact
    assert contact.notes == "2026-03-02: sails"
    assert (await story.now_at(walk)).state is State.ENDED


async def test_an_answer_is_told_once_and_not_before_its_time(store: Stores, story: Story) -> None:
    late = replace(REPLY, due_at=NOON + HOUR)
    assert await store.instructions.answer(story.mail(), late)
    assert not await store.instructions.answer(story.mail(), late)
    assert await answers(store) == []
    due = await store.desk.notices_due(NOON + HOUR)
    assert [each.text for each in due] == ["Done.\n"]


async def test_a_doubt_is_forgotten_once_the_ticket_is_proven(store: Stores, story: Story) -> None:
    number = await handed(story)
    ticket = await ticketed(story, number)
    doubt = replace(REPLY, key=unproven_key(ticket.nonce), text="Was it you?", due_at=NOON + HOUR)
    await store.instructions.answer(story.mail(), doubt)
    await obeyed(story, ticket, WorkHandoff(number, Take("Anna", NOON + HOUR)))
    due = await store.desk.notices_due(NOON + DAY)
    assert "Was it you?" not in [each.text for each in due]
