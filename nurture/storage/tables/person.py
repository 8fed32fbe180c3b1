"""Tables of people: who they are, how they were reached, and how to leave them alone."""

import sqlalchemy as sa
from sqlalchemy import Column, Index, Table, UniqueConstraint

from nurture.core.contact import Basis, LegalForm, Relationship
from nurture.core.contact.hush import Hushed
from nurture.core.override import Overridden
from nurture.core.reconnection import AppointmentState
from nurture.core.task import Channel
from nurture.storage.column import Word
from nurture.storage.tables.base import instant, key, metadata, of, texts

contacts = Table(
    "contacts",
    metadata,
    key(),
    Column("address", sa.Text, nullable=False),
    *texts("given_name", "family_name", "company"),
    Column("relationship", Word(Relationship)),
    *texts("account"),
    Column("value", sa.BigInteger, nullable=False, default=0),
    Column("interests", sa.JSON, nullable=False),
    Column("tags", sa.JSON, nullable=False),
    Column("observes", sa.JSON, nullable=False),
    Column("dates", sa.JSON, nullable=False),
    *texts("zone", "street", "postal_code", "city", "country", "subdivision"),
    *texts("language", "phone", "notes", "note"),
    Column("legal_form", Word(LegalForm)),
    Column("consent_basis", Word(Basis)),
    Column("consent_since", sa.Date),
    *texts("consent_evidence"),
    Column("consent_expires", sa.Date),
    *texts("consent_jurisdiction"),
    Column("consent_notice", sa.Boolean, nullable=False, default=False),
    *texts("permission_warned"),
    Column("custom", sa.JSON, nullable=False),
    instant("created_at"),
    *texts("company_name", "company_domain"),
    instant("last_touch_at"),
    instant("last_heard_at"),
    UniqueConstraint("address"),
    Index(None, "company_name"),
    Index(None, "company_domain"),
)

aliases = Table(
    "aliases",
    metadata,
    key(),
    Column("address", sa.Text, nullable=False),
    of("contacts", "contact_id"),
    UniqueConstraint("address"),
    Index(None, "contact_id"),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("key", sa.String(64), primary_key=True),
    *texts("reason"),
    instant("at", known=True),
)

# When the owner reached a person by their own hand: a mail found in Sent, a task done.
encounters = Table(
    "encounters",
    metadata,
    of("contacts", "contact_id"),
    instant("at", known=True),
    Column("channel", Word(Channel), nullable=False),
    sa.PrimaryKeyConstraint("contact_id", "at", "channel"),
)

hushes = Table(
    "hushes",
    metadata,
    Column("scope", Word(Hushed), nullable=False),
    Column("key", sa.Text, nullable=False),
    instant("until", known=True),
    *texts("why"),
    sa.PrimaryKeyConstraint("scope", "key"),
)

# In which week somebody who is silent is to begin, as the owner accepted it.
reconnections = Table(
    "reconnections",
    metadata,
    of("contacts", "contact_id"),
    *texts("account", "sequence"),
    Column("per_week", sa.Integer, nullable=False),
    Column("week", sa.Date, nullable=False),
    Column("place", sa.Integer, nullable=False),
    Column("state", Word(AppointmentState), nullable=False),
    instant("settled_at"),
    *texts("why"),
    sa.PrimaryKeyConstraint("contact_id"),
)

# Why the owner wants to get in touch with somebody, and when.
cues = Table(
    "cues",
    metadata,
    key(),
    of("contacts", "contact_id"),
    *texts("account", "text"),
    instant("created_at", known=True),
    Column("on", sa.Date),
    *texts("every", "sequence"),
    Column("channel", Word(Channel), nullable=False),
    Index(None, "contact_id"),
)

overrides = Table(
    "overrides",
    metadata,
    of("contacts", "contact_id"),
    Column("sequence", sa.Text, nullable=False),
    Column("step", sa.Text, nullable=False),
    Column("what", Word(Overridden), nullable=False),
    Column("to", sa.Date),
    *texts("text", "why"),
    sa.PrimaryKeyConstraint("contact_id", "sequence", "step"),
)
