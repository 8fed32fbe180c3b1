"""Figures for whoever watches: how many of what, counted in one snapshot."""

import statistics
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, func, select, text

from nurture.core.halt import HaltKind
from nurture.core.handoff import HandoffState
from nurture.storage.engine import Database
from nurture.storage.switch import halts_of
from nurture.storage.tables import (
    enrollments,
    handoffs,
    inbound,
    is_active,
    is_uncertain,
    is_untold,
    notices,
    quarantine,
    touches,
    waits_for_check,
)
from nurture.value import frozen

_RESPONSES: Final = timedelta(days=30)
_AGES: Final = (("under_1h", timedelta(hours=1)), ("under_24h", timedelta(days=1)))


@frozen
class Figures:
    """One snapshot; `due_since` is the oldest due time of each account that has one."""

    enrollments: Mapping[str, int] = field(default_factory=dict)
    due_since: Mapping[str, datetime] = field(default_factory=dict)
    handoffs: Mapping[str, int] = field(default_factory=dict)
    first_response: timedelta | None = None
    uncertain: int = 0
    to_check: int = 0
    quarantined: int = 0
    untold: int = 0
    halts: tuple[HaltKind, ...] = ()
    size: int = 0


async def figures(database: Database, now: datetime) -> Figures:
    """Counts; raises Unreachable where the database does not answer."""
    return await database.read(_figures, now)


def _figures(connection: Connection, now: datetime) -> Figures:
    def count(where: ColumnElement[bool], of: Table) -> int:
        return int(connection.scalar(select(func.count()).select_from(of).where(where)) or 0)

    states = select(enrollments.c.state, func.count()).group_by(enrollments.c.state)
    due = select(enrollments.c.account, func.min(enrollments.c.due_at)).where(
        is_active, enrollments.c.due_at <= now
    )
    return Figures(
        enrollments={str(state): number for state, number in connection.execute(states)},
        due_since=dict(connection.execute(due.group_by(enrollments.c.account)).t.all()),
        handoffs=_handoffs(connection, now),
        first_response=_first_response(connection, now),
        uncertain=count(is_uncertain, touches),
        to_check=count(waits_for_check, inbound),
        quarantined=count(quarantine.c.settled == "", quarantine),
        untold=count(is_untold, notices),
        halts=tuple(each.kind for each in halts_of(connection)),
        size=_size(connection),
    )


def _handoffs(connection: Connection, now: datetime) -> dict[str, int]:
    """How many conversations wait for somebody to take them, by how long."""
    waiting = select(handoffs.c.opened_at).where(handoffs.c.state == HandoffState.OPEN)
    ages = {name: 0 for name, _ in _AGES} | {"older": 0}
    for opened_at in connection.scalars(waiting):
        name = next((name for name, most in _AGES if now - opened_at < most), "older")
        ages[name] += 1
    return ages


def _first_response(connection: Connection, now: datetime) -> timedelta | None:
    """The median of thirty days from a mail to the first answer to it (domain.md H1)."""
    answered = select(handoffs.c.asked_at, handoffs.c.answered_at).where(
        handoffs.c.answered_at >= now - _RESPONSES, handoffs.c.asked_at.is_not(None)
    )
    waits = [at - asked for asked, at in connection.execute(answered)]
    return statistics.median(waits) if waits else None


def _size(connection: Connection) -> int:
    if connection.dialect.name == "postgresql":
        return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    pages = int(connection.scalar(text("PRAGMA page_count")) or 0)
    return pages * int(connection.scalar(text("PRAGMA page_size")) or 0)
