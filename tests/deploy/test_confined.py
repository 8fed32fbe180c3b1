"""The daemon does all its work with the system calls that the unit leaves it."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.system.daemon import Home
from tests.system.provider import arrived, embedded

ADA = "ada@example.net"
CANNOT = 77
UNIT = Path(__file__).parents[2] / "deploy/nurture.service"


class Confined(Home):
    """A home whose every command runs under the unit's filter."""

    def _command(self, *arguments: str) -> Sequence[str]:
        launcher = str(Path(__file__).with_name("confined.py"))
        return sys.executable, launcher, str(UNIT), *super()._command(*arguments)


@pytest.mark.real
@pytest.mark.slow
async def test_the_daemon_hears_and_speaks_inside_the_units_filter(tmp_path: Path) -> None:
    async with embedded() as provider:
        home = Confined.made(tmp_path, provider.smtp_port, provider.imap_port)
        home.write_sequence("notes", "first")
        said = await home.run("status")
        if said.code == CANNOT or "systemd-analyze" in said.err:
            say = pytest.fail if os.environ.get("NURTURE_REQUIRE_REAL") == "1" else pytest.skip
            say(f"no filter can be tried here: {said.err}")
        await home.enroll("notes", ADA)
        async with home.daemon() as daemon:
            assert b"Subject: The first note" in await arrived(provider, ADA)
            await daemon.tells("account_read", times=2)
            await daemon.stop()
