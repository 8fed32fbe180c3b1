"""Databases of every schema that was released are migrated with all that was under way (O10)."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from nurture import SCHEMA
from nurture.storage import open_store
from nurture.storage.tables import metadata
from tests.fakes.released import FOLDER, KEY, SUPPRESSED, dump, restore, write_sample
from tests.fakes.story import ACCOUNT, DAY, START, Story

SAMPLES = sorted(FOLDER.glob("*.sql"))


def counts(database: Path) -> dict[str, int]:
    """How many rows each table has."""
    with closing(sqlite3.connect(database)) as connection:
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        return {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for (name,) in connection.execute(names).fetchall()
        }


def definitions(text: str) -> set[str]:
    return set(re.findall(r"^CREATE .*?;$", text, re.MULTILINE | re.DOTALL))


async def test_the_present_schema_is_kept_as_a_sample(tmp_path: Path) -> None:
    """A schema that was released needs a migration instead: its sample stays as it is."""
    await write_sample(tmp_path / "nurture.db")
    kept = (FOLDER / f"{SCHEMA}.sql").read_text("utf-8")
    advice = "for a schema that no release has: python -m tests.fakes.released"
    assert definitions(kept) == definitions(dump(tmp_path / "nurture.db")), advice


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
async def test_what_was_under_way_goes_on_under_this_program(sample: Path, tmp_path: Path) -> None:
    restore(sample.read_text("utf-8"), tmp_path / "nurture.db")
    before = counts(tmp_path / "nurture.db")
    assert min(before.values()) > 0, "a table without a row proves nothing"

    def differences(connection: Connection) -> list[object]:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    store = await open_store(f"sqlite:///{tmp_path}/nurture.db", KEY, START)
    try:
        assert bool(store.remarks) is (sample.stem != SCHEMA)  # where the backup lies
        assert await store.database.read(differences) == []
        bob = await store.people.contact("b@home.example")
        assert bob is not None
        assert await store.people.suppressed([SUPPRESSED]) == {SUPPRESSED: "said no"}
        (handoff,) = [each for each in await store.desk.handoffs() if each.contact_id == bob.id]
        assert handoff.inbound_id
        story = Story(store)
        lease = await story.leased(START + 2 * DAY, worker="w2")
        await store.outgoing.lose_sight(lease, START + 2 * DAY)
        cleo = await story.known("cleo@third.example")
        (touch,) = await store.outgoing.uncertain(ACCOUNT)
        assert touch.contact_id == cleo.id
    finally:
        await store.close()
    after = counts(tmp_path / "nurture.db")
    assert {name for name in before if after[name] < before[name]} == set()
