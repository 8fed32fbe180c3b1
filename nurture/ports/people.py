"""Contacts, and the addresses that must never be written to."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from nurture.core.contact import Contact
from nurture.value import frozen


class Merge(StrEnum):
    """What came of one imported contact."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SUPPRESSED = "suppressed"  # known as a no: stored or not, it is never written to


class People(Protocol):
    """Contacts and the addresses that must never be written to."""

    async def merge(
        self, contacts: Sequence[Contact], now: datetime, *, write: bool = True
    ) -> tuple[Merge, ...]:
        """Adds or updates each by its address, empty fields changing nothing; one transaction.

        With `write=False` says what would happen and changes nothing.  An import never lowers a
        suppression.  Where it changes what occasions depend on, their lanes are due at once, so
        that the next day is planned anew; the same goes for `clear`.
        """
        ...

    async def clear(self, contact_id: int, fields: Collection[str], now: datetime) -> None:
        """These facts of the contact, named as an import names them, are unknown from now on."""
        ...

    async def contact(self, address: str) -> Contact | None:
        """The contact of this address key or learnt alias."""
        ...

    async def contacts(self, addresses: Sequence[str]) -> Mapping[str, Contact]:
        """The contacts of these address keys or learnt aliases, by the address sought."""
        ...

    async def contact_by_id(self, contact_id: int) -> Contact | None:
        """The contact of this id."""
        ...

    async def page(self, after: str = "", limit: int = 200) -> tuple[Contact, ...]:
        """Contacts in the order of their addresses, behind `after`."""
        ...

    async def suppress(self, address: str, reason: str, now: datetime) -> None:
        """Never to be written to again; kept as a keyed hash; everything queued is cancelled."""
        ...

    async def suppress_mark(self, mark: str, reason: str, now: datetime) -> None:
        """The address of this mark is never to be written to, whether anybody here has it or not.

        For a no that outlived its contact, such as one by a link in a mail of before a restore.
        """
        ...

    async def suppressed(self, addresses: Sequence[str]) -> Mapping[str, str]:
        """Of these address keys those that are suppressed, with the reason."""
        ...


@frozen
class LastSpoken:
    """When a contact was last written to and last wrote, as far as a mailbox tells."""

    contact_id: int
    touched_at: datetime | None = None
    heard_at: datetime | None = None
