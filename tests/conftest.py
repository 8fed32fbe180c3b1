"""Servers that several folders of tests share."""

import os
from collections.abc import Iterator

import pytest

from nurture import journal
from tests.servers.postgres import find_binaries, postgres


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
    journal.configure("silent", "debug")
