"""Walks, and all that is done on the way."""

import sqlalchemy as sa
from alembic import op

from nurture.storage.migrations.shape import (
    flag,
    index,
    instant,
    key,
    natural_key,
    number,
    partial,
    refers,
    texts,
    unique,
    word,
)


def create() -> None:
    """Creates them."""
    _enrollments()
    _touches()
    _tasks()
    _promises()


def _enrollments() -> None:
    op.create_table(
        "revisions",
        *texts("name", "revision", "source"),
        instant("kept_at", nullable=False),
        natural_key("revisions", "name", "revision"),
    )
    op.create_table(
        "enrollments",
        *key("enrollments"),
        *refers("enrollments", "contact_id", "contacts"),
        *texts("account", "sequence", "revision"),
        word("state"),
        *texts("position"),
        instant("anchor_at", nullable=False),
        instant("due_at"),
        instant("enrolled_at", nullable=False),
        *texts("because", "reason"),
        number("run"),
        *texts("lane", "occurrence", "owes"),
        instant("held_until"),
        *texts("held_why"),
        unique("enrollments", "contact_id", "sequence", "run", "lane"),
    )
    partial("ix_enrollments_due", "enrollments", ["account", "due_at"], "state = 'active'")
    partial(
        "ix_enrollments_waiting",
        "enrollments",
        ["id"],
        "state = 'paused' OR state = 'handed_off' OR state = 'active' AND held_why != ''",
    )
    partial(
        "ix_enrollments_owing", "enrollments", ["contact_id"], "state = 'active' AND owes != ''"
    )


def _touches() -> None:
    op.create_table(
        "touches",
        *key("touches"),
        *refers("touches", "enrollment_id", "enrollments"),
        *refers("touches", "contact_id", "contacts"),
        *texts("account", "sequence", "revision", "step", "occurrence"),
        word("state"),
        *texts("message_id"),
        instant("begun_at", nullable=False),
        instant("tried_since"),
        *texts("subject"),
        instant("sent_at"),
        number("attempts"),
        *texts("reply", "recipient", "family"),
        number("epoch"),
        *texts("why", "doubt", "thread", "piece"),
        sa.Column("wire", sa.LargeBinary(), nullable=True),
        unique("touches", "enrollment_id", "step", "occurrence"),
    )
    index("touches", "contact_id")
    partial("ix_touches_copy_owed", "touches", ["account"], "state = 'sent' AND wire IS NOT NULL")
    partial("ix_touches_sending", "touches", ["account"], "state = 'sending'")
    partial("ix_touches_thread", "touches", ["account", "thread"], "thread != ''")
    partial("ix_touches_uncertain", "touches", ["account"], "state = 'uncertain'")
    op.create_table(
        "message_ids",
        *texts("id"),
        *refers("message_ids", "touch_id", "touches"),
        natural_key("message_ids", "id"),
        sqlite_with_rowid=False,
    )


def _tasks() -> None:
    op.create_table(
        "tasks",
        *key("tasks"),
        *refers("tasks", "enrollment_id", "enrollments", nullable=True),
        *refers("tasks", "contact_id", "contacts"),
        *texts("account", "sequence", "step", "occurrence"),
        word("channel"),
        *texts("title", "text"),
        sa.Column("due_on", sa.Date(), nullable=False),
        instant("created_at", nullable=False),
        flag("blocks"),
        word("state"),
        instant("done_at"),
        *texts("note", "why"),
        sa.Column("dated_on", sa.Date),
        unique("tasks", "enrollment_id", "step", "occurrence"),
    )
    partial("ix_tasks_open", "tasks", ["due_on", "id"], "state = 'open'")


def _promises() -> None:
    op.create_table(
        "promises",
        *key("promises"),
        *refers("promises", "contact_id", "contacts"),
        *texts("account", "sentence"),
        sa.Column("due_on", sa.Date(), nullable=False),
        instant("said_at", nullable=False),
        flag("is_dated"),
        word("state"),
    )
    index("promises", "contact_id")
    partial("ix_promises_open", "promises", ["due_on", "id"], "state = 'open'")
