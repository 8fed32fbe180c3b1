"""What people were given to read, and what they answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment
from nurture.core.library import Reader


@dataclass(frozen=True, slots=True)
class Offered:
    """A piece that reached somebody, or may have, and the first words of theirs after it.

    `said_no` where those words asked for no more mail.
    """

    piece: str
    contact_id: int
    sent_at: datetime
    answered_at: datetime | None = None
    said_no: bool = False


class Readers(Protocol):
    """Who read what, over all sequences and channels."""

    async def reader(self, contact: Contact, now: datetime) -> Reader:
        """The contact with the pieces that they had, and those that their colleagues had or are
        being sent within the last 365 days, and the last words they wrote themselves.
        """
        ...

    async def asked_at(self, walk: Enrollment) -> datetime | None:
        """When the owner was given a task for the step at which this walk stands."""
        ...

    async def offered(self) -> tuple[Offered, ...]:
        """Every piece that was sent to anybody, the oldest first."""
        ...
