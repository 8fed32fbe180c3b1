"""A disk that really fills up under the daemon: nothing lost, nothing twice, and it goes on."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.system.daemon import Home
from tests.system.provider import arrived, embedded, header, reply

pytestmark = [pytest.mark.slow, pytest.mark.real]

ADA = "ada@example.net"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes; where nobody may mount one, this is skipped."""
    place = tmp_path / "disk"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk: Path) -> Path:
    """Takes what room is left."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return ballast


async def test_on_a_full_disk_it_is_silent_says_so_and_goes_on_by_itself(disk: Path) -> None:
    async with embedded() as provider:
        home = Home.made(disk, provider.smtp_port, provider.imap_port)
        home.write_sequence("notes", "first", "second")
        await home.enroll("notes", ADA)
        async with home.daemon() as daemon:
            first = await arrived(provider, ADA)
            await daemon.tells("touch_sent", times=2)
            ballast = fill(disk)
            await provider.deliver(reply(ADA, "Yes, please call me.", first))
            failed = await daemon.tells("loop_failed")
            assert "the disk is full" in str(failed)
            assert daemon.told("reply_heard") == []
            assert (await home.run("status")).code in {0, 1, 75}
            ballast.unlink()
            await daemon.tells("reply_heard", within=90)
            await daemon.stop()
        assert home.query("SELECT count(*) FROM handoffs") == [(1,)]
        subjects = [header(each, "Subject") for each in provider.mails_to(ADA)]
        assert len(subjects) == len(set(subjects)) == 2
        assert home.query("PRAGMA integrity_check") == [("ok",)]
