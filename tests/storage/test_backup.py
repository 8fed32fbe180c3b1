"""Backups are whole, private and known as copies; a restored one sends nothing (O9, R18)."""

import os
import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from nurture.core.contact import Contact
from nurture.core.halt import HaltKind
from nurture.errors import Misconfigured, Unreachable
from nurture.storage import open_store
from nurture.storage.backup import back_up, forget_oldest, newest_backup
from nurture.storage.restoring import restore
from tests.fakes.story import START

KEY = b"a key for tests"
LATER = START + timedelta(days=3)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "nurture.db"


def url(file: Path) -> str:
    return f"sqlite:///{file}"


async def add(file: Path, address: str) -> None:
    store = await open_store(url(file), KEY, START)
    await store.people.merge([Contact(address)], START)
    await store.close()


async def known(file: Path) -> list[str]:
    store = await open_store(url(file), KEY, START)
    found = [each.address for each in await store.people.page()]
    await store.close()
    return found


async def test_a_backup_holds_what_still_lies_in_the_wal(file: Path, tmp_path: Path) -> None:
    store = await open_store(url(file), KEY, START)
    await store.people.merge([Contact("ada@example.org")], START)
    assert file.with_name("nurture.db-wal").stat().st_size
    made = back_up(url(file), None, START)
    await store.close()
    assert made == tmp_path / "backups" / "nurture-20260302T090000Z.db"
    assert made.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in made.parent.iterdir()] == [made.name]
    assert await known(made) == ["ada@example.org"]


async def test_the_newest_of_our_own_backups_is_known_by_its_name(file: Path) -> None:
    assert newest_backup(url(file)) is None
    await add(file, "ada@example.org")
    for day in (2, 0, 1):
        made = back_up(url(file), None, START + timedelta(days=day))
    made.with_name("nurture-mine.db").write_text("")
    assert newest_backup(url(file)) == START + timedelta(days=2)
    assert newest_backup("postgresql://somewhere/else") is None


def test_a_damaged_database_is_not_backed_up_and_is_said_to_be_damaged(file: Path) -> None:
    file.write_bytes(b"no database" * 1000)
    with pytest.raises(Misconfigured, match="is damaged or no database of ours"):
        back_up(url(file), None, START)
    assert list((file.parent / "backups").iterdir()) == []


async def test_only_our_own_oldest_backups_are_forgotten(file: Path) -> None:
    await add(file, "ada@example.org")
    made = [back_up(url(file), None, START + timedelta(days=day)) for day in range(3)]
    (made[0].parent / "mine.db").write_text("")
    assert forget_oldest(made[0].parent, 2) == (made[0],)
    assert forget_oldest(made[0].parent, 2) == ()
    assert sorted(made[0].parent.iterdir()) == sorted([*made[1:], made[0].parent / "mine.db"])


async def test_a_backup_that_fails_leaves_the_last_one_and_no_draft(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add(file, "ada@example.org")
    target = tmp_path / "copy.db"
    back_up(url(file), target, START)
    before = target.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unreachable, match="make room"):
        back_up(url(file), target, LATER)
    assert target.read_bytes() == before
    assert {each.name for each in tmp_path.iterdir()} == {"copy.db", "nurture.db"}


async def test_a_restored_backup_is_halted_and_the_old_database_kept(
    file: Path, tmp_path: Path
) -> None:
    await add(file, "ada@example.org")
    copy = back_up(url(file), tmp_path / "copy.db", START)
    await add(file, "bob@example.org")
    done = await restore(url(file), copy, KEY, LATER)
    assert done.taken == "2026-03-02 09:00 UTC"
    assert done.replaced is not None
    assert await known(file) == ["ada@example.org"]
    assert await known(done.replaced) == ["ada@example.org", "bob@example.org"]
    store = await open_store(url(file), KEY, LATER)
    (halt,) = await store.switch.halts()
    assert (halt.kind, halt.since) == (HaltKind.RESTORED, LATER)
    assert "2026-03-02 09:00 UTC" in await store.switch.settle_in(LATER)
    await store.close()


