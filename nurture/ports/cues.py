"""Reasons to get in touch, noted on the cards of contacts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from nurture.core.contact import Contact
from nurture.core.cue import Cue
from nurture.core.task import Task


class Cues(Protocol):
    """Notes on contacts; every method is one transaction.

    The latest that was noted or came round is the contact's `note`, until it is removed.
    """

    async def add(self, cue: Cue) -> int:
        """The id of the note, which is the contact's `note` from now on."""
        ...

    async def cues(self, contact_id: int | None = None) -> tuple[tuple[Cue, Contact], ...]:
        """Notes with whom they are about, the next first, those without a day last."""
        ...

    async def due(self, accounts: Sequence[str], today: date) -> tuple[tuple[Cue, Contact], ...]:
        """Notes of these accounts whose day has come, the earliest first."""
        ...

    async def heed(
        self, cue: Cue, next_on: date | None, task: Task | None, why: str, now: datetime
    ) -> int | None:
        """Moves the note to its next day, or takes it off where there is none.

        It is the contact's `note` again.  The id of the task that it becomes, of which the owner
        is told; None where it becomes none, or somebody heeded it before.
        """
        ...

    async def remove(self, cue_id: int, now: datetime) -> bool:
        """Whether it was there; an older note, if any, is the contact's again."""
        ...
