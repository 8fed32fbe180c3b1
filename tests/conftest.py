"""Servers that several folders of tests share."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text

from nurture import log
from nurture.storage.engine import parse_url
from tests.servers.postgres import find_binaries, postgres

# How long an example takes says more about the machine than about us.
settings.register_profile("nurture", deadline=None)
settings.load_profile("nurture")

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL to make databases in: NURTURE_TEST_PG, or a private cluster.

    Absent, the tests are skipped loudly, and fail where NURTURE_REQUIRE_REAL is 1.
    """
    given, binaries = os.environ.get("NURTURE_TEST_PG"), find_binaries()
    if given:
        yield given
    elif binaries:
        with postgres(binaries) as url:
            yield url
    elif os.environ.get("NURTURE_REQUIRE_REAL") == "1":
        pytest.fail("PostgreSQL is missing: install postgresql, or set NURTURE_TEST_PG")
    else:
        pytest.skip("PostgreSQL is missing: install postgresql, or set NURTURE_TEST_PG")


@pytest.fixture(autouse=True)
def quiet_journal() -> None:
    """Events reach listeners and nobody's terminal."""
    log.configure("silent", "debug")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A file that is not there yet."""
    return f"sqlite:///{tmp_path}/nurture.db"


@pytest.fixture
def empty_postgres_url(postgres_url: str) -> Iterator[str]:
    """An empty database in PostgreSQL, dropped afterwards."""
    name = f"nurture_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_{next(_NUMBERS)}"
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
