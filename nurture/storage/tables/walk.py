"""Tables of walks: the texts they follow, their lanes, and all that was done on the way."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint

from nurture.core.enrollment import State
from nurture.core.promise import PromiseState
from nurture.core.task import Channel, TaskState
from nurture.core.touch import TouchState
from nurture.storage.column import Word
from nurture.storage.tables.base import instant, is_word, key, metadata, of, partial, texts, word

revisions = Table(
    "revisions",
    metadata,
    Column("name", sa.Text),
    Column("revision", sa.Text),
    *texts("source"),
    instant("kept_at", known=True),
    sa.PrimaryKeyConstraint("name", "revision"),
)

enrollments = Table(
    "enrollments",
    metadata,
    key(),
    of("contacts", "contact_id"),
    *texts("account", "sequence", "revision"),
    Column("state", Word(State), nullable=False),
    *texts("position"),
    instant("anchor_at", known=True),
    instant("due_at"),
    instant("enrolled_at", known=True),
    *texts("because", "reason"),
    Column("run", Integer, nullable=False, default=1),
    *texts("lane", "occurrence", "owes"),
    instant("held_until"),
    *texts("held_why"),
    UniqueConstraint("contact_id", "sequence", "run", "lane"),
)

touches = Table(
    "touches",
    metadata,
    key(),
    of("enrollments", "enrollment_id"),
    of("contacts", "contact_id"),
    *texts("account", "sequence", "revision", "step", "occurrence"),
    Column("state", Word(TouchState), nullable=False),
    *texts("message_id"),
    instant("begun_at", known=True),
    instant("tried_since"),
    *texts("subject"),
    instant("sent_at"),
    Column("attempts", Integer, nullable=False, default=0),
    *texts("reply", "recipient", "family"),
    Column("epoch", Integer, nullable=False),
    *texts("why", "doubt", "thread", "piece"),
    Column("wire", sa.LargeBinary),
    UniqueConstraint("enrollment_id", "step", "occurrence"),
    Index(None, "contact_id"),
)

message_ids = Table(
    "message_ids",
    metadata,
    Column("id", sa.Text, primary_key=True),
    of("touches", "touch_id"),
    sqlite_with_rowid=False,  # one tree instead of two, in each of which an id costs its way down
)

tasks = Table(
    "tasks",
    metadata,
    key(),
    of("enrollments", "enrollment_id", known=False),
    of("contacts", "contact_id"),
    *texts("account", "sequence", "step", "occurrence"),
    Column("channel", Word(Channel), nullable=False),
    *texts("title", "text"),
    Column("due_on", sa.Date, nullable=False),
    instant("created_at", known=True),
    Column("blocks", sa.Boolean, nullable=False),
    Column("state", Word(TaskState), nullable=False),
    instant("done_at"),
    *texts("note", "why"),
    Column("dated_on", sa.Date),
    UniqueConstraint("enrollment_id", "step", "occurrence"),
)

promises = Table(
    "promises",
    metadata,
    key(),
    of("contacts", "contact_id"),
    *texts("account", "sentence"),
    Column("due_on", sa.Date, nullable=False),
    instant("said_at", known=True),
    Column("is_dated", sa.Boolean, nullable=False),
    Column("state", Word(PromiseState), nullable=False),
    Index(None, "contact_id"),
)

is_active: Final = is_word(enrollments.c.state, State.ACTIVE)
waits_for_a_person: Final = sa.or_(
    is_word(enrollments.c.state, State.PAUSED),
    is_word(enrollments.c.state, State.HANDED_OFF),
    is_active & (enrollments.c.held_why != word("")),
)
is_owing: Final = is_active & (enrollments.c.owes != word(""))
is_sending: Final = is_word(touches.c.state, TouchState.SENDING)
is_uncertain: Final = is_word(touches.c.state, TouchState.UNCERTAIN)
owes_a_copy: Final = is_word(touches.c.state, TouchState.SENT) & touches.c.wire.is_not(None)
is_threaded: Final = touches.c.thread != word("")
is_open: Final = is_word(tasks.c.state, TaskState.OPEN)
is_open_promise: Final = is_word(promises.c.state, PromiseState.OPEN)

partial("ix_enrollments_due", is_active, enrollments.c.account, enrollments.c.due_at)
partial("ix_enrollments_waiting", waits_for_a_person, enrollments.c.id)
partial("ix_enrollments_owing", is_owing, enrollments.c.contact_id)
partial("ix_touches_sending", is_sending, touches.c.account)
partial("ix_touches_uncertain", is_uncertain, touches.c.account)
partial("ix_touches_copy_owed", owes_a_copy, touches.c.account)
partial("ix_touches_thread", is_threaded, touches.c.account, touches.c.thread)
partial("ix_tasks_open", is_open, tasks.c.due_on, tasks.c.id)
partial("ix_promises_open", is_open_promise, promises.c.due_on, promises.c.id)
