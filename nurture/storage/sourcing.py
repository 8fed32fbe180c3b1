"""Feeds and what they propose, in the database."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, Row, delete, func, select, update

from nurture.core.library.proposal import Proposal, ProposalState, Source
from nurture.ports import MOST_WAITING, Version
from nurture.storage.engine import Database, add_missing
from nurture.storage.rows import Values
from nurture.storage.tables import is_proposed, proposals, sources
from nurture.value import frozen

_SOURCE: Final = tuple(sources.c[name] for name in Source.__dataclass_fields__)
_PROPOSAL: Final = tuple(proposals.c[name] for name in Proposal.__dataclass_fields__)


@frozen
class StoredSources:
    """ports.Sources in the database."""

    database: Database

    async def add(self, source: Source, now: datetime) -> Source | None:
        """The source as it was kept, due at once; None where its URL is one already."""
        return await self.database.write(_add, source, now)

    async def remove(self, source_id: int) -> bool:
        """Whether there was one; what it proposed and still waits is gone with it."""
        return await self.database.write(_remove, source_id)

    async def all(self) -> tuple[Source, ...]:
        """Every source, by its id."""
        return await self.database.read(_sources, sources.c.id > 0)

    async def due(self, now: datetime) -> tuple[Source, ...]:
        """Those whose time has come, the longest due first."""
        return await self.database.read(_sources, sources.c.due_at <= now)

    async def fetched(
        self,
        source: Source,
        found: Sequence[Proposal],
        version: Version,
        again: datetime,
        now: datetime,
    ) -> int:
        """How many of these are new, now waiting; what was known by its URL stays as it is."""
        return await self.database.write(_fetched, source, found, version, again, now)

    async def failed(self, source_id: int, why: str, again: datetime, now: datetime) -> None:
        """Nothing of what came is kept, only why it could not be used."""
        await self.database.write(_failed, source_id, why, again, now)

    async def proposals(self, *, open_only: bool = True) -> tuple[Proposal, ...]:
        """Proposals, the newest first; with `open_only` those that wait."""
        return await self.database.read(_proposals, open_only=open_only)

    async def proposal(self, number: int) -> Proposal | None:
        """The proposal of this id."""
        return await self.database.read(_proposal, number)

    async def settle(
        self, number: int, state: ProposalState, now: datetime, path: str = ""
    ) -> bool:
        """Whether it waited, and is now accepted or rejected; of two who say so, one is told no."""
        return await self.database.write(_settle, number, state, now, path)


def _values(row: Source | Proposal) -> Values:
    return {**asdict(row), "topics": list(row.topics)}


def _add(connection: Connection, source: Source, now: datetime) -> Source | None:
    values = _values(replace(source, due_at=now))
    del values["id"]
    if not add_missing(connection, sources, [values]):
        return None
    (kept,) = _sources(connection, sources.c.url == source.url)
    return kept


def _remove(connection: Connection, source_id: int) -> bool:
    of_it = proposals.c.source_id == source_id
    connection.execute(delete(proposals).where(of_it, is_proposed))
    connection.execute(update(proposals).where(of_it).values(source_id=None))
    return connection.execute(delete(sources).where(sources.c.id == source_id)).rowcount == 1


def _sources(connection: Connection, where: ColumnElement[bool]) -> tuple[Source, ...]:
    query = select(*_SOURCE).where(where).order_by(sources.c.due_at, sources.c.id)
    found = (Source(**_whole(row)) for row in connection.execute(query))
    return tuple(found)


def _whole(row: Row[tuple[object, ...]]) -> Values:
    values = row._asdict()
    return {**values, "topics": tuple(values["topics"])}


def _fetched(
    connection: Connection,
    source: Source,
    found: Sequence[Proposal],
    version: Version,
    again: datetime,
    now: datetime,
) -> int:
    this = update(sources).where(sources.c.id == source.id)
    read = {"etag": version.etag, "modified": version.modified, "title": source.title}
    known = connection.execute(
        this.values(read | {"checked_at": now, "due_at": again, "failures": 0, "why": ""})
    )
    if known.rowcount == 0:
        return 0  # it was removed meanwhile
    waiting = select(func.count()).where(is_proposed, proposals.c.source_id == source.id)
    room = max(0, MOST_WAITING - connection.scalars(waiting).one())
    urls = set(connection.scalars(select(proposals.c.url).where(
        proposals.c.url.in_([each.url for each in found])
    )))  # fmt: skip
    new = [each for each in found if each.url not in urls][:room]
    rows = [_values(replace(each, source_id=source.id, proposed_at=now)) for each in new]
    for row in rows:
        del row["id"]
    return add_missing(connection, proposals, rows)


def _failed(
    connection: Connection, source_id: int, why: str, again: datetime, now: datetime
) -> None:
    this = update(sources).where(sources.c.id == source_id)
    failures = sources.c.failures + 1
    connection.execute(this.values(checked_at=now, due_at=again, failures=failures, why=why))


def _proposals(connection: Connection, *, open_only: bool) -> tuple[Proposal, ...]:
    query = select(*_PROPOSAL).order_by(proposals.c.proposed_at.desc(), proposals.c.id)
    rows = connection.execute(query.where(is_proposed) if open_only else query)
    return tuple(Proposal(**_whole(row)) for row in rows)


def _proposal(connection: Connection, number: int) -> Proposal | None:
    row = connection.execute(select(*_PROPOSAL).where(proposals.c.id == number)).one_or_none()
    return Proposal(**_whole(row)) if row else None


def _settle(
    connection: Connection, number: int, state: ProposalState, now: datetime, path: str
) -> bool:
    this = update(proposals).where(proposals.c.id == number, is_proposed)
    return connection.execute(this.values(state=state, settled_at=now, path=path)).rowcount == 1