async def test_p3_a_no_said_since_the_backup_outlives_its_restoring(
    file: Path, tmp_path: Path
) -> None:
    """A click on a link and the owner's own word are in no mailbox that could be read again."""
    for address in ("ada@example.org", "bob@example.org"):
        await add(file, address)
    store = await open_store(url(file), KEY, START)
    await store.people.suppress("old@example.org", "opted out", START)
    copy = back_up(url(file), tmp_path / "copy.db", START)
    await store.people.suppress("ada@example.org", "opted out", START)
    await store.close()
    assert (await restore(url(file), copy, KEY, LATER)).noes == 1
    store = await open_store(url(file), KEY, LATER)
    people = ["ada@example.org", "bob@example.org", "old@example.org"]
    assert set(await store.people.suppressed(people)) == {"ada@example.org", "old@example.org"}
    await store.close()


async def test_a_stale_wal_is_never_replayed_into_the_restored_database(
    file: Path, tmp_path: Path
) -> None:
    await add(file, "ada@example.org")
    copy = back_up(url(file), tmp_path / "copy.db", START)
    with sqlite3.connect(file) as connection:  # left open: its WAL stays, as after kill -9
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("UPDATE contacts SET given_name = 'later'")
        connection.commit()
        wal = file.with_name("nurture.db-wal").read_bytes()
        shm = file.with_name("nurture.db-shm").read_bytes()
    connection.close()
    file.with_name("nurture.db-wal").write_bytes(wal)
    file.with_name("nurture.db-shm").write_bytes(shm)
    await restore(url(file), copy, KEY, LATER)
    assert not file.with_name("nurture.db-wal").exists()
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT given_name FROM contacts").fetchall() == [("",)]
    connection.close()


async def test_a_daemon_at_work_keeps_its_database(file: Path, tmp_path: Path) -> None:
    store = await open_store(url(file), KEY, START)
    await store.accounts.take("anna", "host/7", START, START + timedelta(minutes=2))
    await store.close()
    copy = back_up(url(file), tmp_path / "copy.db", START)
    with pytest.raises(Misconfigured, match="host/7 works on"):
        await restore(url(file), copy, KEY, START + timedelta(minutes=1))
    assert (await restore(url(file), copy, KEY, START + timedelta(minutes=3))).replaced


async def test_a_broken_database_can_be_replaced(file: Path, tmp_path: Path) -> None:
    await add(file, "ada@example.org")
    copy = back_up(url(file), tmp_path / "copy.db", START)
    file.write_bytes(b"not a database at all" * 999)
    file.with_name("nurture.db-wal").write_bytes(b"of another life")
    done = await restore(url(file), copy, KEY, LATER)
    assert done.noes is None, "whoever said no since is not known, which must be told"
    assert not file.with_name("nurture.db-wal").exists()
    assert await known(file) == ["ada@example.org"]


async def test_what_is_no_backup_of_ours_changes_nothing(file: Path, tmp_path: Path) -> None:
    await add(file, "ada@example.org")
    text, other, foreign = tmp_path / "a.txt", tmp_path / "b.db", tmp_path / "c.db"
    text.write_text("hello " * 999)
    sqlite3.connect(other).close()
    store = await open_store(url(foreign), b"another key", START)
    await store.close()
    for wrong, words in (
        (tmp_path / "none.db", "there is no file"),
        (text, "is no backup"),
        (other, "is no backup"),
        (foreign, "under another key"),
    ):
        with pytest.raises(Misconfigured, match=words):
            await restore(url(file), wrong, KEY, LATER)
    assert await known(file) == ["ada@example.org"]
    assert not [each for each in tmp_path.iterdir() if "draft" in each.name]


async def test_a_database_beside_nothing_is_restored_too(file: Path, tmp_path: Path) -> None:
    await add(file, "ada@example.org")
    copy = back_up(url(file), tmp_path / "copy.db", START)
    file.unlink()
    shutil.rmtree(tmp_path / "backups", ignore_errors=True)
    assert (await restore(url(file), copy, KEY, LATER)).replaced is None
    assert await known(file) == ["ada@example.org"]


def test_postgresql_has_better_tools() -> None:
    with pytest.raises(Misconfigured, match="pg_dump"):
        back_up("postgresql://me@host/nurture", None, START)
