"""Whom we write to: a person, their addresses and places, and how they come from a table."""

from nurture.core.contact.person import NO_CONSENT, Basis, Consent, Contact, LegalForm, Relationship

__all__ = (
    "NO_CONSENT",
    "Basis",
    "Consent",
    "Contact",
    "LegalForm",
    "Relationship",
)
