"""The house, what people must do and know, and the ledger."""

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


def create_house() -> None:
    """Creates what stands before all else."""
    op.create_table("meta", *texts("key", "value"), natural_key("meta", "key"))
    op.create_table(
        "halts",
        word("kind"),
        *texts("why"),
        instant("since", nullable=False),
        natural_key("halts", "kind"),
    )
    op.create_table(
        "accounts",
        *texts("account"),
        instant("read_started_at"),
        instant("resting_until"),
        *texts("resting_why", "worker"),
        number("epoch"),
        instant("leased_until"),
        *texts("mailbox", "proven_mailbox", "proven_how"),
        instant("proven_at"),
        *texts("tally"),
        instant("paced_until"),
        instant("first_sent_at"),
        number("troubles"),
        natural_key("accounts", "account"),
    )
    op.create_table(
        "families",
        *texts("scope", "tally"),
        number("failures"),
        instant("tripped_at"),
        instant("until"),
        instant("probing_until"),
        *texts("why"),
        natural_key("families", "scope"),
    )
    partial("ix_families_backed_off", "families", ["scope"], "until IS NOT NULL")


def create() -> None:
    """Creates what refers to people and mails."""
    _handoffs()
    _notices()
    op.create_table(
        "ledger",
        *key("ledger"),
        instant("at", nullable=False),
        *texts("event", "why"),
        *refers("ledger", "contact_id", "contacts", nullable=True),
        *texts("sequence", "step"),
    )
    index("ledger", "contact_id", "at")


def _handoffs() -> None:
    op.create_table(
        "handoffs",
        *key("handoffs"),
        *refers("handoffs", "contact_id", "contacts"),
        *texts("account"),
        word("state"),
        *texts("reason"),
        instant("opened_at", nullable=False),
        *refers("handoffs", "inbound_id", "inbound"),
        instant("taken_at"),
        instant("closed_at"),
        word("outcome", nullable=True),
        word("urgency"),
        *texts("taken_by", "note"),
        instant("until"),
        instant("asked_at"),
        instant("answered_at"),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        instant("remind_at"),
        *refers("handoffs", "follows", "handoffs", nullable=True),
        flag("covers_company"),
    )
    index("handoffs", "contact_id")
    partial("uq_handoffs_unfinished", "handoffs", ["contact_id"], "state != 'closed'", unique=True)


def _notices() -> None:
    op.create_table(
        "notices",
        *key("notices"),
        *texts("account"),
        word("kind"),
        *texts("subject", "text", "answering"),
        instant("created_at", nullable=False),
        number("attempts"),
        *refers("notices", "handoff_id", "handoffs", nullable=True),
        flag("in_place"),
        *refers("notices", "contact_id", "contacts", nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        instant("due_at", nullable=False),
        instant("told_at"),
        *texts("why"),
        unique("notices", "key"),
    )
    partial("ix_notices_untold", "notices", ["due_at"], "told_at IS NULL")
    op.create_table(
        "errands",
        *refers("errands", "notice_id", "notices"),
        *texts("channel"),
        number("attempts"),
        instant("due_at"),
        instant("told_at"),
        *texts("why"),
        natural_key("errands", "notice_id", "channel"),
    )
