"""Short transactions run where the caller stands, and never keep the event loop waiting."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import OperationalError

from nurture.storage import foreground
from nurture.storage.engine import Database
from nurture.storage.schema import open_database
from nurture.storage.tables import meta
from tests.fakes.story import START

KEY = b"a key for tests"


def add(connection: Connection, key: str) -> int:
    connection.execute(insert(meta).values(key=key, value=str(len(keys(connection)))))
    return threading.get_ident()


def keys(connection: Connection) -> set[str]:
    return set(connection.scalars(select(meta.c.key)))


def whereabouts(connection: Connection) -> int:
    return threading.get_ident() if keys(connection) else 0


def pragma(connection: Connection, name: str) -> object:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()


async def test_what_is_done_promptly_is_committed(database: Database) -> None:
    await database.write_promptly(add, "prompt")
    assert "prompt" in await database.read(keys)
    assert "prompt" in await database.read_promptly(keys)


async def test_on_sqlite_it_is_done_where_the_caller_stands(on_file: Database) -> None:
    here = threading.get_ident()
    assert await on_file.write_promptly(add, "here") == here
    assert await on_file.read_promptly(whereabouts) == here
    assert await on_file.write(add, "there") != here


async def test_it_survives_a_power_cut_and_waits_for_no_lock(on_file: Database) -> None:
    for work in (on_file.write_promptly, on_file.read_promptly):
        assert await work(pragma, "synchronous") == 2  # FULL
        assert await work(pragma, "foreign_keys") == 1
        assert await work(pragma, "busy_timeout") == 0


async def test_what_only_reads_takes_no_lock(on_file: Database, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "nurture.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert await on_file.read_promptly(whereabouts) == threading.get_ident()
    other.close()


async def test_the_loop_goes_on_while_another_program_holds_the_file(
    on_file: Database, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "nurture.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(on_file.write_promptly(add, "late"))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not writing.done()
    other.rollback()
    other.close()
    assert await writing != threading.get_ident()
    assert "late" in await on_file.read(keys)
    assert await on_file.write_promptly(add, "later") == threading.get_ident()


async def test_a_reading_that_is_disturbed_is_done_again_with_patience(on_file: Database) -> None:
    here = threading.get_ident()

    def disturbed(connection: Connection) -> int:
        if threading.get_ident() == here:
            raise OperationalError("SELECT", None, sqlite3.OperationalError("database is locked"))
        return whereabouts(connection)

    assert await on_file.read_promptly(disturbed) != here
    assert await on_file.read_promptly(whereabouts) == here


async def test_nobody_is_overtaken(on_file: Database) -> None:
    inside, may_end = threading.Event(), threading.Event()

    def add_slowly(connection: Connection) -> None:
        inside.set()
        assert may_end.wait(10)
        add(connection, "first")

    first = asyncio.create_task(on_file.write(add_slowly))
    assert await asyncio.to_thread(inside.wait, 10)
    second = asyncio.create_task(on_file.write(add, "second"))
    await asyncio.sleep(0)
    third = asyncio.create_task(on_file.write_promptly(add, "third"))
    may_end.set()
    await asyncio.gather(first, second, third)
    values = await on_file.read(
        lambda connection: [
            int(connection.scalars(select(meta.c.value).where(meta.c.key == key)).one())
            for key in ("first", "second", "third")
        ]
    )
    assert values == sorted(values)
    assert len(set(values)) == 3


async def test_what_takes_long_again_and_again_is_left_to_the_threads(
    on_file: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = threading.get_ident()
    monkeypatch.setattr(foreground, "_LONG", -1.0)
    stood = [await on_file.write_promptly(add, f"slow {each}") for each in range(4)]
    assert [each == here for each in stood] == [True, True, True, False]
    assert await on_file.read_promptly(whereabouts) == here


async def test_long_ones_with_a_quick_one_between_them_stay(
    on_file: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = threading.get_ident()
    for each, long in enumerate((-1.0, -1.0, 60.0, -1.0, -1.0, 60.0)):
        monkeypatch.setattr(foreground, "_LONG", long)
        assert await on_file.write_promptly(add, f"now and then {each}") == here


async def test_what_was_left_to_the_threads_comes_back_in_time(
    on_file: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreground, "_LONG", -1.0)
    monkeypatch.setattr(foreground, "_AVOIDED", 0.0)
    stood = {await on_file.write_promptly(add, f"slow {each}") for each in range(5)}
    assert stood == {threading.get_ident()}


async def test_whoever_is_cancelled_has_not_begun(on_file: Database) -> None:
    writing = asyncio.create_task(on_file.write_promptly(add, "given up"))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert "given up" not in await on_file.read(keys)


async def test_on_a_spare_copy_nothing_is_kept(sqlite_url: str) -> None:
    await open_database(sqlite_url, key=KEY, now=START).close()
    spare = open_database(sqlite_url, key=KEY, now=START, is_spare=True)
    await spare.write_promptly(add, "tried")
    assert "tried" in await spare.read_promptly(keys)
    await spare.close()
    again = open_database(sqlite_url, key=KEY, now=START)
    assert "tried" not in await again.read(keys)
    await again.close()
