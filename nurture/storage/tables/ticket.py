"""The table of what owners may say by mail."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, Table, UniqueConstraint

from nurture.core.handoff.ticket import Matter
from nurture.storage.column import Word
from nurture.storage.tables.base import instant, metadata, of, texts

tickets: Final = Table(
    "tickets",
    metadata,
    Column("nonce", sa.Text, primary_key=True),
    *texts("account"),
    Column("matter", Word(Matter), nullable=False),
    Column("number", sa.Integer, nullable=False),
    of("notices", "notice_id"),
    instant("issued_at", known=True),
    instant("used_at"),
    *texts("used_by"),
    UniqueConstraint("notice_id"),
)
