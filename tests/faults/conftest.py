"""The folder that every evening begins with."""

import asyncio
from pathlib import Path

import pytest

from tests.faults.evening import START, prepare


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Settings, a sequence, and a database in which four people are due."""
    folder = tmp_path_factory.mktemp("prepared")
    asyncio.run(prepare(folder, START))
    return folder
