"""Whose permission to be written to will end, and who of them was spoken of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from nurture.core.contact import Contact


class Permits(Protocol):
    """Permissions of the people who are under way; every method is one transaction."""

    async def walkers(
        self, account: str, after: int = 0, limit: int = 200
    ) -> tuple[tuple[Contact, str], ...]:
        """Who walks for this account, in the order of ids behind `after`, each with their mark."""
        ...

    async def warn(
        self, account: str, subject: str, text: str, now: datetime, marks: Mapping[int, str]
    ) -> None:
        """Puts the warning into the outbox and these marks to the contacts: both or neither."""
        ...
