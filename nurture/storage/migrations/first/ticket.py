"""What owners may say by mail."""

from alembic import op

from nurture.storage.migrations.shape import (
    instant,
    natural_key,
    number,
    refers,
    texts,
    unique,
    word,
)


def create() -> None:
    """Creates it."""
    op.create_table(
        "tickets",
        *texts("nonce", "account"),
        word("matter"),
        number("number"),
        *refers("tickets", "notice_id", "notices"),
        instant("issued_at", nullable=False),
        instant("used_at"),
        *texts("used_by"),
        natural_key("tickets", "nonce"),
        unique("tickets", "notice_id"),
    )
