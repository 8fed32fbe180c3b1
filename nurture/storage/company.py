"""Who shares a company with whom, as queries and as values see it."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, or_, select, text

from nurture.core.contact import Contact
from nurture.storage.engine import has_row_locks
from nurture.storage.prepared import OneOf
from nurture.storage.tables import contacts
from nurture.value import frozen

WORKS_THERE: Final = or_(
    OneOf(contacts.c.company_name, "names"), OneOf(contacts.c.company_domain, "domains")
)
"""`Companies.works_there` for statements that are prepared: the companies are its parameters."""

_COLLEAGUE: Final = contacts.alias("colleague")
LAST_AROUND: Final = (
    select(func.max(_COLLEAGUE.c.last_touch_at))
    .where(
        _COLLEAGUE.c.id != contacts.c.id,
        # An empty key, which nobody shares, must not be sought: half of a list may have none.
        or_(
            *(
                _COLLEAGUE.c[key] == func.nullif(contacts.c[key], "")
                for key in ("company_name", "company_domain")
            )
        ),
    )
    .correlate(contacts)
    .scalar_subquery()
)
"""When a colleague of somebody in `contacts` was last touched."""


@frozen
class Companies:
    """The companies of some people: names, and mail domains that strangers do not share."""

    names: frozenset[str]
    domains: frozenset[str]

    @classmethod
    def of(cls, people: Iterable[Contact]) -> "Companies":
        """Those of these people; freemail and missing names are no company."""
        return cls.named([contact.company_keys for contact in people])

    @classmethod
    def named(cls, keys: Sequence[Sequence[str]]) -> "Companies":
        """Those of these keys, a name and a domain each."""
        names, domains = zip(*keys, strict=True) if keys else ((), ())
        return cls(frozenset(names) - {""}, frozenset(domains) - {""})

    @property
    def works_there(self) -> ColumnElement[bool]:
        """A row of `contacts` belongs to one of them; over the indexes of both keys."""
        by_name = contacts.c.company_name.in_(self.names)
        return by_name | contacts.c.company_domain.in_(self.domains)

    def hold(self, connection: Connection) -> None:
        """Nobody else takes a last look at anybody of these companies until we commit.

        SQLite has one writer at a time; PostgreSQL is told, always in the same order.
        """
        if not has_row_locks(connection):
            return
        keys = [*(f"name {each}" for each in self.names), *(f"@{each}" for each in self.domains)]
        if keys:
            connection.execute(_HOLD, {"keys": keys})


_HOLD = text(
    "SELECT pg_advisory_xact_lock(number) FROM (SELECT hashtextextended(key, 7) AS number "
    "FROM unnest(CAST(:keys AS text[])) AS key ORDER BY 1) AS ordered"
)


@frozen
class Circle:
    """People filed by what colleagues share."""

    by_name: dict[str, set[int]] = field(default_factory=dict)
    by_domain: dict[str, set[int]] = field(default_factory=dict)

    def add(self, contact_id: int, name: str, domain: str) -> None:
        """One more person with their company's keys; an empty one is shared with nobody."""
        if name:
            self.by_name.setdefault(name, set()).add(contact_id)
        if domain:
            self.by_domain.setdefault(domain, set()).add(contact_id)

    @property
    def people(self) -> AbstractSet[int]:
        """All of them who have a company."""
        return set().union(*self.by_name.values(), *self.by_domain.values())

    def colleagues(self, contact: Contact) -> AbstractSet[int]:
        """Whoever of them shares a company with this person, but for themselves."""
        name, domain = contact.company_keys
        found = self.by_name.get(name, _NOBODY) | self.by_domain.get(domain, _NOBODY)
        return found - {contact.id} if found else found


_NOBODY: Final[AbstractSet[int]] = frozenset()


def are_colleagues(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two people's company keys agree in one that is filled."""
    return any(mine and mine == theirs for mine, theirs in zip(one, other, strict=True))
