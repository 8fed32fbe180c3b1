"""Silence that a person asked for, or that tact commands, until a day."""

from datetime import datetime
from enum import StrEnum

from nurture.core.contact.person import Contact
from nurture.value import frozen


class Hushed(StrEnum):
    """Whom a hush covers."""

    CONTACT = "contact"
    COMPANY = "company"
    COUNTRY = "country"
    EVERYBODY = "everybody"


@frozen
class Hush:
    """Nobody it covers hears from us before `until`; it overrides everything (domain.md E10).

    `key` is the contact's address key, a company key, a country, `US-CA` for a subdivision of
    one, or empty for everybody.  Whoever lives in that country, nobody knows where, is taken to
    live in the subdivision: silence does no harm.
    """

    scope: Hushed
    key: str
    until: datetime
    why: str

    def covers(self, contact: Contact) -> bool:
        """Whether this person is to be left alone."""
        match self.scope:
            case Hushed.CONTACT:
                return self.key == contact.address
            case Hushed.COMPANY:
                return bool(self.key) and self.key in contact.company_keys
            case Hushed.COUNTRY:
                return bool(contact.country) and self._lies_around(contact)
            case Hushed.EVERYBODY:
                return True

    def _lies_around(self, contact: Contact) -> bool:
        country, _, subdivision = self.key.partition("-")
        is_there = not subdivision or contact.subdivision in {"", subdivision}
        return contact.country == country and is_there
