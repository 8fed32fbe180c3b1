"""Transactions are durable, cancel-safe, and fail in words (promise P2)."""

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text, update

from nurture.errors import Misconfigured, Unreachable
from nurture.storage import engine as engine_module
from nurture.storage.engine import Database, parse_url
from nurture.storage.schema import open_database
from nurture.storage.tables import meta
from tests.fakes.story import START

KEY = b"a key for tests"


def add(connection: Connection, key: str) -> None:
    connection.execute(insert(meta).values(key=key, value="0"))


def keys(connection: Connection) -> set[str]:
    return set(connection.scalars(select(meta.c.key)))


def pragma(connection: Connection, name: str) -> object:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()


async def test_sqlite_commits_survive_a_power_cut(on_file: Database) -> None:
    for work in (on_file.write, on_file.read):
        assert await work(pragma, "journal_mode") == "wal"
        assert await work(pragma, "synchronous") == 2  # FULL
        assert await work(pragma, "foreign_keys") == 1
        assert await work(pragma, "busy_timeout") == 5000


@pytest.mark.parametrize("write", [Database.write, Database.write_promptly])
async def test_a_failed_transaction_leaves_nothing(
    database: Database, write: Callable[..., Awaitable[None]]
) -> None:
    def add_and_fail(connection: Connection) -> None:
        add(connection, "half")
        raise RuntimeError("the second half")

    with pytest.raises(RuntimeError):
        await write(database, add_and_fail)
    assert "half" not in await database.read(keys)
    await write(database, add, "whole")
    assert "whole" in await database.read(keys)


async def test_a_hundred_changes_of_one_row_lose_none(database: Database) -> None:
    def increase(connection: Connection) -> None:
        this = meta.c.key == "sum"
        now = connection.scalars(select(meta.c.value).where(this).with_for_update()).one()
        connection.execute(update(meta).where(this).values(value=str(int(now) + 1)))

    await database.write(add, "sum")
    await asyncio.gather(*(database.write(increase) for _ in range(100)))
    total = select(meta.c.value).where(meta.c.key == "sum")
    assert await database.read(lambda connection: connection.scalar(total)) == "100"


async def test_readers_see_one_snapshot_and_write_nothing(database: Database) -> None:
    started, written = threading.Event(), threading.Event()

    def read_twice(connection: Connection) -> tuple[set[str], set[str]]:
        first = keys(connection)
        started.set()
        assert written.wait(10)
        return first, keys(connection)

    reading = asyncio.create_task(database.read(read_twice))
    assert await asyncio.to_thread(started.wait, 10)
    await database.write(add, "new")
    written.set()
    first, second = await reading
    assert first == second
    assert "new" in await database.read(keys)


async def test_a_cancelled_write_never_leaves_a_lock(database: Database) -> None:
    inside, may_end = threading.Event(), threading.Event()

    def add_slowly(connection: Connection) -> None:
        add(connection, "slow")
        inside.set()
        assert may_end.wait(10)

    writing = asyncio.create_task(database.write(add_slowly))
    assert await asyncio.to_thread(inside.wait, 10)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    may_end.set()
    await database.write(add, "next")
    assert {"slow", "next"} <= await database.read(keys)


async def test_closing_waits_for_what_is_under_way(sqlite_url: str) -> None:
    database = open_database(sqlite_url, key=KEY, now=START)
    writing = asyncio.create_task(database.write(add, "last"))
    await asyncio.sleep(0)
    await database.close()
    await writing
    await database.close()
    again = open_database(sqlite_url, key=KEY, now=START)
    assert "last" in await again.read(keys)
    await again.close()


async def test_a_locked_database_is_unreachable_in_words(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "_PATIENCE_MS", 10)
    database = open_database(sqlite_url, key=KEY, now=START)
    other = sqlite3.connect(tmp_path / "nurture.db")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unreachable, match=r"nurture\.db is locked: stop the other program"):
        await database.write(add, "late")
    other.rollback()
    other.close()
    await database.write(add, "free")
    await database.close()


async def test_a_full_disk_is_unreachable_in_words(on_file: Database) -> None:
    def fill(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        connection.execute(insert(meta).values(key="big", value="x" * 1_000_000))

    with pytest.raises(Unreachable, match="the disk is full"):
        await on_file.write(fill)
    assert "big" not in await on_file.read(keys)


async def test_a_locked_row_is_unreachable_in_words(
    empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "_PATIENCE_MS", 10)
    database = open_database(empty_postgres_url, key=KEY, now=START)
    lock = text("LOCK TABLE meta")

    def hold(connection: Connection, is_held: threading.Event, may_end: threading.Event) -> None:
        connection.execute(lock)
        is_held.set()
        assert may_end.wait(10)

    is_held, may_end = threading.Event(), threading.Event()
    holding = asyncio.create_task(database.write(hold, is_held, may_end))
    assert await asyncio.to_thread(is_held.wait, 10)
    with pytest.raises(Unreachable, match="is locked"):
        await database.write(add, "late")
    may_end.set()
    await holding
    await database.close()


async def test_a_deadlock_is_run_again_and_loses_nothing(empty_postgres_url: str) -> None:
    database = open_database(empty_postgres_url, key=KEY, now=START)
    both, met = threading.Barrier(2), set[str]()

    def mark_both(connection: Connection, first: str, second: str) -> None:
        marked = update(meta).values(value=meta.c.value + "x")
        connection.execute(marked.where(meta.c.key == first))
        if first not in met:
            met.add(first)
            both.wait(10)
        connection.execute(marked.where(meta.c.key == second))

    for key in "ab":
        await database.write(add, key)
    await asyncio.gather(database.write(mark_both, "a", "b"), database.write(mark_both, "b", "a"))
    values = select(meta.c.value).where(meta.c.key.in_(["a", "b"]))
    found = await database.read(lambda connection: connection.scalars(values).all())
    assert found == ["0xx", "0xx"]
    await database.close()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "no database URL"),
        ("mysql://localhost/x", "mysql is not supported"),
        ("sqlite://", "must name a file"),
        ("sqlite:///no/such/folder/x.db", "create it first"),
    ],
)
def test_a_useless_url_says_what_to_write(url: str, says: str) -> None:
    with pytest.raises(Misconfigured, match=says):
        parse_url(url)


def test_an_absent_server_is_unreachable_without_its_password() -> None:
    with pytest.raises(Unreachable, match="cannot be reached") as caught:
        open_database("postgresql://me:secret@127.0.0.1:1/x", key=KEY, now=START)
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_says_what_to_do(tmp_path: Path) -> None:
    damaged = tmp_path / "nurture.db"
    damaged.write_bytes(b"this was a database once\n" * 200)
    with pytest.raises(Misconfigured, match="put a backup in its place"):
        open_database(f"sqlite:///{damaged}", key=KEY, now=START)
