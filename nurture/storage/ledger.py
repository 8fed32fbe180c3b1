"""The lines from which every why can be told (promise P10)."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Final

from sqlalchemy import Connection

from nurture.core.enrollment import Enrollment, State
from nurture.core.promise import Promise
from nurture.core.task import Task, TaskState
from nurture.core.touch import Touch, TouchState
from nurture.ports import LedgerEntry
from nurture.storage import tables
from nurture.storage.insertion import insert_into


class Event(StrEnum):
    """What can happen to a contact, or to all sending."""

    CONTACT_ADDED = "contact_added"
    CONTACT_UPDATED = "contact_updated"
    CONTACT_ERASED = "contact_erased"
    ALIAS_LEARNT = "alias_learnt"
    ADDRESS_SUPPRESSED = "address_suppressed"
    ENROLLMENT_STARTED = "enrollment_started"
    ENROLLMENT_RESUMED = "enrollment_resumed"
    ENROLLMENT_PAUSED = "enrollment_paused"
    ENROLLMENT_HANDED_OFF = "enrollment_handed_off"
    ENROLLMENT_ENDED = "enrollment_ended"
    WALK_CARRIED = "walk_carried"
    STEP_DONE = "step_done"
    STEP_OVERRIDDEN = "step_overridden"
    OCCASION_PLANNED = "occasion_planned"
    TASK_GIVEN = "task_given"
    TASK_MOVED = "task_moved"
    TASK_DONE = "task_done"
    TASK_SKIPPED = "task_skipped"
    TASK_LAPSED = "task_lapsed"
    TASK_CANCELLED = "task_cancelled"
    CUE_CAME_ROUND = "cue_came_round"
    PROMISE_MADE = "promise_made"
    HUSHED = "hushed"
    HUSH_LIFTED = "hush_lifted"
    TOUCH_POSTPONED = "touch_postponed"
    TOUCH_HELD = "touch_held"
    TOUCH_SENT = "touch_sent"
    TOUCH_DEFERRED = "touch_deferred"
    TOUCH_REFUSED = "touch_refused"
    TOUCH_UNCERTAIN = "touch_uncertain"
    TOUCH_CANCELLED = "touch_cancelled"
    TOUCH_BOUNCED = "touch_bounced"
    DRAFT_MADE = "draft_made"
    DRAFT_ACCEPTED = "draft_accepted"
    DRAFT_REWORDED = "draft_reworded"
    DRAFT_SKIPPED = "draft_skipped"
    DRAFT_PLACED = "draft_placed"
    DRAFT_DOUBTED = "draft_doubted"
    DRAFT_OVERTAKEN = "draft_overtaken"
    MAIL_HEARD = "mail_heard"
    VERDICT_CORRECTED = "verdict_corrected"
    HANDOFF_OPENED = "handoff_opened"
    HANDOFF_WRITTEN_AGAIN = "handoff_written_again"
    HANDOFF_TAKEN = "handoff_taken"
    HANDOFF_ANSWERED = "handoff_answered"
    HANDOFF_SNOOZED = "handoff_snoozed"
    HANDOFF_GIVEN_BACK = "handoff_given_back"
    HANDOFF_BACK = "handoff_back"
    HANDOFF_THANKED = "handoff_thanked"
    HANDOFF_CLOSED = "handoff_closed"
    OWNER_SPOKE = "owner_spoke"
    SENDING_HALTED = "sending_halted"
    SENDING_GOES_ON = "sending_goes_on"
    MAIL_RECALLED = "mail_recalled"


OF_STATE: Final = {
    State.ACTIVE: Event.ENROLLMENT_RESUMED,
    State.PAUSED: Event.ENROLLMENT_PAUSED,
    State.HANDED_OFF: Event.ENROLLMENT_HANDED_OFF,
    State.ENDED: Event.ENROLLMENT_ENDED,
}
OF_TASK: Final = {
    TaskState.OPEN: Event.TASK_GIVEN,
    TaskState.DONE: Event.TASK_DONE,
    TaskState.SKIPPED: Event.TASK_SKIPPED,
    TaskState.LAPSED: Event.TASK_LAPSED,
    TaskState.CANCELLED: Event.TASK_CANCELLED,
}
OF_TOUCH: Final = {
    TouchState.SENT: Event.TOUCH_SENT,
    TouchState.DEFERRED: Event.TOUCH_DEFERRED,
    TouchState.REFUSED: Event.TOUCH_REFUSED,
    TouchState.UNCERTAIN: Event.TOUCH_UNCERTAIN,
    TouchState.CANCELLED: Event.TOUCH_CANCELLED,
    TouchState.BOUNCED: Event.TOUCH_BOUNCED,
}

LINE: Final = tuple(LedgerEntry.__dataclass_fields__)
"""The columns of a line."""

_WRITE: Final = insert_into(tables.ledger, *LINE)
_told: Final = attrgetter(*LINE)


def about_walk(walk: Enrollment, event: Event, why: str, at: datetime) -> LedgerEntry:
    """A line about an enrollment, at the step it stands at."""
    return LedgerEntry(at, event, why, walk.contact_id, walk.sequence, walk.position)


def about_touch(touch: Touch, event: Event, why: str, at: datetime) -> LedgerEntry:
    """A line about a touch."""
    return LedgerEntry(at, event, why, touch.contact_id, touch.sequence, touch.step)


def about_task(task: Task, why: str, at: datetime) -> LedgerEntry:
    """A line about a task as it stands now."""
    event = OF_TASK[task.state]
    return LedgerEntry(at, event, why, task.contact_id, task.sequence, task.step)


def about_promise(promise: Promise) -> LedgerEntry:
    """A line about a promise, of the time at which it was made."""
    why = f"{promise.sentence} (by {promise.due_on})"
    return LedgerEntry(promise.said_at, Event.PROMISE_MADE, why, promise.contact_id)


def write_lines(connection: Connection, lines: Iterable[LedgerEntry]) -> None:
    """Appends these lines, in one statement."""
    _WRITE.run_all(connection, LINE, map(_told, lines))
