"""P2: a step is delivered at most once, also by a daemon that is killed again and again."""

from collections import Counter
from pathlib import Path

import pytest

from tests.system.daemon import OWNER, Daemon, Home
from tests.system.provider import Embedded, embedded

PEOPLE = tuple(f"person{number}@example.net" for number in range(10))


@pytest.mark.slow
async def test_kill_9_makes_no_second_copy_and_loses_nobody(tmp_path: Path) -> None:
    """What was under way at a kill is uncertain: it is counted as sent, and the owner is asked."""
    async with embedded() as provider:
        home = Home.made(tmp_path, provider.smtp_port, provider.imap_port, {"batch": "3"})
        home.write_sequence("notes", "first")
        await home.enroll("notes", *PEOPLE)
        for sent in (1, 3):
            async with home.daemon() as daemon:
                await daemon.tells("touch_sent", times=sent)
            home.end_leases()
        async with home.daemon() as daemon:
            await _until_nobody_is_due(home, daemon)
            doubts = home.query("SELECT id FROM touches WHERE state = 'uncertain'")
            await daemon.tells("owner_told", times=len(doubts)) if doubts else None
            await daemon.stop()
        _check(home, provider)


async def _until_nobody_is_due(home: Home, daemon: Daemon) -> None:
    while home.query("SELECT id FROM enrollments WHERE state = 'active'"):
        await daemon.tells("account_read", since=len(daemon.events))


def _check(home: Home, provider: Embedded) -> None:
    states = Counter(state for (state,) in home.query("SELECT state FROM touches"))
    assert set(states) <= {"sent", "uncertain"}
    assert states.total() == len(PEOPLE)
    copies = {person: len(provider.mails_to(person)) for person in PEOPLE}
    assert max(copies.values()) == 1
    assert sum(copies.values()) >= states["sent"]
    asked = [raw for raw in provider.mails_to(OWNER) if b"Was this mail sent?" in raw]
    assert len(asked) == states["uncertain"]
