"""Copies of a SQLite database: whole, checked, closed to others, and known as copies (O9)."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import URL

from nurture.belonging import hand_over
from nurture.errors import Broken, Misconfigured, Unreachable
from nurture.storage.complaint import damage_in
from nurture.storage.engine import parse_url
from nurture.storage.home import KEY, mark_copied

_STAMP: Final = "nurture-%Y%m%dT%H%M%SZ.db"
_FOLDER: Final = "backups"
_OURS: Final = re.compile(r"nurture-\d{8}T\d{6}Z\.db")
_POSTGRES: Final = (
    "is PostgreSQL, which has better tools: take a pg_dump; whatever you restore of it, "
    "`nurture run` notices and sends nothing until `nurture resume --reconcile`"
)


def file_of(url: str) -> Path:
    """The file of this SQLite database; raises Misconfigured with words for any other."""
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite":
        raise Misconfigured(f"storage.url {_POSTGRES}")
    return Path(str(parsed.database)).absolute()


def sqlite_file_of(url: str) -> Path | None:
    """The file of this database, None for one that a server keeps."""
    try:
        return file_of(url)
    except Misconfigured:
        return None


def back_up(url: str, target: Path | None, now: datetime) -> Path:
    """A checked copy, on disk before we return; `target` is a file or a folder that is there.

    Without `target` it lies in `backups` beside the database.  Other programs may write
    meanwhile: the copy is one moment of theirs.  A file is replaced only as a whole.
    """
    source = _there(url)
    name = now.astimezone(UTC).strftime(_STAMP)
    if target is None:
        target = source.with_name(_FOLDER)
        if not target.is_dir():
            target.mkdir(mode=0o700)
            hand_over(target)
    target = target.absolute()
    if target == source:
        raise Misconfigured(f"{target} is the database itself: name another file")
    whole = target / name if target.is_dir() else target
    _copy(source, whole, f"{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
    return whole


def before_upgrade(url: URL, stamp: str) -> str:
    """Copies the database beside its file, under a name with this stamp; says where.

    PostgreSQL has a better tool, and its operator has the rights to it.
    """
    if url.get_backend_name() == "postgresql":
        return "PostgreSQL is not backed up by nurture: keep a pg_dump from before the upgrade"
    source = Path(str(url.database))
    whole = source.with_name(f"{source.name}.{stamp}.bak")
    if whole.exists():
        raise Unreachable(f"{whole} is in the way: move it; the database was left as it was")
    _copy(source, whole, f"{stamp}, before an upgrade")
    return f"backed up to {whole}"


def forget_oldest(folder: Path, keep: int) -> tuple[Path, ...]:
    """Deletes our own backups of this folder but the newest `keep`; which they were."""
    found = sorted(each for each in folder.iterdir() if _OURS.fullmatch(each.name))
    old = tuple(found[:-keep])
    for each in old:
        each.unlink()
    return old


def newest_backup(url: str) -> datetime | None:
    """When the newest of our backups beside this database was made; None where there is none.

    Nobody knows what a server's operator keeps, or where somebody names a folder of their own.
    """
    file = sqlite_file_of(url)
    folder = file.with_name(_FOLDER) if file else None
    if folder is None or not folder.is_dir():
        return None
    made = sorted(each.name for each in folder.iterdir() if _OURS.fullmatch(each.name))
    return datetime.strptime(f"{made[-1]}+0000", f"{_STAMP}%z") if made else None


def copy_for_trial(url: str, target: Path) -> None:
    """A copy to try things on, whatever writes to the database meanwhile."""
    source = _there(url)
    with drafted(target) as draft:
        vacuum(source, draft)


def _there(url: str) -> Path:
    file = file_of(url)
    if not file.is_file():
        raise Misconfigured(f"there is no database {file} yet")
    return file


def mark(copy: Path, taken: str) -> None:
    """Makes the copy known as one, wherever it is opened."""
    with closing(sqlite3.connect(copy)) as connection, connection:
        row = (KEY, mark_copied(taken))
        connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", row)


def _copy(source: Path, whole: Path, taken: str) -> None:
    with drafted(whole) as draft:
        vacuum(source, draft)
        check(draft)
        mark(draft, taken)


@contextmanager
def drafted(whole: Path) -> Iterator[Path]:
    """A file of our own beside `whole`, which takes its place only once it is good."""
    draft = whole.with_name(f".{whole.name}.{os.getpid()}.draft")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        hand_over(draft)
        yield draft
        _flush(draft)
        draft.replace(whole)
        _flush(whole.parent)
    except (OSError, sqlite3.Error) as error:
        raise Unreachable(
            f"{whole} cannot be written ({error}): make room or give nurture's user the right; "
            "the database was left as it was"
        ) from error
    finally:
        for part in whole.parent.glob(f"{draft.name}*"):
            part.unlink()


def vacuum(source: Path, draft: Path) -> None:
    """One moment of the source as a file of its own; a plain copy would miss its WAL (O9).

    Raises Misconfigured where the source is damaged.
    """
    with closing(sqlite3.connect(source, timeout=10)) as connection:
        try:
            connection.execute("VACUUM INTO ?", (str(draft),))
        except sqlite3.DatabaseError as error:
            if damage := damage_in(str(error)):
                raise Misconfigured(f"{source} {damage}") from error
            raise


def check(copy: Path) -> None:
    """Raises Broken where SQLite finds the copy damaged."""
    with closing(sqlite3.connect(copy)) as connection:
        said = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if said != "ok":
        raise Broken(f"the copy {copy} is damaged ({said}); the database was left as it was")


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def url_of(file: Path) -> str:
    """The URL of a SQLite file."""
    return URL.create("sqlite", database=str(file)).render_as_string(hide_password=False)
