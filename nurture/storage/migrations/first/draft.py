"""Mails that wait for their owner's word."""

import sqlalchemy as sa
from alembic import op

from nurture.storage.migrations.shape import index, instant, key, partial, refers, texts, word


def create() -> None:
    """Creates them."""
    op.create_table(
        "drafts",
        *key("drafts"),
        *refers("drafts", "enrollment_id", "enrollments"),
        *refers("drafts", "contact_id", "contacts"),
        *texts("account", "sequence", "step", "occurrence", "message_id", "piece"),
        word("state"),
        sa.Column("sheet", sa.JSON(), nullable=False),
        instant("made_at", nullable=False),
        *texts("why"),
        instant("decided_at"),
        sa.Column("wire", sa.LargeBinary(), nullable=True),
        word("copy_state", nullable=True),
        instant("copy_since"),
        sa.Column("copy_uidvalidity", sa.BigInteger(), nullable=True),
        sa.Column("copy_uid", sa.BigInteger(), nullable=True),
        *texts("copy_subject", "copy_text"),
    )
    index("drafts", "contact_id")
    index("drafts", "sequence")
    partial(
        "ix_drafts_out",
        "drafts",
        ["account"],
        "copy_state IS NOT NULL AND copy_state != 'over' AND copy_state != 'refused'",
    )
    partial(
        "uq_drafts_open",
        "drafts",
        ["enrollment_id", "step", "occurrence"],
        "state = 'waiting' OR state = 'accepted'",
        unique=True,
    )
