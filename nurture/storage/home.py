"""Where a database lives, so that a copy of it is known as one before it speaks (domain.md F21)."""

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, delete, insert, select, text
from sqlalchemy.exc import DBAPIError

from nurture.belonging import hand_over
from nurture.errors import Unreachable
from nurture.storage.engine import hold_schema
from nurture.storage.tables import meta

KEY: Final = "home"
"""The row of `meta` that tells where the database was last used."""

_MACHINE_IDS: Final = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_UNSURE: Final = "mails that were sent since may be unknown to it"

Home = Mapping[str, str]


def settle_in(connection: Connection, url: URL) -> str:
    """Why this database is not the one that lived here, or nothing; it lives here from now on.

    The token beside the file is written before the row is committed, together with the one
    before: whenever we are cut short, one of the two is in the database.
    """
    # One after the other: a row that is written anew is none that the next one could wait for.
    hold_schema(connection)
    kept = connection.scalar(select(meta.c.value).where(meta.c.key == KEY))
    last: Home = json.loads(kept) if kept else {}
    here = _here(connection, url)
    tokens = _tokens(url)
    why = _why_strange(last, here, tokens) if last else ""
    if (file := _token_file(url)) is not None:
        new = secrets.token_hex(8)
        _write_tokens(file, [each for each in (last.get("token", ""), new) if each])
        here = {**here, "token": new}
    _write(connection, here)
    return why


def forget_old_token(connection: Connection, url: URL) -> None:
    """Only the token that is committed names this database from now on."""
    file = _token_file(url)
    kept = connection.scalar(select(meta.c.value).where(meta.c.key == KEY))
    if file is not None and kept:
        _write_tokens(file, [json.loads(kept)["token"]])


def mark_copied(taken: str) -> str:
    """The row of a copy: wherever it is opened, it is no database that lived there."""
    return json.dumps({"copied": taken})


def taken_at(row: str) -> str:
    """When a copy was taken, as its row tells; of a plain copy of the file nobody knows."""
    known: Home = json.loads(row) if row else {}
    return known.get("copied", "an unknown time")


def _why_strange(last: Home, here: Home, tokens: frozenset[str]) -> str:
    if "copied" in last:
        return f"the database was restored from a backup of {last['copied']}: {_UNSURE}"
    if last.get("place") != here["place"]:
        return f"the database was last used as {last.get('place')}: {_UNSURE}"
    was, now = last.get("machine", ""), here.get("machine", "")
    if was and now and was != now:
        return f"the database was last used on another machine: {_UNSURE}"
    if "token" in last and last["token"] not in tokens:
        return f"an older copy was put in the place of the database: {_UNSURE}"
    return ""


def _here(connection: Connection, url: URL) -> Home:
    if url.get_backend_name() == "sqlite":
        return {"place": str(Path(str(url.database)).resolve()), "machine": _machine()}
    # A restored dump has other object ids, a recovered or promoted server another timeline.
    names = connection.execute(
        text(
            "SELECT current_database(), 'meta'::regclass::oid::text,"
            " (SELECT oid::text FROM pg_database WHERE datname = current_database())"
        )
    ).one()
    system = _asked(connection, "SELECT system_identifier::text FROM pg_control_system()")
    timeline = _asked(connection, "SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)")
    return {"place": "/".join((*names, timeline)), "machine": system}


def _asked(connection: Connection, query: str) -> str:
    """What the server says, empty where it does not tell us."""
    try:
        with connection.begin_nested():
            return str(connection.scalar(text(query)) or "")
    except DBAPIError:
        return ""


def _machine() -> str:
    """A hash of the machine's id, which is nobody's business; empty where it has none."""
    for file in _MACHINE_IDS:
        try:
            known = file.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if known:
            return hashlib.sha256(f"nurture home {known}".encode()).hexdigest()[:16]
    return ""


def _write(connection: Connection, here: Home) -> None:
    connection.execute(delete(meta).where(meta.c.key == KEY))
    connection.execute(insert(meta).values(key=KEY, value=json.dumps(here)))


def _token_file(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite":
        return None
    file = Path(str(url.database))
    return file.with_name(f"{file.name}.home")


def _tokens(url: URL) -> frozenset[str]:
    file = _token_file(url)
    try:
        return frozenset(file.read_text("ascii").split()) if file else frozenset()
    except (OSError, UnicodeDecodeError):
        return frozenset()


def _write_tokens(file: Path, tokens: list[str]) -> None:
    """Replaces the file as a whole, on disk before we return."""
    draft = file.with_name(f"{file.name}.new")
    try:
        descriptor = os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as written:
            written.write("\n".join([*tokens, ""]))
            written.flush()
            os.fsync(written.fileno())
        hand_over(draft)
        draft.replace(file)
    except OSError as error:
        raise Unreachable(
            f"{file} cannot be written ({error}): give nurture's user the right to its folder"
        ) from error
