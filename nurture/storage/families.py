"""What is known of the families of mailboxes we write to: their tallies and their breakers."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from nurture.core.family import Family
from nurture.storage.engine import add_missing
from nurture.storage.tables import families, is_backed_off

_CHANGING: Final = ("tally", "failures", "tripped_at", "until", "probing_until", "why")
_SAVE: Final = (
    update(families)
    .where(families.c.scope == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)


def locked_families(connection: Connection, scopes: Collection[str]) -> Mapping[str, Family]:
    """These families, nobody else's until we commit; one never seen gets its row.

    Accounts are locked before families, and families before people, everywhere.
    """
    wanted = {*scopes} - {""}
    known = _locked(connection, wanted)
    if new := sorted(wanted - known.keys()):
        add_missing(connection, families, [{"scope": scope} for scope in new])
        known |= _locked(connection, new)
    return known


def _locked(connection: Connection, scopes: Collection[str]) -> dict[str, Family]:
    if not scopes:
        return {}
    query = select(families).where(families.c.scope.in_(scopes)).order_by(families.c.scope)
    rows = connection.execute(query.with_for_update())
    return {row.scope: Family(**row._asdict()) for row in rows}


def read_families(connection: Connection, scopes: Collection[str]) -> tuple[Family, ...]:
    """What is known of these families, in the order of scopes."""
    query = select(families).where(families.c.scope.in_(scopes))
    known = {row.scope: Family(**row._asdict()) for row in connection.execute(query)}
    return tuple(known.get(scope) or Family(scope) for scope in sorted({*scopes}))


def backed_off(connection: Connection) -> tuple[Family, ...]:
    """Every family whose breaker is not closed."""
    query = select(families).where(is_backed_off).order_by(families.c.scope)
    return tuple(Family(**row._asdict()) for row in connection.execute(query))


def save_families(connection: Connection, changed: Iterable[Family]) -> None:
    """Writes families that are locked."""
    rows = [
        {"of": each.scope, **{f"new_{name}": getattr(each, name) for name in _CHANGING}}
        for each in changed
    ]
    if rows:
        connection.execute(_SAVE, rows)


def trip(connection: Connection, scope: str, why: str, at: datetime) -> None:
    """Backs off this family."""
    known = locked_families(connection, [scope])
    save_families(connection, [known[scope].tripped(why, at)])
