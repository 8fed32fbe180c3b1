"""Databases of either kind, and two programs on one, for what only the real stores can show."""

from collections.abc import AsyncIterator

import pytest_asyncio

from nurture.storage import Store, open_store
from nurture.storage.engine import Database
from nurture.storage.schema import open_database
from tests.fakes.story import START

KEY = b"a key for tests"


@pytest_asyncio.fixture
async def workers(url: str) -> AsyncIterator[tuple[Store, Store]]:
    """Two programs on the same database."""
    both = await open_store(url, KEY, START), await open_store(url, KEY, START)
    yield both
    for store in both:
        await store.close()


@pytest_asyncio.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """An open database of either kind."""
    opened = open_database(url, key=KEY, now=START)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def on_file(sqlite_url: str) -> AsyncIterator[Database]:
    """An open SQLite database."""
    opened = open_database(sqlite_url, key=KEY, now=START)
    yield opened
    await opened.close()
