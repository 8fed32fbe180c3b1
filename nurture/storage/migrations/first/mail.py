"""What was heard, and how far."""

import sqlalchemy as sa
from alembic import op

from nurture.storage.migrations.shape import (
    big,
    flag,
    index,
    instant,
    key,
    natural_key,
    partial,
    refers,
    texts,
    unique,
    word,
)

_PLACE = ("account", "folder", "uidvalidity", "uid")


def create() -> None:
    """Creates them."""
    _inbound()
    _stops()
    _quarantine()


def _inbound() -> None:
    op.create_table(
        "inbound",
        *key("inbound"),
        *_place(),
        *texts("digest"),
        instant("at", nullable=False),
        instant("arrived_at"),
        *texts("message_id"),
        sa.Column("references", sa.JSON(), nullable=False),
        *texts("sender", "subject", "text", "verdict"),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        *texts("outcome"),
        *refers("inbound", "contact_id", "contacts", nullable=True),
        *refers("inbound", "touch_id", "touches", nullable=True),
        *texts("how"),
        flag("is_certain"),
        *texts("to_check", "corrected"),
        instant("corrected_at"),
        flag("asks_person"),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        unique("inbound", "account", "digest"),
        unique("inbound", *_PLACE),
    )
    index("inbound", "contact_id")
    partial("ix_inbound_to_check", "inbound", ["id"], "to_check != '' AND corrected = ''")


def _stops() -> None:
    op.create_table(
        "stops",
        *refers("stops", "inbound_id", "inbound"),
        *refers("stops", "enrollment_id", "enrollments"),
        flag("found_active"),
        natural_key("stops", "inbound_id", "enrollment_id"),
    )
    index("stops", "enrollment_id")


def _quarantine() -> None:
    op.create_table(
        "quarantine",
        *key("quarantine"),
        *_place(),
        instant("at", nullable=False),
        *texts("why"),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        big("size"),
        *texts("settled"),
        unique("quarantine", *_PLACE),
    )
    op.create_table("cursors", *_place(), natural_key("cursors", "account", "folder"))


def _place() -> tuple[sa.Column[str] | sa.Column[int], ...]:
    return (*texts("account"), word("folder"), big("uidvalidity"), big("uid"))
