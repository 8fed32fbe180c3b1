"""The first schema."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _texts(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in names)


def _instant(name: str, *, nullable: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _partial(
    name: str, table: str, columns: list[str], where: str, *, unique: bool = False
) -> None:
    only = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=only, postgresql_where=only)


def upgrade() -> None:
    """Creates every table."""
    _people()
    _walks()
    _mail()
    _drafts()
    _desk()


def _people() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        *_texts("address", "given_name", "family_name", "company"),
        sa.Column("relationship", sa.String(), nullable=True),
        *_texts("account"),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("interests", sa.JSON(), nullable=False),
        sa.Column("dates", sa.JSON(), nullable=False),
        *_texts("zone", "city", "country", "language", "phone", "notes"),
        sa.Column("legal_form", sa.String(), nullable=True),
        sa.Column("consent_basis", sa.String(), nullable=True),
        sa.Column("consent_since", sa.Date(), nullable=True),
        *_texts("consent_evidence"),
        sa.Column("consent_expires", sa.Date(), nullable=True),
        *_texts("consent_jurisdiction"),
        sa.Column("consent_notice", sa.Boolean(), nullable=False),
        *_texts("permission_warned"),
        sa.Column("custom", sa.JSON(), nullable=False),
        _instant("created_at"),
        *_texts("company_name", "company_domain"),
        _instant("last_touch_at"),
        _instant("last_heard_at"),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
        sa.UniqueConstraint("address", name="uq_contacts_address"),
    )
    op.create_index("ix_contacts_company_domain", "contacts", ["company_domain"])
    op.create_index("ix_contacts_company_name", "contacts", ["company_name"])
    op.create_table(
        "aliases",
        sa.Column("id", sa.Integer(), nullable=False),
        *_texts("address"),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_aliases_contact_id"),
        sa.PrimaryKeyConstraint("id", name="pk_aliases"),
        sa.UniqueConstraint("address", name="uq_aliases_address"),
    )
    op.create_index("ix_aliases_contact_id", "aliases", ["contact_id"])
    op.create_table(
        "suppressions",
        sa.Column("key", sa.String(length=64), nullable=False),
        *_texts("reason"),
        _instant("at", nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_suppressions"),
    )


def _walks() -> None:
    op.create_table(
        "accounts",
        *_texts("account"),
        _instant("read_started_at"),
        _instant("resting_until"),
        *_texts("resting_why", "worker"),
        sa.Column("epoch", sa.Integer(), nullable=False),
        _instant("leased_until"),
        sa.PrimaryKeyConstraint("account", name="pk_accounts"),
    )
    op.create_table(
        "revisions",
        *_texts("name", "revision", "source"),
        _instant("kept_at", nullable=False),
        sa.PrimaryKeyConstraint("name", "revision", name="pk_revisions"),
    )
    op.create_table(
        "enrollments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        *_texts("account", "sequence", "revision"),
        sa.Column("state", sa.String(), nullable=False),
        *_texts("position"),
        _instant("anchor_at", nullable=False),
        _instant("due_at"),
        _instant("enrolled_at", nullable=False),
        *_texts("because", "reason"),
        sa.Column("run", sa.Integer(), nullable=False),
        _instant("held_until"),
        *_texts("held_why"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_enrollments_contact_id"),
        sa.PrimaryKeyConstraint("id", name="pk_enrollments"),
        sa.UniqueConstraint(
            "contact_id", "sequence", "run", name="uq_enrollments_contact_id_sequence_run"
        ),
    )
    _partial("ix_enrollments_due", "enrollments", ["account", "due_at"], "state = 'active'")
    _partial(
        "ix_enrollments_waiting",
        "enrollments",
        ["id"],
        "state = 'paused' OR state = 'handed_off' OR state = 'active' AND held_why != ''",
    )
    op.create_table(
        "touches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        *_texts("account", "sequence", "revision", "step", "occurrence"),
        sa.Column("state", sa.String(), nullable=False),
        *_texts("message_id"),
        _instant("begun_at", nullable=False),
        *_texts("subject"),
        _instant("sent_at"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *_texts("reply", "recipient"),
        sa.Column("epoch", sa.Integer(), nullable=False),
        *_texts("why", "doubt", "thread"),
        sa.Column("wire", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_touches_contact_id"),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollments.id"], name="fk_touches_enrollment_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_touches"),
        sa.UniqueConstraint(
            "enrollment_id", "step", "occurrence", name="uq_touches_enrollment_id_step_occurrence"
        ),
    )
    op.create_index("ix_touches_account_sent_at", "touches", ["account", "sent_at"])
    op.create_index("ix_touches_contact_id", "touches", ["contact_id"])
    _partial("ix_touches_copy_owed", "touches", ["account"], "state = 'sent' AND wire IS NOT NULL")
    _partial("ix_touches_sending", "touches", ["account"], "state = 'sending'")
    _partial("ix_touches_thread", "touches", ["account", "thread"], "thread != ''")
    _partial("ix_touches_uncertain", "touches", ["account"], "state = 'uncertain'")
    op.create_table(
        "message_ids",
        *_texts("id"),
        sa.Column("touch_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["touch_id"], ["touches.id"], name="fk_message_ids_touch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_message_ids"),
    )


def _drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        *_texts("account", "sequence", "step", "occurrence", "message_id"),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sheet", sa.JSON(), nullable=False),
        _instant("made_at", nullable=False),
        *_texts("why"),
        _instant("decided_at"),
        sa.Column("wire", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollments.id"], name="fk_drafts_enrollment_id"
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_drafts_contact_id"),
        sa.PrimaryKeyConstraint("id", name="pk_drafts"),
    )
    op.create_index("ix_drafts_contact_id", "drafts", ["contact_id"])
    op.create_index("ix_drafts_sequence", "drafts", ["sequence"])
    _partial(
        "uq_drafts_open",
        "drafts",
        ["enrollment_id", "step", "occurrence"],
        "state = 'waiting' OR state = 'accepted'",
        unique=True,
    )


def _mail() -> None:
    op.create_table(
        "inbound",
        sa.Column("id", sa.Integer(), nullable=False),
        *_texts("account"),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        *_texts("digest"),
        _instant("at", nullable=False),
        _instant("arrived_at"),
        *_texts("message_id"),
        sa.Column("references", sa.JSON(), nullable=False),
        *_texts("sender", "subject", "text", "verdict"),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        *_texts("outcome"),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("touch_id", sa.Integer(), nullable=True),
        *_texts("how"),
        sa.Column("is_certain", sa.Boolean(), nullable=False),
        *_texts("to_check", "corrected"),
        _instant("corrected_at"),
        sa.Column("asks_person", sa.Boolean(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_inbound_contact_id"),
        sa.ForeignKeyConstraint(["touch_id"], ["touches.id"], name="fk_inbound_touch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_inbound"),
        sa.UniqueConstraint("account", "digest", name="uq_inbound_account_digest"),
        sa.UniqueConstraint(
            "account",
            "folder",
            "uidvalidity",
            "uid",
            name="uq_inbound_account_folder_uidvalidity_uid",
        ),
    )
    op.create_index("ix_inbound_contact_id", "inbound", ["contact_id"])
    _partial("ix_inbound_to_check", "inbound", ["id"], "to_check != '' AND corrected = ''")
    op.create_table(
        "stops",
        sa.Column("inbound_id", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("found_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name="fk_stops_inbound_id"),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollments.id"], name="fk_stops_enrollment_id"
        ),
        sa.PrimaryKeyConstraint("inbound_id", "enrollment_id", name="pk_stops"),
    )
    op.create_index("ix_stops_enrollment_id", "stops", ["enrollment_id"])
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Integer(), nullable=False),
        *_texts("account"),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        _instant("at", nullable=False),
        *_texts("why"),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        *_texts("settled"),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
        sa.UniqueConstraint(
            "account",
            "folder",
            "uidvalidity",
            "uid",
            name="uq_quarantine_account_folder_uidvalidity_uid",
        ),
    )
    op.create_table(
        "cursors",
        *_texts("account"),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "folder", name="pk_cursors"),
    )


def _desk() -> None:
    op.create_table(
        "handoffs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        *_texts("account"),
        sa.Column("state", sa.String(), nullable=False),
        *_texts("reason"),
        _instant("opened_at", nullable=False),
        sa.Column("inbound_id", sa.Integer(), nullable=False),
        _instant("taken_at"),
        _instant("closed_at"),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("covers_company", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_handoffs_contact_id"),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name="fk_handoffs_inbound_id"),
        sa.PrimaryKeyConstraint("id", name="pk_handoffs"),
    )
    op.create_index("ix_handoffs_contact_id", "handoffs", ["contact_id"])
    _partial("uq_handoffs_unfinished", "handoffs", ["contact_id"], "state != 'closed'", unique=True)
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        *_texts("account"),
        sa.Column("kind", sa.String(), nullable=False),
        *_texts("subject", "text"),
        _instant("created_at", nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=True),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        _instant("due_at", nullable=False),
        _instant("told_at"),
        *_texts("why"),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name="fk_notices_handoff_id"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_notices_contact_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("key", name="uq_notices_key"),
    )
    _partial("ix_notices_untold", "notices", ["due_at"], "told_at IS NULL")
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), nullable=False),
        _instant("at", nullable=False),
        *_texts("event", "why"),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        *_texts("sequence", "step"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_ledger_contact_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
    )
    op.create_index("ix_ledger_contact_id_at", "ledger", ["contact_id", "at"])
    op.create_table("meta", *_texts("key", "value"), sa.PrimaryKeyConstraint("key", name="pk_meta"))
    op.create_table(
        "halts",
        sa.Column("kind", sa.String(), nullable=False),
        *_texts("why"),
        _instant("since", nullable=False),
        sa.PrimaryKeyConstraint("kind", name="pk_halts"),
    )
