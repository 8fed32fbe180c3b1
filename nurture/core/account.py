"""An owner's mailbox: the unit of distribution, which one worker reads from and sends from."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Owner:
    """The human in whose name mail leaves and to whom every answer goes."""

    name: str
    address: str
    zone: str
    postal_address: str
    language: str = "en"
    also_mine: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """How far an account may go; the defaults stay far below every provider (domain.md P18)."""

    per_day: int = 100
    gap: timedelta = timedelta(seconds=30)
    contact_gap: timedelta = timedelta(days=3)
    per_contact_year: int = 12
    unheard_after: timedelta = timedelta(minutes=5)
    sweep_every: timedelta = timedelta(minutes=5)
    batch: int = 10
    daily_bytes: int = 100_000_000


class UnsubscribeHeader(StrEnum):
    """Which mails carry List-Unsubscribe: it eases a no, and silences absence notes (P16, P17)."""

    GREETINGS = "greetings"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Account:
    """An owner's address, under a name of its own, and what its provider is known to do."""

    name: str
    address: str
    owner: Owner
    limits: Limits = Limits()
    files_sent_copy: bool = False
    subaddressing: bool = False
    pauses_colleagues: bool = True
    unsubscribe_header: UnsubscribeHeader = UnsubscribeHeader.GREETINGS
    since: datetime | None = None

    @property
    def own_addresses(self) -> frozenset[str]:
        """Every address whose mail is never a reply (domain.md D1)."""
        return frozenset((self.address, self.owner.address, *self.owner.also_mine))
