"""Promises that the owner made in their own mail, and what they said to keeping them as tasks."""

from datetime import date, datetime
from typing import Protocol

from nurture.core.contact import Contact
from nurture.core.promise import Promise


class Promises(Protocol):
    """Promises found, offered as tasks; every method is one transaction.

    They are written down together with the mail they stand in (`Incoming.record`).
    """

    async def promises(self, *, open_only: bool = True) -> tuple[tuple[Promise, Contact], ...]:
        """Promises with whom they were made to, the earliest due first."""
        ...

    async def accept(self, promise_id: int, due_on: date | None, now: datetime) -> int | None:
        """The id of the task that keeps it, due on its own day or that one.

        None where no such promise is open; of two who accept it, one is told so.
        """
        ...

    async def reject(self, promise_id: int) -> bool:
        """Whether it was open and is none of the owner's concern any more."""
        ...
