"""A promise found in what the owner wrote, offered to them as a task."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from nurture.core.account.workday import Workdays
from nurture.core.contact import Contact
from nurture.core.task import Channel, Task, own_task
from nurture.value import frozen

LONGEST_AGO = timedelta(days=14)  # an older promise was kept or forgotten: the past is no list
_SOON = 3  # working days in which a promise without a day should be kept
_LONGEST_TITLE = 90


class PromiseState(StrEnum):
    """What the owner said to it."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@frozen
class Promise:
    """The `sentence` as it was written, and the working day by which it wants to be kept.

    `is_dated` where the words named a time; else the day is our own guess.
    """

    id: int
    contact_id: int
    account: str
    sentence: str
    due_on: date
    said_at: datetime
    is_dated: bool = True
    state: PromiseState = PromiseState.OPEN


def promised_by(said_on: date, first: date | None, last: date | None, workdays: Workdays) -> date:
    """The last working day on which a promise made then is kept in time; soon, without a day.

    A day that is closed is drawn forward to the one before, where it is not before `first`.
    """
    if last is None:
        return workdays.after(said_on, _SOON)
    return workdays.until_day(last, min(first or last, last))


def task_of_promise(promise: Promise, contact: Contact, due_on: date, now: datetime) -> Task:
    """The task by which the promise is kept."""
    sentence = promise.sentence
    short = len(sentence) <= _LONGEST_TITLE
    title = sentence if short else f"{sentence[: _LONGEST_TITLE - 1].rstrip()}\u2026"
    task = own_task(contact, promise.account, f"You promised: {title}", due_on, now)
    why = f"you wrote so to {contact.name} on {promise.said_at:%d %b %Y}"
    return replace(task, text=sentence, channel=Channel.TASK, why=why)
