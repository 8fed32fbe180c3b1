"""P2: whoever is asked to end in the middle of a mail brings it to its end, and begins no other."""

import asyncio
import signal
from functools import partial
from pathlib import Path

import pytest

from tests.servers.lying_smtp import Deed, LyingSmtp
from tests.system.daemon import OWNER, PASSWORD, Daemon, Home
from tests.system.provider import embedded

STAGES = ("auth", "mail", "rcpt", "data", "dot")
_PEOPLE = 3
_WITHIN = 35  # seconds, as systemd waits (reliability.md section 10)


@pytest.mark.slow
async def test_sigterm_in_each_phase_leaves_nothing_in_doubt(tmp_path: Path) -> None:
    """The server answers as if nothing had happened; what was not begun waits for the next life."""
    async with embedded() as provider, LyingSmtp(password=PASSWORD).running() as smtp:
        smtp.spared = frozenset({OWNER})
        home = Home.made(tmp_path, smtp.port, provider.imap_port, {"batch": str(_PEOPLE)})
        home.write_sequence("notes", "first")
        await home.enroll("notes", *(f"p{n}@example.net" for n in range(_PEOPLE * len(STAGES))))
        for stage in STAGES:
            before = _copies(smtp)
            async with home.daemon() as daemon:
                asked = asyncio.Event()
                smtp.will(stage, Deed(partial(_end, daemon, asked)))
                await asyncio.wait_for(asked.wait(), 30)
                assert await asyncio.wait_for(daemon.process.wait(), _WITHIN) == 0
            states = dict(home.query("SELECT state, count(*) FROM touches GROUP BY state"))
            assert set(states) <= {"sent", "deferred"}, (stage, states)
            assert len(_copies(smtp)) - len(before) < _PEOPLE, stage
            assert len(_copies(smtp)) == states.get("sent", 0), stage


def _end(daemon: Daemon, asked: asyncio.Event) -> None:
    daemon.process.send_signal(signal.SIGTERM)
    asked.set()


def _copies(smtp: LyingSmtp) -> list[str]:
    return [each.recipient for each in smtp.taken if each.recipient != OWNER]
