"""The tables, their natural keys, and the few indexes that the queries need."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Column, ColumnElement, ForeignKey, Index, Integer, Table, UniqueConstraint

from nurture.core.contact import Basis, LegalForm, Relationship
from nurture.core.draft import DraftState
from nurture.core.enrollment import State
from nurture.core.halt import HaltKind
from nurture.core.handoff import HandoffState, Outcome
from nurture.core.touch import TouchState
from nurture.mail.cursor import Folder
from nurture.ports import NoticeKind
from nurture.storage.column import Instant, Word

metadata: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _texts(*names: str) -> tuple[Column[str], ...]:
    return tuple(Column(name, sa.Text, nullable=False, default="") for name in names)


def _instant(name: str, *, known: bool = False) -> Column[datetime]:
    return Column(name, Instant, nullable=not known)


def _of(table: str, name: str, *, known: bool = True) -> Column[int]:
    return Column(name, Integer, ForeignKey(f"{table}.id"), nullable=not known)


meta = Table("meta", metadata, Column("key", sa.Text, primary_key=True), *_texts("value"))

halts = Table(
    "halts",
    metadata,
    Column("kind", Word(HaltKind), primary_key=True),
    *_texts("why"),
    _instant("since", known=True),
)

accounts = Table(
    "accounts",
    metadata,
    Column("account", sa.Text, primary_key=True),
    _instant("read_started_at"),
    _instant("resting_until"),
    *_texts("resting_why", "worker"),
    Column("epoch", Integer, nullable=False, default=0),
    _instant("leased_until"),
)

contacts = Table(
    "contacts",
    metadata,
    _key(),
    Column("address", sa.Text, nullable=False),
    *_texts("given_name", "family_name", "company"),
    Column("relationship", Word(Relationship)),
    *_texts("account"),
    Column("value", sa.BigInteger, nullable=False, default=0),
    Column("interests", sa.JSON, nullable=False),
    Column("dates", sa.JSON, nullable=False),
    *_texts("zone", "city", "country", "language", "phone", "notes"),
    Column("legal_form", Word(LegalForm)),
    Column("consent_basis", Word(Basis)),
    Column("consent_since", sa.Date),
    *_texts("consent_evidence"),
    Column("consent_expires", sa.Date),
    *_texts("consent_jurisdiction"),
    Column("consent_notice", sa.Boolean, nullable=False, default=False),
    *_texts("permission_warned"),
    Column("custom", sa.JSON, nullable=False),
    _instant("created_at"),
    *_texts("company_name", "company_domain"),
    _instant("last_touch_at"),
    _instant("last_heard_at"),
    UniqueConstraint("address"),
    Index(None, "company_name"),
    Index(None, "company_domain"),
)

aliases = Table(
    "aliases",
    metadata,
    _key(),
    Column("address", sa.Text, nullable=False),
    _of("contacts", "contact_id"),
    UniqueConstraint("address"),
    Index(None, "contact_id"),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("key", sa.String(64), primary_key=True),
    *_texts("reason"),
    _instant("at", known=True),
)

revisions = Table(
    "revisions",
    metadata,
    Column("name", sa.Text),
    Column("revision", sa.Text),
    *_texts("source"),
    _instant("kept_at", known=True),
    sa.PrimaryKeyConstraint("name", "revision"),
)

enrollments = Table(
    "enrollments",
    metadata,
    _key(),
    _of("contacts", "contact_id"),
    *_texts("account", "sequence", "revision"),
    Column("state", Word(State), nullable=False),
    *_texts("position"),
    _instant("anchor_at", known=True),
    _instant("due_at"),
    _instant("enrolled_at", known=True),
    *_texts("because", "reason"),
    Column("run", Integer, nullable=False, default=1),
    _instant("held_until"),
    *_texts("held_why"),
    UniqueConstraint("contact_id", "sequence", "run"),
)

touches = Table(
    "touches",
    metadata,
    _key(),
    _of("enrollments", "enrollment_id"),
    _of("contacts", "contact_id"),
    *_texts("account", "sequence", "revision", "step", "occurrence"),
    Column("state", Word(TouchState), nullable=False),
    *_texts("message_id"),
    _instant("begun_at", known=True),
    *_texts("subject"),
    _instant("sent_at"),
    Column("attempts", Integer, nullable=False, default=0),
    *_texts("reply", "recipient"),
    Column("epoch", Integer, nullable=False),
    *_texts("why", "doubt", "thread"),
    Column("wire", sa.LargeBinary),
    UniqueConstraint("enrollment_id", "step", "occurrence"),
    Index(None, "contact_id"),
    Index(None, "account", "sent_at"),
)

drafts = Table(
    "drafts",
    metadata,
    _key(),
    _of("enrollments", "enrollment_id"),
    _of("contacts", "contact_id"),
    *_texts("account", "sequence", "step", "occurrence", "message_id"),
    Column("state", Word(DraftState), nullable=False),
    Column("sheet", sa.JSON, nullable=False),
    _instant("made_at", known=True),
    *_texts("why"),
    _instant("decided_at"),
    Column("wire", sa.LargeBinary),
    Index(None, "contact_id"),
    Index(None, "sequence"),
)

message_ids = Table(
    "message_ids", metadata, Column("id", sa.Text, primary_key=True), _of("touches", "touch_id")
)

inbound = Table(
    "inbound",
    metadata,
    _key(),
    *_texts("account"),
    Column("folder", Word(Folder), nullable=False),
    Column("uidvalidity", sa.BigInteger, nullable=False),
    Column("uid", sa.BigInteger, nullable=False),
    *_texts("digest"),
    _instant("at", known=True),
    _instant("arrived_at"),
    *_texts("message_id"),
    Column("references", sa.JSON, nullable=False),
    *_texts("sender", "subject", "text", "verdict"),
    Column("confidence", sa.Float),
    Column("evidence", sa.JSON, nullable=False),
    *_texts("outcome"),
    _of("contacts", "contact_id", known=False),
    _of("touches", "touch_id", known=False),
    *_texts("how"),
    Column("is_certain", sa.Boolean, nullable=False, default=False),
    *_texts("to_check", "corrected"),
    _instant("corrected_at"),
    Column("asks_person", sa.Boolean, nullable=False, default=False),
    Column("raw", sa.LargeBinary),
    UniqueConstraint("account", "folder", "uidvalidity", "uid"),
    UniqueConstraint("account", "digest"),
    Index(None, "contact_id"),
)

# Which mails keep which walks stopped; `found_active` where nothing had stopped the walk before.
stops = Table(
    "stops",
    metadata,
    _of("inbound", "inbound_id"),
    _of("enrollments", "enrollment_id"),
    Column("found_active", sa.Boolean, nullable=False),
    sa.PrimaryKeyConstraint("inbound_id", "enrollment_id"),
    Index(None, "enrollment_id"),
)

quarantine = Table(
    "quarantine",
    metadata,
    _key(),
    *_texts("account"),
    Column("folder", Word(Folder), nullable=False),
    Column("uidvalidity", sa.BigInteger, nullable=False),
    Column("uid", sa.BigInteger, nullable=False),
    _instant("at", known=True),
    *_texts("why"),
    Column("raw", sa.LargeBinary, nullable=False),
    Column("size", sa.BigInteger, nullable=False),
    *_texts("settled"),
    UniqueConstraint("account", "folder", "uidvalidity", "uid"),
)

cursors = Table(
    "cursors",
    metadata,
    Column("account", sa.Text),
    Column("folder", Word(Folder)),
    Column("uidvalidity", sa.BigInteger, nullable=False),
    Column("uid", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("account", "folder"),
)

handoffs = Table(
    "handoffs",
    metadata,
    _key(),
    _of("contacts", "contact_id"),
    *_texts("account"),
    Column("state", Word(HandoffState), nullable=False),
    *_texts("reason"),
    _instant("opened_at", known=True),
    _of("inbound", "inbound_id"),
    _instant("taken_at"),
    _instant("closed_at"),
    Column("outcome", Word(Outcome)),
    Column("covers_company", sa.Boolean, nullable=False, default=False),
    Index(None, "contact_id"),
)

notices = Table(
    "notices",
    metadata,
    _key(),
    *_texts("account"),
    Column("kind", Word(NoticeKind), nullable=False),
    *_texts("subject", "text"),
    _instant("created_at", known=True),
    Column("attempts", Integer, nullable=False, default=0),
    _of("handoffs", "handoff_id", known=False),
    _of("contacts", "contact_id", known=False),
    Column("key", sa.Text),
    _instant("due_at", known=True),
    _instant("told_at"),
    *_texts("why"),
    UniqueConstraint("key"),
)

ledger = Table(
    "ledger",
    metadata,
    _key(),
    _instant("at", known=True),
    *_texts("event", "why"),
    _of("contacts", "contact_id", known=False),
    *_texts("sequence", "step"),
    Index(None, "contact_id", "at"),
)


def _is(column: Column[Any], word: StrEnum) -> ColumnElement[bool]:
    # A bound word would keep SQLite from seeing that a partial index covers the query.
    return column == sa.literal_column(f"'{word}'")


is_active: Final = _is(enrollments.c.state, State.ACTIVE)
waits_for_a_person: Final = sa.or_(
    _is(enrollments.c.state, State.PAUSED),
    _is(enrollments.c.state, State.HANDED_OFF),
    is_active & (enrollments.c.held_why != sa.literal_column("''")),
)
is_sending: Final = _is(touches.c.state, TouchState.SENDING)
is_uncertain: Final = _is(touches.c.state, TouchState.UNCERTAIN)
owes_a_copy: Final = _is(touches.c.state, TouchState.SENT) & touches.c.wire.is_not(None)
waits_for_check: Final = (inbound.c.to_check != sa.literal_column("''")) & (
    inbound.c.corrected == sa.literal_column("''")
)
is_open_draft: Final = sa.or_(
    _is(drafts.c.state, DraftState.WAITING), _is(drafts.c.state, DraftState.ACCEPTED)
)
is_threaded: Final = touches.c.thread != sa.literal_column("''")
is_unfinished: Final = handoffs.c.state != sa.literal_column(f"'{HandoffState.CLOSED}'")
is_untold: Final = notices.c.told_at.is_(None)


def _partial(name: str, where: ColumnElement[bool], *columns: Column[Any], unique: bool) -> None:
    Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


_partial("ix_enrollments_due", is_active, enrollments.c.account, enrollments.c.due_at, unique=False)
_partial("ix_enrollments_waiting", waits_for_a_person, enrollments.c.id, unique=False)
_partial("ix_touches_sending", is_sending, touches.c.account, unique=False)
_partial("ix_touches_uncertain", is_uncertain, touches.c.account, unique=False)
_partial("ix_touches_copy_owed", owes_a_copy, touches.c.account, unique=False)
_partial(
    "uq_drafts_open",
    is_open_draft,
    drafts.c.enrollment_id,
    drafts.c.step,
    drafts.c.occurrence,
    unique=True,
)
_partial("uq_handoffs_unfinished", is_unfinished, handoffs.c.contact_id, unique=True)
_partial("ix_inbound_to_check", waits_for_check, inbound.c.id, unique=False)
_partial("ix_touches_thread", is_threaded, touches.c.account, touches.c.thread, unique=False)
_partial("ix_notices_untold", is_untold, notices.c.due_at, unique=False)
