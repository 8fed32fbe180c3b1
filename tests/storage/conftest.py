"""Two programs on one database, for what only the real stores can show."""

from collections.abc import AsyncIterator

import pytest_asyncio

from nurture.storage import Store, open_store
from tests.fakes.story import START

KEY = b"a key for tests"


@pytest_asyncio.fixture
async def workers(url: str) -> AsyncIterator[tuple[Store, Store]]:
    """Two programs on the same database."""
    both = await open_store(url, KEY, START), await open_store(url, KEY, START)
    yield both
    for store in both:
        await store.close()
