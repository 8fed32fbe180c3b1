"""A backup takes the place of the database, and sends nothing until a person has reconciled it."""

import os
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from nurture.core.halt import HaltKind
from nurture.errors import Misconfigured
from nurture.storage import open_store
from nurture.storage.backup import check, drafted, file_of, mark, url_of, vacuum
from nurture.storage.home import KEY, taken_at
from nurture.value import frozen

_STALE: Final = ("-wal", "-shm")


@frozen
class Restored:
    """What was put in place, and where the database that stood there before is kept.

    `noes` counts the suppressions that it alone knew; None where it could not be read.
    """

    database: Path
    taken: str
    replaced: Path | None
    noes: int | None = 0


async def restore(url: str, file: Path, key: bytes, now: datetime) -> Restored:
    """Puts a checked copy of `file`, halted, in the place of the database, as a whole.

    The backup itself is not touched.  Whoever said no since it was taken stays suppressed, for a
    click on a link and the owner's own word stand in no mailbox (promise P3).  Raises Misconfigured
    while a daemon holds a lease, for a file that is no database of nurture's or of a newer one, and
    for another key.
    """
    target = file_of(url)
    _refuse_while_led(target, now)
    _refuse_stranger(file)
    with drafted(target) as draft:
        vacuum(file, draft)
        check(draft)
        taken = _taken(draft)
        why = f"the database was restored from a backup of {taken}"
        store = await open_store(url_of(draft), key, now)
        try:
            await store.switch.halt(HaltKind.RESTORED, why, now)
        finally:
            await store.close()
        noes = _keep_noes(target, draft)
        mark(draft, taken)
        replaced = _step_aside(target, now)
    return Restored(target, taken, replaced, noes)


def _refuse_while_led(target: Path, now: datetime) -> None:
    """A database too broken to be asked cannot be led by anybody either."""
    if not target.exists():
        return
    query = "SELECT worker, leased_until FROM accounts WHERE leased_until > ?"
    at = f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    with suppress(sqlite3.Error), closing(sqlite3.connect(target, timeout=10)) as connection:
        for worker, until in connection.execute(query, (at,)):
            raise Misconfigured(
                f"{worker} works on {target}: stop `nurture run` first (if it died, its lease "
                f"ends at {until[:19]} UTC)"
            )


def _refuse_stranger(file: Path) -> None:
    if not file.is_file():
        raise Misconfigured(f"there is no file {file}")
    try:
        with closing(sqlite3.connect(file, timeout=10)) as connection:
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
            connection.execute("SELECT count(*) FROM meta").fetchone()
    except sqlite3.Error as error:
        raise Misconfigured(f"{file} is no backup of nurture's: {error}") from error


def _taken(copy: Path) -> str:
    with closing(sqlite3.connect(copy)) as connection:
        row = connection.execute("SELECT value FROM meta WHERE key = ?", (KEY,)).fetchone()
    return taken_at(row[0] if row else "")


def _keep_noes(old: Path, draft: Path) -> int | None:
    """How many suppressions of the old database are new to the draft; None if it is unreadable."""
    if not old.exists():
        return 0
    try:
        with closing(sqlite3.connect(old, timeout=10)) as connection:
            rows = connection.execute("SELECT key, reason, at FROM suppressions").fetchall()
    except sqlite3.Error:
        return None
    with closing(sqlite3.connect(draft)) as connection, connection:
        before = connection.total_changes
        connection.executemany(
            "INSERT OR IGNORE INTO suppressions (key, reason, at) VALUES (?, ?, ?)", rows
        )
        return connection.total_changes - before


def _step_aside(target: Path, now: datetime) -> Path | None:
    """Keeps the old database under another name; nothing of its WAL outlives it.

    A WAL that is left behind would be replayed into the database that takes its place (O9).
    """
    if not target.exists():
        return None
    kept = target.with_name(f"{target.name}.replaced-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(target, timeout=10)) as old:
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.link(target, kept)
    for part in _STALE:
        target.with_name(target.name + part).unlink(missing_ok=True)
    return kept
