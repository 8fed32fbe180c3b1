"""Whose permission to be written to will end, and who of them was spoken of."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from nurture.core.contact import Contact
from nurture.value import frozen


@frozen
class Ground:
    """What a permission rests on, and the mark of the last warning: one for all who share both.

    Of `anybody` no more is known than that; `name` tells this ground from all others.
    """

    name: str
    anybody: Contact
    mark: str


@frozen
class Stretch:
    """Everybody with an id behind `after`, up to `upto`; on these grounds stand who walk there."""

    after: int
    upto: int
    grounds: tuple[Ground, ...]


class Permits(Protocol):
    """Permissions of the people who are under way; every method is one transaction."""

    async def next_stretch(self, account: str, after: int = 0, limit: int = 2000) -> Stretch | None:
        """The next `limit` people, with each ground that walkers for this account stand on once.

        None where nobody is left.
        """
        ...

    async def standing_on(
        self, account: str, stretch: Stretch, grounds: Collection[str]
    ) -> tuple[tuple[Contact, str], ...]:
        """Who of a stretch walks for this account on these grounds, each with the ground's name.

        In the order of their ids; no more is known of them than their address and names.
        """
        ...

    async def observers(self, account: str) -> tuple[Contact, ...]:
        """Where walkers for this account are and what they observe, each different case once.

        No more is known of these contacts.
        """
        ...

    async def warn(
        self, account: str, subject: str, text: str, now: datetime, marks: Mapping[int, str]
    ) -> None:
        """Puts the warning into the outbox and these marks to the contacts: both or neither."""
        ...
