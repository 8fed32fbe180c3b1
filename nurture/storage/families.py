"""What is known of the families of mailboxes we write to: their tallies and their breakers."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from nurture.core.account.family import Family
from nurture.storage.insertion import insert_missing
from nurture.storage.prepared import OneOf, Prepared
from nurture.storage.tables import families, is_backed_off

_CHANGING: Final = ("tally", "failures", "tripped_at", "until", "probing_until", "why")
_SAVE: Final = Prepared(
    update(families)
    .where(families.c.scope == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
_SAVED: Final = ("of", *(f"new_{name}" for name in _CHANGING))
_standing: Final = attrgetter("scope", *_CHANGING)
_ALL: Final = select(*(families.c[name] for name in Family.__dataclass_fields__)).order_by(
    families.c.scope
)
_THESE: Final = _ALL.where(OneOf(families.c.scope, "scopes"))
_BACKED_OFF: Final = Prepared(_ALL.where(is_backed_off))
_IS_TROUBLED: Final = Prepared(select(families.c.scope).where(is_backed_off).limit(1))
_NEW: Final = insert_missing(families, "scope")
_READ, _LOCKED = Prepared(_THESE), Prepared(_THESE.with_for_update())


def locked_families(
    connection: Connection, scopes: Collection[str], counted: Collection[str] | None = None
) -> Mapping[str, Family]:
    """These families, nobody else's until we commit.

    One never seen gets its row where it is to be `counted`, as all are unless some are named; of
    the others count those that are backed off, which most of the time is none.
    Accounts are locked before families, and families before people, everywhere.
    """
    wanted = {*scopes} - {""}
    asked = wanted if counted is None else wanted & {*counted}
    if not asked and not _IS_TROUBLED.column(connection):
        return {}
    known = _locked(connection, wanted)
    if new := sorted(asked - known.keys()):
        _NEW.run(connection, ({"scope": scope} for scope in new))
        known |= _locked(connection, new)
    return known


def _locked(connection: Connection, scopes: Collection[str]) -> dict[str, Family]:
    if not scopes:
        return {}
    return {row[0]: Family(*row) for row in _LOCKED.rows(connection, scopes=scopes)}


def read_families(connection: Connection, scopes: Collection[str]) -> tuple[Family, ...]:
    """What is known of these families, in the order of scopes."""
    if not scopes:
        return ()
    known = {row[0]: Family(*row) for row in _READ.rows(connection, scopes={*scopes})}
    return tuple(known.get(scope) or Family(scope) for scope in sorted({*scopes}))


def backed_off(connection: Connection) -> tuple[Family, ...]:
    """Every family whose breaker is not closed, in the order of scopes."""
    return tuple(Family(*row) for row in _BACKED_OFF.rows(connection))


def save_families(connection: Connection, changed: Iterable[Family]) -> None:
    """Writes families that are locked."""
    _SAVE.run_all(connection, _SAVED, map(_standing, changed))


def trip(connection: Connection, scope: str, why: str, at: datetime) -> None:
    """Backs off this family."""
    known = locked_families(connection, [scope])
    save_families(connection, [known[scope].tripped(why, at)])
