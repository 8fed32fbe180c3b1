"""A database is created, migrated with a backup, or refused in words (domain.md O9, O10)."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from nurture.core.contact import Contact
from nurture.errors import Misconfigured, Unreachable
from nurture.storage import open_store, schema
from nurture.storage.migrations import upgrade
from nurture.storage.schema import open_database
from nurture.storage.tables import metadata
from tests.fakes.story import START

KEY = b"a key for tests"

SECOND = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("contacts") as batch:
        batch.alter_column("notes", existing_type=sa.Text(), nullable=True)
"""


async def test_migrations_and_tables_agree(url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    database = open_database(url, key=KEY, now=START)
    assert await database.read(differences) == []
    await database.close()


def test_the_program_knows_its_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(upgrade.SCRIPTS))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.SCHEMA


async def test_opening_twice_is_harmless_and_keeps_everything(url: str) -> None:
    for expected in (None, "bob@firm.example"):
        store = await open_store(url, KEY, START)
        found = await store.people.contact("bob@firm.example")
        assert (found.address if found else None) == expected
        assert store.remarks == ()
        await store.people.merge([Contact("bob@firm.example")], START)
        await store.close()


async def test_a_newer_schema_is_refused_in_words(url: str) -> None:
    database = open_database(url, key=KEY, now=START)
    stamp = text("UPDATE alembic_version SET version_num = '9999'")
    await database.write(lambda connection: connection.execute(stamp) and None)
    await database.close()
    says = "written by a newer nurture .schema 9999; this program knows 0001"
    with pytest.raises(Misconfigured, match=says):
        open_database(url, key=KEY, now=START)


async def test_another_key_is_refused_since_it_would_overlook_every_no(url: str) -> None:
    await open_database(url, key=KEY, now=START).close()
    with pytest.raises(Misconfigured, match="another key"):
        open_database(url, key=b"a lost key", now=START)


def test_a_table_that_is_not_ours_is_left_alone(sqlite_url: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "nurture.db") as connection:
        connection.execute("CREATE TABLE contacts (name TEXT)")
    connection.close()
    with pytest.raises(Misconfigured, match="'contacts' that nurture did not make"):
        open_database(sqlite_url, key=KEY, now=START)


async def test_a_new_database_is_for_its_user_alone(sqlite_url: str, tmp_path: Path) -> None:
    store = await open_store(sqlite_url, KEY, START)
    await store.people.merge([Contact("bob@firm.example")], START)
    modes = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.glob("nurture.db*")}
    await store.close()
    assert "nurture.db-wal" in modes
    assert set(modes.values()) == {0o600}


async def test_opening_waits_for_no_writer(sqlite_url: str, tmp_path: Path) -> None:
    await open_database(sqlite_url, key=KEY, now=START).close()
    writer = sqlite3.connect(tmp_path / "nurture.db")
    writer.execute("BEGIN IMMEDIATE")
    store = await open_store(sqlite_url, KEY, START)
    assert await store.people.page() == ()
    await store.close()
    writer.close()


@pytest.fixture
def newer_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next release, whose migration rebuilds a table that others refer to."""
    scripts = tmp_path / "migrations"
    shutil.copytree(upgrade.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "0002_second.py").write_text(SECOND, "utf-8")
    monkeypatch.setattr(upgrade, "SCRIPTS", scripts)
    monkeypatch.setattr(schema, "SCHEMA", "0002")


async def _older(url: str) -> None:
    """A database of the release before, with a contact that an alias refers to."""
    store = await open_store(url, KEY, START)
    await store.people.merge([Contact("bob@firm.example", aliases=("b@home.example",))], START)
    await store.close()


@pytest.fixture
async def older_url(url: str) -> str:
    """Made before the newer program comes."""
    await _older(url)
    return url


async def test_an_older_schema_is_backed_up_then_migrated_with_its_rows(
    older_url: str, newer_program: None, tmp_path: Path
) -> None:
    store = await open_store(older_url, KEY, START)
    found = await store.people.contact("b@home.example")
    await store.close()
    assert found is not None
    assert found.address == "bob@firm.example"
    (remark,) = store.remarks
    if older_url.startswith("postgresql"):
        assert "pg_dump" in remark
        return
    copy = tmp_path / "nurture.db.0001-20260302T090000Z.bak"
    assert str(copy) in remark
    assert copy.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(copy) as backup:
        assert backup.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        assert backup.execute("SELECT address FROM aliases").fetchall() == [("b@home.example",)]
    backup.close()


async def test_a_migration_that_fails_changes_nothing(older_url: str, newer_program: None) -> None:
    broken = upgrade.SCRIPTS / "versions" / "0002_second.py"
    broken.write_text(SECOND + '    raise RuntimeError("half way")\n', "utf-8")
    with pytest.raises(RuntimeError):
        await open_store(older_url, KEY, START)
    broken.write_text(SECOND, "utf-8")
    later = START.replace(hour=10)
    store = await open_store(older_url, KEY, later)
    assert await store.people.contact("b@home.example")
    await store.close()


async def test_without_a_backup_nothing_is_migrated(
    sqlite_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    await _older(sqlite_url)
    request.getfixturevalue("newer_program")
    (tmp_path / "nurture.db.0001-20260302T090000Z.bak").write_text("in the way", "utf-8")
    with pytest.raises(Unreachable, match="left as it was"):
        await open_store(sqlite_url, KEY, START)
    with sqlite3.connect(tmp_path / "nurture.db") as database:
        kept = database.execute("SELECT version_num FROM alembic_version").fetchall()
    database.close()
    assert kept == [("0001",)]
