"""Tables of the house: its accounts and halts, what people must do and know, and the ledger."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from nurture.core.account.tally import EMPTY
from nurture.core.halt import HaltKind
from nurture.core.handoff import HandoffState, Outcome, Urgency
from nurture.ports import NoticeKind
from nurture.storage.column import Counts, Word
from nurture.storage.tables.base import instant, key, metadata, of, partial, texts, word

meta = Table("meta", metadata, Column("key", sa.Text, primary_key=True), *texts("value"))

halts = Table(
    "halts",
    metadata,
    Column("kind", Word(HaltKind), primary_key=True),
    *texts("why"),
    instant("since", known=True),
)

accounts = Table(
    "accounts",
    metadata,
    Column("account", sa.Text, primary_key=True),
    instant("read_started_at"),
    instant("resting_until"),
    *texts("resting_why", "worker"),
    Column("epoch", Integer, nullable=False, default=0),
    instant("leased_until"),
    *texts("mailbox", "proven_mailbox", "proven_how"),
    instant("proven_at"),
    Column("tally", Counts, nullable=False, default=EMPTY),
    instant("paced_until"),
    instant("first_sent_at"),
    Column("troubles", Integer, nullable=False, default=0),
)

# What one sender sent to one family of mailboxes, and whether it is backed off.
families = Table(
    "families",
    metadata,
    Column("scope", sa.Text, primary_key=True),
    Column("tally", Counts, nullable=False, default=EMPTY),
    Column("failures", Integer, nullable=False, default=0),
    instant("tripped_at"),
    instant("until"),
    instant("probing_until"),
    *texts("why"),
)

handoffs = Table(
    "handoffs",
    metadata,
    key(),
    of("contacts", "contact_id"),
    *texts("account"),
    Column("state", Word(HandoffState), nullable=False),
    *texts("reason"),
    instant("opened_at", known=True),
    of("inbound", "inbound_id"),
    instant("taken_at"),
    instant("closed_at"),
    Column("outcome", Word(Outcome)),
    Column("urgency", Word(Urgency), nullable=False, default=Urgency.NOW),
    *texts("taken_by", "note"),
    instant("until"),
    instant("asked_at"),
    instant("answered_at"),
    Column("amount", sa.BigInteger),
    instant("remind_at"),
    of("handoffs", "follows", known=False),
    Column("covers_company", sa.Boolean, nullable=False, default=False),
    Index(None, "contact_id"),
)

notices = Table(
    "notices",
    metadata,
    key(),
    *texts("account"),
    Column("kind", Word(NoticeKind), nullable=False),
    *texts("subject", "text", "answering"),
    instant("created_at", known=True),
    Column("attempts", Integer, nullable=False, default=0),
    of("handoffs", "handoff_id", known=False),
    Column("in_place", sa.Boolean, nullable=False, default=False),
    of("contacts", "contact_id", known=False),
    Column("key", sa.Text),
    instant("due_at", known=True),
    instant("told_at"),
    *texts("why"),
    UniqueConstraint("key"),
)

# What came of a notice on each channel that was tried.
errands = Table(
    "errands",
    metadata,
    Column("notice_id", Integer, ForeignKey("notices.id"), primary_key=True),
    Column("channel", sa.Text, primary_key=True),
    Column("attempts", Integer, nullable=False, default=0),
    instant("due_at"),
    instant("told_at"),
    *texts("why"),
)

ledger = Table(
    "ledger",
    metadata,
    key(),
    instant("at", known=True),
    *texts("event", "why"),
    of("contacts", "contact_id", known=False),
    *texts("sequence", "step"),
    Index(None, "contact_id", "at"),
)

is_unfinished: Final = handoffs.c.state != word(HandoffState.CLOSED)
is_dated: Final = (is_unfinished & handoffs.c.until.is_not(None)) | handoffs.c.remind_at.is_not(
    None
)
is_backed_off: Final = families.c.until.is_not(None)
is_untold: Final = notices.c.told_at.is_(None)

partial("uq_handoffs_unfinished", is_unfinished, handoffs.c.contact_id, unique=True)
partial("ix_notices_untold", is_untold, notices.c.due_at)
partial("ix_families_backed_off", is_backed_off, families.c.scope)
