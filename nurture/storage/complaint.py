"""What a database complains about, in words that say where and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import URL
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from nurture.errors import Misconfigured, Unreachable


def name_of(url: URL) -> str:
    """The database in words a person knows, without a password."""
    if url.get_backend_name() == "sqlite":
        return f"the database {url.database}"
    return f"the database {url.render_as_string(hide_password=True)}"


@contextmanager
def in_words(url: URL) -> Iterator[None]:
    """Turns the driver's complaints about the world into Unreachable, with what to do."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        raise Unreachable(f"{name_of(url)} {_advice(error)}") from error
    except DatabaseError as error:
        if damage := damage_in(str(error.orig)):
            raise Misconfigured(f"{name_of(url)} {damage}") from error
        raise


_ADVICE: Final = (
    ("locked", "is locked: stop the other program that has it open"),
    ("lock timeout", "is locked: another transaction held the row for too long"),
    ("is full", "cannot grow, the disk is full: make room; nothing half-done was kept"),
    ("readonly", "cannot be written: give nurture's user the right to write file and folder"),
    ("read-only", "cannot be written: give nurture's user the right to write file and folder"),
    ("unable to open", "cannot be opened: check the path and nurture's rights to it"),
)


def damage_in(said: str) -> str:
    """What is wrong with the file itself, by SQLite's words; empty where the mistake is ours."""
    if "not a database" in said or "malformed" in said:
        return f"is damaged or no database of ours ({said}): put a backup in its place"
    return ""


def _advice(error: OperationalError | InterfaceError | PoolTimeoutError) -> str:
    cause = error.orig if isinstance(error, OperationalError | InterfaceError) else error
    said = (str(cause).splitlines() or ["no reason given"])[0].strip()
    known = next((words for mark, words in _ADVICE if mark in said), None)
    return f"{known} ({said})" if known else f"cannot be reached: {said}"
