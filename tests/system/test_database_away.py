"""A daemon whose database cannot be opened waits for it, and tells its owner past it."""

from pathlib import Path

import pytest

from tests.system.daemon import OWNER, Home
from tests.system.provider import embedded


@pytest.mark.slow
async def test_it_neither_gives_up_nor_stays_silent(tmp_path: Path) -> None:
    async with embedded() as provider:
        made = Home.made(tmp_path, provider.smtp_port, provider.imap_port)
        home = Home(made.folder, is_proven=False)
        home.write_sequence("notes", "first")
        (home.folder / "nurture.db").mkdir()
        async with home.daemon() as daemon:
            said = await daemon.tells("database_unusable")
            assert "cannot be opened" in str(said["why"])
            assert daemon.process.returncode is None
    assert provider.mails_to(OWNER) == []  # that is for a fault that lasts a minute
