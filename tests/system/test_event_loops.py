"""The daemon does the same on the event loop of the library and on that of the extra `fast`."""

from pathlib import Path

import pytest

from tests.servers.lying_smtp import LyingSmtp
from tests.system.daemon import OWNER, PASSWORD, Home
from tests.system.provider import embedded

_MISSING = "raise ModuleNotFoundError('as if it were not installed', name='uvloop')\n"


@pytest.mark.slow
@pytest.mark.parametrize("has_extra", [True, False])
async def test_mails_leave_once_and_the_end_is_orderly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_extra: bool
) -> None:
    if has_extra:
        pytest.importorskip("uvloop")
    else:
        hidden = tmp_path / "hidden"
        hidden.mkdir()
        (hidden / "uvloop.py").write_text(_MISSING, "utf-8")
        monkeypatch.setenv("PYTHONPATH", str(hidden))
    async with embedded() as provider, LyingSmtp(password=PASSWORD).running() as smtp:
        home = Home.made(tmp_path, smtp.port, provider.imap_port)
        home.write_sequence("notes", "first")
        people = [f"p{number}@example.net" for number in range(7)]
        await home.enroll("notes", *people)
        async with home.daemon() as daemon:
            await daemon.tells("touch_sent", times=len(people))
            maps = Path(f"/proc/{daemon.process.pid}/maps").read_text("utf-8")
            await daemon.stop()
        assert ("uvloop" in maps) is has_extra
        written_to = sorted(each.recipient for each in smtp.taken if each.recipient != OWNER)
        assert written_to == people
