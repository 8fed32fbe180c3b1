"""What deleting leaves in the file of a SQLite database is overwritten, and looked for."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from nurture.errors import Unreachable
from nurture.storage.backup import file_of
from nurture.storage.engine import parse_url
from nurture.storage.holding import Person
from nurture.value import frozen

_PATIENCE: Final = 30  # seconds, while the daemon writes
_BLOCK: Final = 1 << 20
_OVERLAP: Final = 1024  # more than any address has


@frozen
class Wiped:
    """What came of it: where the person still stands, and which copies hold them."""

    remains: tuple[Path, ...]
    copies: tuple[Path, ...]


def is_one_file(url: str) -> bool:
    """Whether the database is a file of ours, which we can wipe."""
    return parse_url(url).get_backend_name() == "sqlite"


def wipe(url: str, person: Person) -> Wiped:
    """Rewrites the database without what was deleted, empties its WAL, and looks for the person.

    The daemon may run.  Raises Unreachable where another program holds the file for too long;
    then nothing is lost, and it can be done again.
    """
    file = file_of(url)
    try:
        with closing(sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)) as connection:
            # New pages begin as zeros, and freed ones end as such.
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("VACUUM")
            is_busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        raise Unreachable(f"{file} cannot be rewritten now ({error}): erase once more") from error
    if is_busy:
        raise Unreachable(f"{file} is being read: erase once more, so that its WAL is emptied")
    parts = [file, *file.parent.glob(f"{file.name}-*")]
    return Wiped(
        remains=tuple(each for each in parts if _holds(each, person)),
        copies=tuple(each for each in _copies(file) if _holds(each, person)),
    )


def _copies(file: Path) -> Iterator[Path]:
    """Backups and set-aside databases where nurture itself puts them."""
    yield from sorted((file.parent / "backups").glob("*"))
    yield from sorted(file.parent.glob(f"{file.name}.*.bak"))
    yield from sorted(file.parent.glob(f"{file.name}.replaced-*"))


def _holds(file: Path, person: Person) -> bool:
    """Whether an address or the full name stands anywhere in these bytes."""
    words = [*person.addresses, *([person.name] if " " in person.name else [])]
    sought = re.compile(b"|".join(re.escape(each.encode()) for each in words), re.IGNORECASE)
    tail = b""
    try:
        with file.open("rb") as stream:
            while block := stream.read(_BLOCK):
                if sought.search(tail + block):
                    return True
                tail = block[-_OVERLAP:]
    except OSError as error:
        raise Unreachable(f"{file} cannot be read: {error.strerror}") from error
    return False
