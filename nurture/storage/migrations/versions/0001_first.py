"""The first schema."""

from nurture.storage.migrations.first import desk, draft, mail, person, source, ticket, walk

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Creates every table, those first that others refer to."""
    desk.create_house()
    person.create()
    walk.create()
    draft.create()
    mail.create()
    desk.create()
    source.create()
    ticket.create()
