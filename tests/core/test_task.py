"""A task is settled once, and says all that its owner needs."""

from datetime import UTC, date, datetime

import pytest

from nurture.core.contact import Contact
from nurture.core.task import (
    Channel,
    Task,
    TaskMove,
    TaskState,
    move_task,
    task_subject,
    task_text,
)
from nurture.errors import Broken

TASK = Task(
    id=7,
    enrollment_id=1,
    contact_id=1,
    account="anna",
    sequence="former-client",
    step="yearly-call",
    occurrence="1",
    channel=Channel.CALL,
    title="Ask Bob how the first year went",
    text="Ask Bob how the first year went.\n\nHe has a dog.",
    due_on=date(2026, 3, 9),
    created_at=datetime(2026, 3, 2, tzinfo=UTC),
)
BOB = Contact("bob@firm.example", given_name="Bob", company="Firm", phone="+43 1 22")


@pytest.mark.parametrize(
    ("by", "state"),
    [
        (TaskMove.FINISHED, TaskState.DONE),
        (TaskMove.PASSED_OVER, TaskState.SKIPPED),
        (TaskMove.EXPIRED, TaskState.LAPSED),
        (TaskMove.CALLED_OFF, TaskState.CANCELLED),
    ],
)
def test_an_open_task_is_settled_and_then_stays_so(by: TaskMove, state: TaskState) -> None:
    assert move_task(TaskState.OPEN, by) is state
    for again in TaskMove:
        with pytest.raises(Broken, match=f"a task that is {state} cannot be"):
            move_task(state, again)


def test_only_work_that_nobody_notices_is_no_contact() -> None:
    assert [each for each in Channel if not each.reaches_them] == [Channel.TASK]


def test_the_owner_reads_until_when_what_for_whom_and_what_to_type() -> None:
    assert task_subject(TASK) == "To do by Mon 09 Mar 2026: Ask Bob how the first year went"
    assert task_text(TASK, BOB) == (
        "Ask Bob how the first year went.\n\nHe has a dog.\n\n"
        "For Bob <bob@firm.example>, Firm\nPhone: +43 1 22\n"
        "Because it is time for yearly-call of former-client\n\n"
        "When it is done: nurture tasks done 7\n"
        "If it is not to be done: nurture tasks skip 7\n"
    )


def test_what_is_not_known_leaves_no_line() -> None:
    text = task_text(TASK, Contact("bob@firm.example"))
    assert "For bob@firm.example <bob@firm.example>\nBecause" in text
