"""Hushes and overrides in the database."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, tuple_

from nurture.core.contact.hush import Hush, Hushed
from nurture.core.enrollment import Enrollment
from nurture.core.override import Override
from nurture.ports import LedgerEntry
from nurture.storage.company import Companies
from nurture.storage.engine import Database
from nurture.storage.ledger import Event, write_lines
from nurture.storage.prepared import OneOf, Prepared
from nurture.storage.rows import acquainted
from nurture.storage.switch import hold_all_accounts
from nurture.storage.tables import contacts, hushes, overrides
from nurture.value import frozen

StepOf = tuple[int, str, str]
"""A contact's step of a sequence."""

_NEAR: Final = Prepared(
    select(*(hushes.c[name] for name in Hush.__dataclass_fields__))
    .where(
        hushes.c.until > bindparam("now", type_=hushes.c.until.type),
        or_(OneOf(hushes.c.key, "keys"), hushes.c.scope == Hushed.COUNTRY),
    )
    .order_by(hushes.c.until)
)
_IN_FORCE: Final = Prepared(
    select(hushes.c.scope)
    .where(hushes.c.until > bindparam("now", type_=hushes.c.until.type))
    .limit(1)
)
_IS_OVERRIDDEN: Final = Prepared(select(overrides.c.contact_id).limit(1))
_OVERRIDES: Final = Prepared(
    select(*(overrides.c[name] for name in Override.__dataclass_fields__)).where(
        OneOf(overrides.c.contact_id, "people")
    )
)


@frozen
class StoredTact:
    """ports.Tact in the database."""

    database: Database

    async def hush(self, hush: Hush, now: datetime) -> None:
        """From now on nobody it covers is written to; a last look under way commits before."""
        await self.database.write(_hush, hush, now)

    async def lift(self, scope: Hushed, key: str, now: datetime) -> bool:
        """Whether there was such a hush; it is gone."""
        return await self.database.write(_lift, scope, key, now)

    async def hushes(self, now: datetime) -> tuple[Hush, ...]:
        """Those that are not over, the one that ends first at the top."""
        return await self.database.read(_hushes, now)

    async def override(self, override: Override, now: datetime) -> None:
        """Replaces what was decided about this step of this person before."""
        await self.database.write(_override, override, now)

    async def overrides(self, contact_id: int) -> tuple[Override, ...]:
        """What was decided about this person's steps and has not had its day."""
        found = await self.database.read(overrides_of, [contact_id])
        return tuple(found[each] for each in sorted(found))

    async def forget(self, contact_id: int, sequence: str, step: str) -> bool:
        """Whether there was an override of that step; it is gone."""
        return await self.database.write(drop_overrides, [(contact_id, sequence, step)]) == 1


def _hush(connection: Connection, hush: Hush, now: datetime) -> None:
    hold_all_accounts(connection)
    this = (hushes.c.scope == hush.scope) & (hushes.c.key == hush.key)
    connection.execute(delete(hushes).where(this))
    connection.execute(insert(hushes).values(asdict(hush)))
    why = f"{_named(hush.scope, hush.key)} until {hush.until:%Y-%m-%d %H:%M}Z: {hush.why}"
    write_lines(connection, [_line(connection, hush.scope, hush.key, Event.HUSHED, why, now)])


def _lift(connection: Connection, scope: Hushed, key: str, now: datetime) -> bool:
    this = (hushes.c.scope == scope) & (hushes.c.key == key)
    was_there = connection.execute(delete(hushes).where(this)).rowcount == 1
    if was_there:
        line = _line(connection, scope, key, Event.HUSH_LIFTED, _named(scope, key), now)
        write_lines(connection, [line])
    return was_there


def _named(scope: Hushed, key: str) -> str:
    return f"{scope} {key}".strip()


def _line(
    connection: Connection, scope: Hushed, key: str, event: Event, why: str, now: datetime
) -> LedgerEntry:
    person = select(contacts.c.id).where(contacts.c.address == key)
    contact_id = connection.scalar(person) if scope is Hushed.CONTACT else None
    return LedgerEntry(now, event, why, contact_id)


def _hushes(connection: Connection, now: datetime) -> tuple[Hush, ...]:
    query = select(hushes).where(hushes.c.until > now)
    rows = connection.execute(query.order_by(hushes.c.until, hushes.c.scope, hushes.c.key))
    return tuple(Hush(**row._asdict()) for row in rows)


def hushes_over(
    connection: Connection, contact_ids: Collection[int], now: datetime
) -> Mapping[int, Hush]:
    """The longest hush that covers each of these contacts, if any.

    Three queries, and a single one while no hush at all is in force.
    """
    if not _IN_FORCE.column(connection, now=now):
        return {}
    people = acquainted(connection, contact_ids)
    them = Companies.of(people)
    keys = {"", *them.names, *them.domains, *[contact.address for contact in people]}
    found = [Hush(*row) for row in _NEAR.rows(connection, now=now, keys=keys)]
    return {contact.id: hush for hush in found for contact in people if hush.covers(contact)}


def _override(connection: Connection, override: Override, now: datetime) -> None:
    drop_overrides(connection, [(override.contact_id, override.sequence, override.step)])
    connection.execute(insert(overrides).values(asdict(override)))
    what = f"{override.what} until {override.to}" if override.to else str(override.what)
    why = f"{what}: {override.why}" if override.why else what
    line = LedgerEntry(
        now, Event.STEP_OVERRIDDEN, why, override.contact_id, override.sequence, override.step
    )
    write_lines(connection, [line])


def overrides_of(connection: Connection, contact_ids: Iterable[int]) -> Mapping[StepOf, Override]:
    """What was decided about the steps of these contacts; most of the time there is nothing."""
    if not _IS_OVERRIDDEN.column(connection):
        return {}
    rows = _OVERRIDES.rows(connection, people=set(contact_ids))
    found = (Override(*row) for row in rows)
    return {(each.contact_id, each.sequence, each.step): each for each in found}


def step_of(walk: Enrollment) -> StepOf:
    """The step that this walk stands at."""
    return walk.contact_id, walk.sequence, walk.position


def by_walk(steps: Iterable[StepOf]) -> Mapping[tuple[int, str], frozenset[str]]:
    """These steps by contact and sequence."""
    found: dict[tuple[int, str], frozenset[str]] = {}
    for contact_id, sequence, step in steps:
        found[contact_id, sequence] = found.get((contact_id, sequence), frozenset()) | {step}
    return found


def drop_overrides(connection: Connection, steps: Sequence[StepOf]) -> int:
    """These have had their day; how many there were."""
    spent = overrides_of(connection, (contact_id for contact_id, _, _ in steps)).keys() & set(steps)
    if not spent:
        return 0
    these = tuple_(overrides.c.contact_id, overrides.c.sequence, overrides.c.step).in_(spent)
    return connection.execute(delete(overrides).where(these)).rowcount
