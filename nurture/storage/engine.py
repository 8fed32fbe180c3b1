"""One way to run transactions in threads, on SQLite and on PostgreSQL alike."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, Insert, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, OperationalError

from nurture.belonging import hand_over
from nurture.errors import Misconfigured
from nurture.storage.complaint import in_words
from nurture.storage.foreground import READS_ONLY, Foreground, turn

P = ParamSpec("P")
T = TypeVar("T")

_PATIENCE_MS: Final = 5000
_SCHEMA_LOCK: Final = 0x6E757274  # any number will do, as long as every nurture takes the same
_WORKERS: Final = {"sqlite": 1, "postgresql": 4}
_READERS: Final = 2
_TRIES: Final = 4
_GIVEN_UP: Final = frozenset({"40P01", "40001"})  # deadlock_detected, serialization_failure


def parse_url(url: str) -> URL:
    """The database a URL names; Misconfigured where it is none that nurture can use."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise Misconfigured(
            "storage.url is no database URL: write sqlite:///PATH or postgresql://USER@HOST/NAME"
        ) from None
    family = parsed.get_backend_name()
    if family == "postgresql" or parsed.drivername == "postgres":
        return parsed.set(drivername="postgresql+psycopg")
    if family != "sqlite":
        raise Misconfigured(f"storage.url: {family} is not supported, use sqlite or postgresql")
    if not parsed.database or parsed.database == ":memory:":
        raise Misconfigured("storage.url must name a file: what only memory holds is sent twice")
    folder = Path(parsed.database).absolute().parent
    if not folder.is_dir():
        raise Misconfigured(f"storage.url: there is no folder {folder}; create it first")
    return parsed


def make_engine(url: URL, *, foreign_keys: bool = True, is_spare: bool = False) -> Engine:
    """An engine whose transactions are real ones, from the first statement on.

    Of a copy that `is_spare`, the end of a program may take everything.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, foreign_keys=foreign_keys, is_spare=is_spare)
    # We ask for a few rows by their keys.  As long as nobody has counted them, PostgreSQL would
    # rather read all the rows that there are, as if each leap cost the turn of a disk.
    options = f"-c lock_timeout={_PATIENCE_MS} -c timezone=UTC -c random_page_cost=1.1"
    try:
        return create_engine(
            url,
            pool_size=_WORKERS["postgresql"] + _READERS,
            connect_args={"connect_timeout": 10, "options": options},
        )
    except ModuleNotFoundError:
        raise Misconfigured("PostgreSQL needs its driver: install nurture[postgres]") from None


def _sqlite_engine(url: URL, *, foreign_keys: bool, is_spare: bool) -> Engine:
    # Last in, first out: in turn, each connection would keep its own copy of the same pages.
    engine = create_engine(url, connect_args={"timeout": _PATIENCE_MS / 1000}, pool_use_lifo=True)
    pragmas = (
        # Order matters: the mode is changed under the patience.
        f"busy_timeout={_PATIENCE_MS}",
        "journal_mode=WAL",
        # NORMAL may lose the last commits when the power fails: an intent that was on the wire
        # already would be sent a second time (promise P2).
        f"synchronous={'OFF' if is_spare else 'FULL'}",
        f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
        # KiB a connection, a quarter of what it would take: the system has the same pages at hand.
        "cache_size=-500",
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None  # we begin, not the driver
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A deferred transaction that turns to writing fails at once when another wrote meanwhile,
        # whatever the busy_timeout; so a writer queues before it reads.
        reads = connection.get_execution_options().get(READS_ONLY)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def make_private(url: URL) -> None:
    """A SQLite file that is not there yet is made readable by its user alone.

    What SQLite puts beside it (the WAL) has the same rights.
    """
    if url.get_backend_name() == "sqlite":
        with suppress(OSError):  # it is there already, or SQLite says what is wrong with the place
            os.close(os.open(str(url.database), os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            hand_over(Path(str(url.database)))


def readers_of(engine: Engine) -> Engine:
    """The same engine, for transactions that only read, all from one snapshot."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{READS_ONLY: True})
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def add_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> int:
    """Inserts the rows whose keys are not there yet; how many those were."""
    if not rows:
        return 0
    statement = _missing_into(connection, table).execution_options(preserve_rowcount=True)
    return connection.execute(statement, list(rows)).rowcount


