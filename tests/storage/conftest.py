"""Databases of their own for what only the real stores can show."""

from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import create_engine, text

from nurture.storage import Store, open_store
from nurture.storage.engine import parse_url
from tests.fakes.story import START

KEY = b"a key for tests"
_NUMBERS = count(1)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A file that is not there yet."""
    return f"sqlite:///{tmp_path}/nurture.db"


@pytest.fixture
def empty_postgres_url(postgres_url: str) -> Iterator[str]:
    """An empty database in PostgreSQL, dropped afterwards."""
    name = f"nurture_storage_{next(_NUMBERS)}"
    engine = create_engine(parse_url(postgres_url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield parse_url(postgres_url).set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """An empty database of either kind."""
    name = "sqlite_url" if request.param == "sqlite" else "empty_postgres_url"
    found: str = request.getfixturevalue(name)
    return found


@pytest_asyncio.fixture
async def workers(url: str) -> AsyncIterator[tuple[Store, Store]]:
    """Two programs on the same database."""
    both = await open_store(url, KEY, START), await open_store(url, KEY, START)
    yield both
    for store in both:
        await store.close()
