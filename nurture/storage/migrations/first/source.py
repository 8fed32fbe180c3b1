"""Feeds that name pieces, and the pieces that they named."""

import sqlalchemy as sa
from alembic import op

from nurture.storage.migrations.shape import (
    instant,
    key,
    number,
    partial,
    refers,
    texts,
    unique,
    word,
)


def create() -> None:
    """Creates them."""
    op.create_table(
        "sources",
        *key("sources"),
        *texts("url", "title"),
        sa.Column("topics", sa.JSON(), nullable=False),
        *texts("language", "etag", "modified"),
        instant("due_at"),
        instant("checked_at"),
        number("failures"),
        *texts("why"),
        unique("sources", "url"),
    )
    op.create_table(
        "proposals",
        *key("proposals"),
        *texts("url", "title", "summary", "author", "language"),
        sa.Column("topics", sa.JSON(), nullable=False),
        instant("published_at"),
        instant("proposed_at"),
        word("state"),
        instant("settled_at"),
        *texts("path"),
        *refers("proposals", "source_id", "sources", nullable=True),
        unique("proposals", "url"),
    )
    partial("ix_proposals_waiting", "proposals", ["source_id"], "state = 'waiting'")
