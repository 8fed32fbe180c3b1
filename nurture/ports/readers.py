"""What people were given to read, and what they answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment
from nurture.core.library import Reader
from nurture.core.library.echo import Offered
from nurture.value import frozen


@frozen
class Asked:
    """When the owner was asked to do something about a step, and whether they still are."""

    at: datetime
    is_open: bool


class Readers(Protocol):
    """Who read what, over all sequences and channels."""

    async def reader(self, contact: Contact, now: datetime) -> Reader:
        """The contact with the pieces that they had, and those that their colleagues had or are
        being sent within the last 365 days, the last words they wrote themselves, and the last
        notes on their card (ports.Cues).
        """
        ...

    async def readers(self, contacts: Sequence[Contact], now: datetime) -> tuple[Reader, ...]:
        """The same for many, in their order, without the words they wrote and the notes."""
        ...

    async def asked(self, walk: Enrollment) -> Asked | None:
        """The task that the owner was given for the step at which this walk stands."""
        ...

    async def offered(self) -> tuple[Offered, ...]:
        """Every piece that was sent to anybody, the oldest first."""
        ...
