"""Tables of feeds that name pieces, and of the pieces that they named."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Integer, Table, UniqueConstraint

from nurture.core.library.proposal import ProposalState
from nurture.storage.column import Word
from nurture.storage.tables.base import instant, is_word, key, metadata, of, partial, texts

sources = Table(
    "sources",
    metadata,
    key(),
    *texts("url", "title"),
    Column("topics", sa.JSON, nullable=False),
    *texts("language", "etag", "modified"),
    instant("due_at"),
    instant("checked_at"),
    Column("failures", Integer, nullable=False, default=0),
    *texts("why"),
    UniqueConstraint("url"),
)

proposals = Table(
    "proposals",
    metadata,
    key(),
    *texts("url", "title", "summary", "author", "language"),
    Column("topics", sa.JSON, nullable=False),
    instant("published_at"),
    instant("proposed_at"),
    Column("state", Word(ProposalState), nullable=False),
    instant("settled_at"),
    *texts("path"),
    of("sources", "source_id", known=False),
    UniqueConstraint("url"),
)

is_proposed: Final = is_word(proposals.c.state, ProposalState.WAITING)

partial("ix_proposals_waiting", is_proposed, proposals.c.source_id)
