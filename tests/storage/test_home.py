"""A database that came back from a copy, or was carried away, is known before it speaks (F21)."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from nurture.core.halt import HaltKind
from nurture.errors import Unreachable
from nurture.storage import home, open_store
from tests.fakes.story import START

KEY = b"a key for tests"


async def settle(file: Path) -> str:
    """What a daemon that starts on this file is told; the halt must agree."""
    store = await open_store(f"sqlite:///{file}", KEY, START)
    try:
        why = await store.switch.settle_in(START)
        kinds = [each.kind for each in await store.switch.halts()]
    finally:
        await store.close()
    assert (HaltKind.RESTORED in kinds) or not why
    return why


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "here").mkdir()
    return tmp_path / "here" / "nurture.db"


async def test_a_database_that_stays_is_at_home(file: Path) -> None:
    for _ in range(3):
        assert await settle(file) == ""
    token = file.with_name("nurture.db.home")
    assert token.stat().st_mode & 0o777 == 0o600


async def test_an_older_copy_in_its_place_is_noticed_once(file: Path, tmp_path: Path) -> None:
    await settle(file)
    shutil.copy(file, tmp_path / "copy.db")
    assert await settle(file) == ""
    shutil.copy(tmp_path / "copy.db", file)
    assert "an older copy was put in the place" in await settle(file)
    assert await settle(file) == ""


async def test_another_folder_is_another_home(file: Path, tmp_path: Path) -> None:
    await settle(file)
    shutil.copytree(file.parent, tmp_path / "there")
    assert f"last used as {file}" in await settle(tmp_path / "there" / "nurture.db")


async def test_another_machine_is_another_home(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, expected in (("1", ""), ("2", "on another machine"), ("", ""), ("3", "")):
        (tmp_path / "machine-id").write_text(number)
        monkeypatch.setattr(home, "_MACHINE_IDS", (tmp_path / "machine-id",))
        why = await settle(file)
        assert expected in why
        assert bool(why) == bool(expected)


async def test_a_lost_token_is_a_doubt(file: Path) -> None:
    await settle(file)
    file.with_name("nurture.db.home").unlink()
    assert "an older copy" in await settle(file)


async def test_cut_short_between_token_and_commit_it_is_still_at_home(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await settle(file)
    with monkeypatch.context() as patched:
        patched.setattr(home, "_write", _break)
        with pytest.raises(RuntimeError):
            await settle(file)
    assert await settle(file) == ""
    with monkeypatch.context() as patched:
        patched.setattr(home, "forget_old_token", _break)
        with pytest.raises(RuntimeError):
            await settle(file)
    assert await settle(file) == ""


def _break(*_: object) -> None:
    raise RuntimeError("cut short")


async def test_a_token_that_cannot_be_written_is_told_in_words(file: Path) -> None:
    await settle(file)
    file.with_name("nurture.db.home.new").mkdir()
    with pytest.raises(Unreachable, match="give nurture's user the right"):
        await settle(file)


async def test_a_dump_that_was_restored_is_noticed_on_postgresql(empty_postgres_url: str) -> None:
    for recreate, expected in ((False, ""), (False, ""), (True, "was last used as")):
        store = await open_store(empty_postgres_url, KEY, START)
        if recreate:
            await store.database.write(lambda connection: connection.execute(text(_RECREATE)))
        assert expected in await store.switch.settle_in(START)
        halts = await store.switch.halts()
        await store.close()
        assert bool(halts) == bool(expected)


_RECREATE = """
CREATE TABLE again (key text PRIMARY KEY, value text NOT NULL);
INSERT INTO again SELECT * FROM meta;
DROP TABLE meta;
ALTER TABLE again RENAME TO meta;
"""
