"""Tables of what was heard, and of how far."""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Column, Index, Table, UniqueConstraint

from nurture.mail.cursor import Folder
from nurture.storage.column import Word
from nurture.storage.tables.base import instant, key, metadata, of, partial, texts, word


def _place() -> tuple[Column[Any], ...]:
    return (
        *texts("account"),
        Column("folder", Word(Folder), nullable=False),
        Column("uidvalidity", sa.BigInteger, nullable=False),
        Column("uid", sa.BigInteger, nullable=False),
    )


inbound = Table(
    "inbound",
    metadata,
    key(),
    *_place(),
    *texts("digest"),
    instant("at", known=True),
    instant("arrived_at"),
    *texts("message_id"),
    Column("references", sa.JSON, nullable=False),
    *texts("sender", "subject", "text", "verdict"),
    Column("confidence", sa.Float),
    Column("evidence", sa.JSON, nullable=False),
    *texts("outcome"),
    of("contacts", "contact_id", known=False),
    of("touches", "touch_id", known=False),
    *texts("how"),
    Column("is_certain", sa.Boolean, nullable=False, default=False),
    *texts("to_check", "corrected"),
    instant("corrected_at"),
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
    of("inbound", "inbound_id"),
    of("enrollments", "enrollment_id"),
    Column("found_active", sa.Boolean, nullable=False),
    sa.PrimaryKeyConstraint("inbound_id", "enrollment_id"),
    Index(None, "enrollment_id"),
)

quarantine = Table(
    "quarantine",
    metadata,
    key(),
    *_place(),
    instant("at", known=True),
    *texts("why"),
    Column("raw", sa.LargeBinary, nullable=False),
    Column("size", sa.BigInteger, nullable=False),
    *texts("settled"),
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

waits_for_check: Final = (inbound.c.to_check != word("")) & (inbound.c.corrected == word(""))

partial("ix_inbound_to_check", waits_for_check, inbound.c.id)
