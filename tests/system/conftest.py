"""The owner's provider, once embedded and once real."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.system.daemon import Home
from tests.system.provider import Provider, Real, embedded, real


@pytest.fixture(scope="session")
def real_servers() -> Iterator[Real]:
    """One Postfix and one Dovecot that know each other, for all tests."""
    with real() as servers:
        yield servers


@pytest.fixture
def real_provider(real_servers: Real) -> Real:
    """The real servers with every mailbox empty."""
    real_servers.empty()
    return real_servers


@pytest_asyncio.fixture(params=["embedded", pytest.param("real", marks=pytest.mark.real)])
async def provider(request: pytest.FixtureRequest) -> AsyncIterator[Provider]:
    """Each provider in turn, every mailbox empty."""
    if request.param == "real":
        yield request.getfixturevalue("real_provider")
        return
    async with embedded() as sandbox:
        yield sandbox


@pytest.fixture
def home(tmp_path: Path, provider: Provider) -> Home:
    """A working folder whose settings point to the provider."""
    return Home.made(tmp_path, provider.smtp_port, provider.imap_port)
