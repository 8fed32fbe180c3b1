"""A person, why we may write to them, and which company they share with others."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum

from nurture.core.contact.address import domain_of, is_freemail
from nurture.value import frozen


class Relationship(StrEnum):
    """Why this person is known to the owner."""

    LOST_PROSPECT = "lost_prospect"
    DECLINED_PROSPECT = "declined_prospect"
    FORMER_CLIENT = "former_client"
    CLIENT = "client"
    MET_AT_EVENT = "met_at_event"


class Basis(StrEnum):
    """What a permission to write rests on; what each is worth depends on where they are."""

    EXPRESS = "express"  # they said so
    PURCHASE = "purchase"  # they bought; since: the last time
    CONTRACT = "contract"  # since: the day it ended, or on which it was last known to be in force
    NEGOTIATION = "negotiation"  # an offer was asked for and talked over
    INQUIRY = "inquiry"  # they asked about something
    PUBLISHED = "published"  # their address stands in public, with their role

    @property
    def words(self) -> str:
        """The basis with its article, as it stands in a reason."""
        return _WORDS[self]


_WORDS = {
    Basis.EXPRESS: "express consent",
    Basis.PURCHASE: "a purchase",
    Basis.CONTRACT: "a contract",
    Basis.NEGOTIATION: "a negotiation",
    Basis.INQUIRY: "an inquiry",
    Basis.PUBLISHED: "a published address",
}


class LegalForm(StrEnum):
    """What the law takes them for; unknown counts as an individual (domain.md L6)."""

    COMPANY = "company"
    SOLE_TRADER = "sole_trader"
    PARTNERSHIP = "partnership"
    INDIVIDUAL = "individual"


@frozen
class Consent:
    """Why we may write: the basis, since when, proven by what, until when (domain.md L1).

    `jurisdiction` is the country whose law counts, where that is not the contact's own; `notice`
    says that they could refuse when their address was collected.
    """

    basis: Basis | None = None
    since: date | None = None
    evidence: str = ""
    expires: date | None = None
    jurisdiction: str = ""
    notice: bool = False

    def __str__(self) -> str:
        if self.basis is None:
            return "no basis given"
        dated = f" of {self.since}" if self.since else ""
        proof = f" ({self.evidence})" if self.evidence else ""
        return f"{self.basis.words}{dated}{proof}"


NO_CONSENT = Consent()


@frozen
class Contact:
    """One person; `address` is the normalised key, everything else may be unknown.

    `tags` are the owner's and the sequences' own words; `observes` names the feasts that the
    person is known to keep, for a religious greeting needs a stated preference (domain.md E1).
    `subdivision` is the part of the country as ISO 3166-2 has it behind the hyphen, like CA.
    `note` is the reason on their card for which the owner wants to get in touch next (core.cue).
    `street` may have several lines.
    """

    address: str
    id: int = 0
    given_name: str = ""
    family_name: str = ""
    company: str = ""
    relationship: Relationship | None = None
    account: str = ""
    value: int = 0
    interests: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    observes: tuple[str, ...] = ()
    dates: Mapping[str, date] = field(default_factory=dict)
    zone: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""
    subdivision: str = ""
    language: str = ""
    phone: str = ""
    notes: str = ""
    note: str = ""
    legal_form: LegalForm | None = None
    consent: Consent = NO_CONSENT
    custom: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    created_at: datetime | None = None

    @property
    def name(self) -> str:
        """The name a person would use for them, or their address where no name is known."""
        if self.given_name and self.family_name:
            return f"{self.given_name} {self.family_name}"
        return self.given_name or self.family_name or self.address

    @property
    def place(self) -> str:
        """Where they are, as holidays know it: DE, or DE-BY where the part is known."""
        return f"{self.country}-{self.subdivision}" if self.subdivision else self.country

    @property
    def company_keys(self) -> tuple[str, str]:
        """What colleagues share: the company's name, and a mail domain strangers do not share.

        Either may be empty.  Two people are colleagues when either key is filled and equal.
        """
        domain = domain_of(self.address)
        return " ".join(self.company.casefold().split()), "" if is_freemail(domain) else domain
