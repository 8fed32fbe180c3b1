"""People, how they were reached, and how to leave them alone."""

import sqlalchemy as sa
from alembic import op

from nurture.storage.migrations.shape import (
    big,
    flag,
    index,
    instant,
    key,
    natural_key,
    number,
    refers,
    texts,
    unique,
    word,
)


def create() -> None:
    """Creates them."""
    _contacts()
    _addresses()
    _tact()
    _plans()
    _overrides()


def _contacts() -> None:
    op.create_table(
        "contacts",
        *key("contacts"),
        *texts("address", "given_name", "family_name", "company"),
        word("relationship", nullable=True),
        *texts("account"),
        big("value"),
        *(
            sa.Column(name, sa.JSON(), nullable=False)
            for name in ("interests", "tags", "observes", "dates")
        ),
        *texts("zone", "street", "postal_code", "city", "country", "subdivision"),
        *texts("language", "phone", "notes", "note"),
        word("legal_form", nullable=True),
        word("consent_basis", nullable=True),
        sa.Column("consent_since", sa.Date(), nullable=True),
        *texts("consent_evidence"),
        sa.Column("consent_expires", sa.Date(), nullable=True),
        *texts("consent_jurisdiction"),
        flag("consent_notice"),
        *texts("permission_warned"),
        sa.Column("custom", sa.JSON(), nullable=False),
        instant("created_at"),
        *texts("company_name", "company_domain"),
        instant("last_touch_at"),
        instant("last_heard_at"),
        unique("contacts", "address"),
    )
    index("contacts", "company_domain")
    index("contacts", "company_name")


def _addresses() -> None:
    op.create_table(
        "aliases",
        *key("aliases"),
        *texts("address"),
        *refers("aliases", "contact_id", "contacts"),
        unique("aliases", "address"),
    )
    index("aliases", "contact_id")
    op.create_table(
        "suppressions",
        sa.Column("key", sa.String(length=64), nullable=False),
        *texts("reason"),
        instant("at", nullable=False),
        natural_key("suppressions", "key"),
    )


def _tact() -> None:
    op.create_table(
        "encounters",
        *refers("encounters", "contact_id", "contacts"),
        instant("at", nullable=False),
        word("channel"),
        natural_key("encounters", "contact_id", "at", "channel"),
    )
    op.create_table(
        "hushes",
        word("scope"),
        *texts("key"),
        instant("until", nullable=False),
        *texts("why"),
        natural_key("hushes", "scope", "key"),
    )


def _plans() -> None:
    op.create_table(
        "reconnections",
        *refers("reconnections", "contact_id", "contacts"),
        *texts("account", "sequence"),
        number("per_week"),
        sa.Column("week", sa.Date(), nullable=False),
        number("place"),
        word("state"),
        instant("settled_at"),
        *texts("why"),
        natural_key("reconnections", "contact_id"),
    )
    op.create_table(
        "cues",
        *key("cues"),
        *refers("cues", "contact_id", "contacts"),
        *texts("account", "text"),
        instant("created_at", nullable=False),
        sa.Column("on", sa.Date(), nullable=True),
        *texts("every", "sequence"),
        word("channel"),
    )
    index("cues", "contact_id")


def _overrides() -> None:
    op.create_table(
        "overrides",
        *refers("overrides", "contact_id", "contacts"),
        *texts("sequence", "step"),
        word("what"),
        sa.Column("to", sa.Date(), nullable=True),
        *texts("text", "why"),
        natural_key("overrides", "contact_id", "sequence", "step"),
    )
