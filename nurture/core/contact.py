"""A person, why we may write to them, and which company they share with others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from nurture.core.address import domain_of, is_freemail


class Relationship(StrEnum):
    """Why this person is known to the owner."""

    LOST_PROSPECT = "lost_prospect"
    DECLINED_PROSPECT = "declined_prospect"
    FORMER_CLIENT = "former_client"
    CLIENT = "client"
    MET_AT_EVENT = "met_at_event"


@dataclass(frozen=True, slots=True)
class Consent:
    """Why we may write: a basis in words, since when, proven by what, until when (domain.md L1)."""

    basis: str = ""
    since: date | None = None
    evidence: str = ""
    expires: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the consent has not run out on this day; no expiry means no clock."""
        return self.expires is None or day <= self.expires


@dataclass(frozen=True, slots=True)
class Contact:
    """One person; `address` is the normalised key, everything else may be unknown.

    `tags` are the owner's and the sequences' own words; `observes` names the feasts that the
    person is known to keep, for a religious greeting needs a stated preference (domain.md E1).
    `subdivision` is the part of the country as ISO 3166-2 has it behind the hyphen, like CA.
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
    city: str = ""
    country: str = ""
    subdivision: str = ""
    language: str = ""
    phone: str = ""
    notes: str = ""
    consent: Consent = Consent()
    custom: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    created_at: datetime | None = None

    @property
    def name(self) -> str:
        """The name a person would use for them, or their address where no name is known."""
        return " ".join(part for part in (self.given_name, self.family_name) if part) or (
            self.address
        )

    @property
    def place(self) -> str:
        """Where they are, as holidays know it: DE, or DE-BY where the part is known."""
        return f"{self.country}-{self.subdivision}" if self.subdivision else self.country

    @property
    def company_keys(self) -> tuple[str, str]:
        """What colleagues share: the company's name, and a mail domain strangers do not share.

        Either may be empty.  Two people are colleagues when either key is filled and equal.
        """
        name = " ".join(self.company.casefold().split())
        domain = domain_of(self.address)
        return name, "" if is_freemail(domain) else domain
