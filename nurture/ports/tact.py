"""Whom to leave alone, and what the owner decided about single steps of single people."""

from datetime import datetime
from typing import Protocol

from nurture.core.contact.hush import Hush, Hushed
from nurture.core.override import Override


class Tact(Protocol):
    """Hushes and overrides; every method is one transaction."""

    async def hush(self, hush: Hush, now: datetime) -> None:
        """From now on, before `until`, nobody it covers is written to; one per scope and key."""
        ...

    async def lift(self, scope: Hushed, key: str, now: datetime) -> bool:
        """Whether there was such a hush; it is gone."""
        ...

    async def hushes(self, now: datetime) -> tuple[Hush, ...]:
        """Those that are not over, the one that ends first at the top."""
        ...

    async def override(self, override: Override, now: datetime) -> None:
        """Replaces what was decided about this step of this person before."""
        ...

    async def overrides(self, contact_id: int) -> tuple[Override, ...]:
        """What was decided about this person's steps and has not had its day."""
        ...

    async def forget(self, contact_id: int, sequence: str, step: str) -> bool:
        """Whether there was an override of that step; it is gone."""
        ...
