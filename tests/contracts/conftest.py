"""One store per test, each port in memory, in SQLite and in PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Connection, create_engine, text

from nurture.storage import Store, open_store
from nurture.storage.engine import parse_url
from nurture.storage.tables import metadata
from tests.fakes.memory import Memory
from tests.fakes.memory_world import KEY
from tests.fakes.story import START, Story

_EMPTY = "TRUNCATE {} RESTART IDENTITY CASCADE"


@pytest.fixture(scope="session")
def contract_database(postgres_url: str) -> str:
    """A database of its own in that PostgreSQL."""
    engine = create_engine(parse_url(postgres_url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS nurture_contracts"))
        connection.execute(text("CREATE DATABASE nurture_contracts"))
    engine.dispose()
    url = parse_url(postgres_url).set(database="nurture_contracts")
    return url.render_as_string(hide_password=False)


def _empty(connection: Connection) -> None:
    names = ", ".join(name for name in metadata.tables if name != "meta")
    connection.execute(text(_EMPTY.format(names)))


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which store the contract is held against."""
    chosen: str = request.param
    return chosen


@pytest_asyncio.fixture
async def store(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Memory | Store]:
    """An empty store of that kind."""
    opened: Memory | Store
    if kind == "memory":
        opened = Memory()
    elif kind == "sqlite":
        opened = await open_store(f"sqlite:///{tmp_path}/nurture.db", KEY, START)
    else:
        opened = await open_store(request.getfixturevalue("contract_database"), KEY, START)
        await opened.database.write(_empty)
    yield opened
    await opened.close()


@pytest.fixture
def story(store: Memory | Store) -> Story:
    """The verbs that bring the store into a situation."""
    return Story(store)
