"""Table of mails that wait for their owner's word."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Index, Table

from nurture.core.draft import COPY_IS_IN, CopyState, DraftState
from nurture.storage.column import Word
from nurture.storage.tables.base import instant, is_word, key, metadata, of, partial, texts

drafts = Table(
    "drafts",
    metadata,
    key(),
    of("enrollments", "enrollment_id"),
    of("contacts", "contact_id"),
    *texts("account", "sequence", "step", "occurrence", "message_id", "piece"),
    Column("state", Word(DraftState), nullable=False),
    Column("sheet", sa.JSON, nullable=False),
    instant("made_at", known=True),
    *texts("why"),
    instant("decided_at"),
    Column("wire", sa.LargeBinary),
    Column("copy_state", Word(CopyState)),
    instant("copy_since"),
    Column("copy_uidvalidity", sa.BigInteger),
    Column("copy_uid", sa.BigInteger),
    *texts("copy_subject", "copy_text"),
    Index(None, "contact_id"),
    Index(None, "sequence"),
)

is_open_draft: Final = sa.or_(
    is_word(drafts.c.state, DraftState.WAITING), is_word(drafts.c.state, DraftState.ACCEPTED)
)

has_copy_out: Final = sa.and_(
    drafts.c.copy_state.is_not(None),
    *(~is_word(drafts.c.copy_state, word) for word in sorted(COPY_IS_IN)),
)

partial("ix_drafts_out", has_copy_out, drafts.c.account)
partial(
    "uq_drafts_open",
    is_open_draft,
    drafts.c.enrollment_id,
    drafts.c.step,
    drafts.c.occurrence,
    unique=True,
)
