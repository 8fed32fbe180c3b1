"""Something only a human can do for a contact, and the only ways its state may change."""

from datetime import date, datetime
from enum import StrEnum

from nurture.core.contact import Contact
from nurture.core.transition import state_after
from nurture.value import frozen


class Channel(StrEnum):
    """How one person reaches another."""

    MAIL = "mail"
    CALL = "call"
    VISIT = "visit"
    LETTER = "letter"
    GIFT = "gift"
    TASK = "task"  # work for the contact's sake that they do not notice as contact

    @property
    def reaches_them(self) -> bool:
        """Whether doing it counts as contact with the person."""
        return self is not Channel.TASK


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


class TaskMove(StrEnum):
    """What can happen to a task."""

    FINISHED = "finished"  # the owner did it
    PASSED_OVER = "passed_over"  # the owner decided against it
    EXPIRED = "expired"  # its time went by
    CALLED_OFF = "called_off"  # the walk that wanted it has ended


TASK_TRANSITIONS: dict[tuple[TaskState, TaskMove], TaskState] = {
    (TaskState.OPEN, TaskMove.FINISHED): TaskState.DONE,
    (TaskState.OPEN, TaskMove.PASSED_OVER): TaskState.SKIPPED,
    (TaskState.OPEN, TaskMove.EXPIRED): TaskState.LAPSED,
    (TaskState.OPEN, TaskMove.CALLED_OFF): TaskState.CANCELLED,
}
"""A task that is no longer open stays as it is."""


def move_task(state: TaskState, by: TaskMove) -> TaskState:
    """The state after a move; raises Broken for an illegal one, changing nothing."""
    return state_after(TASK_TRANSITIONS, state, by, "a task")


@frozen
class Task:
    """Something for a human to do; of one human step of a walk never more than one an occurrence.

    One that the owner gave themselves belongs to no walk.  `text` is what to say or to write,
    rendered for this person; `due_on` a day in the owner's zone, `dated_on` the date that a letter
    bears since its first print.  While one that `blocks` is open, its walk stands still.
    """

    id: int
    enrollment_id: int | None
    contact_id: int
    account: str
    sequence: str
    step: str
    occurrence: str
    channel: Channel
    title: str
    text: str
    due_on: date
    created_at: datetime
    blocks: bool = True
    state: TaskState = TaskState.OPEN
    done_at: datetime | None = None
    note: str = ""
    why: str = ""
    dated_on: date | None = None


def untitled(channel: Channel, name: str) -> str:
    """What a task is called whose words have no subject of their own."""
    return f"{channel} to {name}"


def is_untitled(task: Task) -> bool:
    """Whether it is called so, whatever its person was called then."""
    return task.title.startswith(untitled(task.channel, ""))


def own_task(contact: Contact, account: str, title: str, due_on: date, now: datetime) -> Task:
    """A task of the owner's own making, unnoticed by the contact until told otherwise."""
    return Task(
        id=0,
        enrollment_id=None,
        contact_id=contact.id,
        account=account,
        sequence="",
        step="",
        occurrence="",
        channel=Channel.TASK,
        title=title,
        text=title,
        due_on=due_on,
        created_at=now,
        blocks=False,
        why="you noted it",
    )


def whereabouts(contact: Contact) -> str:
    """The contact's postal address in one line, as far as it is known."""
    town = " ".join(part for part in (contact.postal_code, contact.city) if part)
    lines = (*contact.street.splitlines(), town, contact.country)
    return ", ".join(part for part in lines if part)


def task_subject(task: Task) -> str:
    """What the owner reads first: until when, and what."""
    return f"To do by {task.due_on:%a %d %b %Y}: {task.title}"


def task_text(task: Task, contact: Contact) -> str:
    """What the owner needs to do it: the words, who it is for, and what to type afterwards."""
    who = f"{contact.name} <{contact.address}>" + (
        f", {contact.company}" if contact.company else ""
    )
    parts = (
        task.text.strip(),
        "",
        f"For {who}",
        *([f"Phone: {contact.phone}"] if contact.phone else []),
        *([f"Address: {where}"] if (where := whereabouts(contact)) else []),
        f"Because {task.why or f'it is time for {task.step} of {task.sequence}'}",
        "",
        *_how_done(task),
        f"If it is not to be done: nurture tasks skip {task.id}",
    )
    return "\n".join(parts) + "\n"


def _how_done(task: Task) -> tuple[str, ...]:
    if task.channel is Channel.LETTER:
        return (
            f"To print it: nurture letters print {task.id}",
            f"When it is in the post: nurture letters posted {task.id}",
        )
    return (f"When it is done: nurture tasks done {task.id}",)
