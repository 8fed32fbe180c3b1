"""Addresses that are never written to again, kept as keyed hashes (domain.md L9)."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from nurture.core.contact.address import address_mark
from nurture.storage.engine import add_missing
from nurture.storage.prepared import OneOf, Prepared
from nurture.storage.tables import suppressions
from nurture.value import frozen

_AMONG: Final = Prepared(
    select(suppressions.c.key, suppressions.c.reason).where(OneOf(suppressions.c.key, "keys"))
)

_ANY: Final = Prepared(select(suppressions.c.key).limit(1))


@frozen
class Suppressions:
    """The list of noes under one installation's key: without the key nobody can guess who."""

    key: bytes = field(repr=False)

    def hashed(self, address: str) -> str:
        """What is stored in place of an address key."""
        return address_mark(self.key, address)

    def is_empty(self, connection: Connection) -> bool:
        """Whether nobody has ever said no, so that no address need be looked for."""
        return not _ANY.column(connection)

    def among(self, connection: Connection, addresses: Iterable[str]) -> Mapping[str, str]:
        """Of these address keys those that are suppressed, with the reason; one query."""
        sought = {self.hashed(address): address for address in addresses}
        return {sought[key]: reason for key, reason in _AMONG.rows(connection, keys=sought)}

    def add(
        self, connection: Connection, addresses: Iterable[str], reason: str, at: datetime
    ) -> int:
        """How many of these address keys are new to the list; a first reason is kept."""
        return self.add_marks(connection, map(self.hashed, addresses), reason, at)

    def add_marks(
        self, connection: Connection, marks: Iterable[str], reason: str, at: datetime
    ) -> int:
        """The same for addresses of which only the mark is known."""
        rows = [{"key": mark, "reason": reason, "at": at} for mark in dict.fromkeys(marks)]
        return add_missing(connection, suppressions, rows)
