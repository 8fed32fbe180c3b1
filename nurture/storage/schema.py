"""Brings a database to the schema of this program, or refuses it."""

import hashlib
import hmac
from datetime import UTC, datetime
from importlib import import_module

from sqlalchemy import URL, Connection, inspect, select, text

from nurture import SCHEMA
from nurture.errors import Misconfigured
from nurture.storage.backup import before_upgrade
from nurture.storage.complaint import in_words, name_of
from nurture.storage.engine import (
    Database,
    add_missing,
    hold_schema,
    make_engine,
    make_private,
    parse_url,
    readers_of,
)
from nurture.storage.tables import meta, metadata

_MARK = "suppression key"


def open_database(url: str, *, key: bytes, now: datetime, is_spare: bool = False) -> Database:
    """The database under the schema this program knows, created or migrated where needed.

    An older one is backed up first.  Raises Misconfigured for a newer one, for one that belongs
    to another program, and for one whose suppressions were written under another `key`: they
    would all be overlooked.  Raises Unreachable where nobody answers.
    """
    where = parse_url(url)
    with in_words(where):
        remarks = _bring_up(where, now)
        _check_key(where, key)
    return Database(where, remarks, is_spare=is_spare)


def integrity(connection: Connection) -> str:
    """What SQLite finds wrong with its own file, or nothing; a server looks after itself."""
    if connection.dialect.name != "sqlite":
        return ""
    said = str(connection.execute(text("PRAGMA quick_check(3)")).scalar())
    return "" if said == "ok" else said


def _bring_up(url: URL, now: datetime) -> tuple[str, ...]:
    # Foreign keys are off here: a table that a migration rebuilds is gone for a moment.
    make_private(url)
    engine = make_engine(url, foreign_keys=False)
    try:
        # Nobody who merely opens waits for a writer.
        with readers_of(engine).connect() as connection:
            found = _version(connection, url)
        if found == SCHEMA:
            return ()
        stamp = f"{found}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        remarks = (f"schema {found}: {before_upgrade(url, stamp)}",) if found else ()
        # Alembic takes half a second to import and is needed once per release.
        upgrading = import_module("nurture.storage.migrations.upgrade")
        with engine.begin() as connection:
            hold_schema(connection)
            if _version(connection, url) == found:
                upgrading.upgrade(connection)
        return remarks
    finally:
        engine.dispose()


def _version(connection: Connection, url: URL) -> str:
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        strange = sorted(tables & set(metadata.tables))
        if strange:
            raise Misconfigured(
                f"{name_of(url)} has a table {strange[0]!r} that nurture did not make: "
                "name another database in storage.url"
            )
        return ""
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    version = str(found or "")
    if version > SCHEMA:
        raise Misconfigured(
            f"{name_of(url)}: this database was written by a newer nurture (schema {version}; "
            f"this program knows {SCHEMA}): install that version, or restore an older backup"
        )
    return version


def _check_key(url: URL, key: bytes) -> None:
    ours = hmac.digest(key, _MARK.encode(), hashlib.sha256).hex()
    written = select(meta.c.value).where(meta.c.key == _MARK)
    engine = make_engine(url)
    try:
        with readers_of(engine).connect() as connection:
            kept = connection.scalar(written)
        if kept is None:
            with engine.begin() as connection:
                add_missing(connection, meta, [{"key": _MARK, "value": ours}])
                kept = connection.scalars(written).one()
    finally:
        engine.dispose()
    if not hmac.compare_digest(kept, ours):
        raise Misconfigured(
            f"{name_of(url)} keeps its suppressions under another key: restore the key file that "
            "belongs to it, else people who said no would be written to"
        )