def _missing_into(connection: Connection, table: Table) -> Insert:
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table).on_conflict_do_nothing()


def has_row_locks(connection: Connection) -> bool:
    """Whether writers share the database; on SQLite the one that began has all of it."""
    return connection.dialect.name != "sqlite"


def hold_schema(connection: Connection) -> None:
    """Keeps every other nurture from migrating, and from settling in, until this one has ended."""
    if has_row_locks(connection):
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})"))


def _once(
    engine: Engine, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    with engine.begin() as connection:
        return work(connection, *args, **kwargs)


def _no_change(connection: Connection) -> None:
    """A transaction that has the right to write, and does not; SQLite takes its lock for it."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_current_xact_id()"))


def _is_deadlock(error: OperationalError) -> bool:
    """Whether PostgreSQL gave this transaction up for another; nothing of it is left."""
    return getattr(error.orig, "sqlstate", "") in _GIVEN_UP


class Database:
    """Runs functions as transactions in threads of its own.

    A thread cannot be cancelled: a transaction whose caller has gone is finished all the same, and
    never leaves a lock behind.  SQLite has one writer thread, so that writers queue here and not
    in the file.  On a spare copy something is only tried: all of it is one transaction, where the
    caller stands, that is never committed.
    """

    def __init__(self, url: URL, remarks: Sequence[str] = (), *, is_spare: bool = False) -> None:
        self.url = url
        self.remarks = tuple(remarks)
        self._writing = make_engine(url, is_spare=is_spare)
        self._reading = readers_of(self._writing)
        workers = _WORKERS[self._writing.dialect.name]
        self._writers = ThreadPoolExecutor(workers, thread_name_prefix="nurture-write")
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="nurture-read")
        self._trying = self._writing.connect() if is_spare else None
        self._queued = 0
        self._here: Foreground | None = None
        if self._writing.dialect.name == "sqlite":
            self._here = Foreground(self._writing)

    async def write(
        self,
        work: Callable[Concatenate[Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """What `work` returns, after its transaction is committed; nothing if it raises.

        A cancelled call may commit or never begin.  Raises Unreachable where the database is
        locked, full or gone.
        """
        if self._trying is not None:
            return work(self._trying, *args, **kwargs)
        call = partial(self._within, self._writing, work, *args, **kwargs)
        self._queued += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._writers, call)
        finally:
            self._queued -= 1

    async def read(
        self,
        work: Callable[Concatenate[Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """What `work` reads from one snapshot; raises Unreachable like `write`."""
        if self._trying is not None:
            return work(self._trying, *args, **kwargs)
        call = partial(self._within, self._reading, work, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._readers, call)

    async def write_promptly(
        self,
        work: Callable[Concatenate[Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Like `write`, for what takes a millisecond and is done over and over.

        It is done where the caller stands if nothing is in its way, and nobody waits before it.
        """
        if self._here and self._trying is None:
            await turn()  # whoever is cancelled has not begun
            if not self._queued:
                with in_words(self.url):
                    if done := self._here.write(work, *args, **kwargs):
                        return done[0]
        return await self.write(work, *args, **kwargs)

    async def read_promptly(
        self,
        work: Callable[Concatenate[Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Like `read`, for what takes milliseconds; `write_promptly` says when and where."""
        if self._here and self._trying is None:
            await turn()
            with in_words(self.url):
                if done := self._here.read(work, *args, **kwargs):
                    return done[0]
        return await self.read(work, *args, **kwargs)

    def _within(
        self,
        engine: Engine,
        work: Callable[Concatenate[Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        with in_words(self.url):
            for _ in range(_TRIES - 1):
                try:
                    return _once(engine, work, *args, **kwargs)
                except OperationalError as error:
                    if not _is_deadlock(error):
                        raise
            return _once(engine, work, *args, **kwargs)

    async def probe_writing(self) -> None:
        """Begins to write and changes nothing; raises Unreachable where that is not possible."""
        await self.write(_no_change)

    async def close(self) -> None:
        """Waits for the transactions under way and closes every connection; harmless twice."""
        if self._trying is not None:
            self._trying.close()
        if self._here is not None:
            self._here.close()
        await asyncio.to_thread(self._writers.shutdown)
        await asyncio.to_thread(self._readers.shutdown)
        self._writing.dispose()
