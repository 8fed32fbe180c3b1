"""A promise of the owner's becomes a task (core.promise)."""

from datetime import UTC, date, datetime

import pytest

from nurture.core.account.workday import Workdays
from nurture.core.contact import Contact
from nurture.core.promise import Promise, promised_by, task_of_promise
from nurture.core.task import Channel, TaskState

WEDNESDAY = date(2026, 3, 11)
AUSTRIA = Workdays(("AT",))
BOB = Contact("bob@firm.example", id=3, given_name="Bob")
SAID_AT = datetime(2026, 3, 11, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last", "due"),
    [
        (date(2026, 3, 13), date(2026, 3, 13), date(2026, 3, 13)),
        (date(2026, 3, 16), date(2026, 3, 20), date(2026, 3, 20)),
        (WEDNESDAY, date(2026, 3, 15), date(2026, 3, 13)),  # by Sunday: on Friday
        (date(2026, 3, 14), date(2026, 3, 14), date(2026, 3, 16)),  # on Saturday: no earlier
        (None, None, date(2026, 3, 16)),  # soon: three working days
    ],
)
def test_it_is_due_on_the_last_working_day_that_keeps_it(
    first: date | None, last: date | None, due: date
) -> None:
    assert promised_by(WEDNESDAY, first, last, AUSTRIA) == due


def test_the_task_says_what_was_promised_to_whom_and_when() -> None:
    promise = Promise(1, 3, "anna", "I'll send it Friday.", date(2026, 3, 13), SAID_AT)
    task = task_of_promise(promise, BOB, promise.due_on, SAID_AT)
    assert task.title == "You promised: I'll send it Friday."
    assert (task.contact_id, task.account, task.enrollment_id) == (3, "anna", None)
    assert (task.due_on, task.state, task.channel) == (promise.due_on, TaskState.OPEN, Channel.TASK)
    assert task.why == "you wrote so to Bob on 11 Mar 2026"
    assert not task.blocks


def test_a_long_sentence_is_cut_in_the_title_alone() -> None:
    sentence = "I'll send it Friday " + "and more " * 40
    promise = Promise(1, 3, "anna", sentence, date(2026, 3, 13), SAID_AT)
    task = task_of_promise(promise, BOB, promise.due_on, SAID_AT)
    assert len(task.title) < 110
    assert task.title.endswith("\u2026")
    assert task.text == sentence
