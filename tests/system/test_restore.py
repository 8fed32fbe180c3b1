"""P2 and F21: a database that came back from a copy sends nothing that was sent before."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.system.daemon import Home
from tests.system.provider import CONTACTS, Provider, Real, embedded, header

PEOPLE = CONTACTS
STEPS = ("first", "second", "third")


def copies(provider: Provider) -> Counter[tuple[str, str]]:
    """How often each person got each mail."""
    return Counter(
        (person, header(raw, "Subject")) for person in PEOPLE for raw in provider.mails_to(person)
    )


async def _send(home: Home, times: int) -> None:
    async with home.daemon() as daemon:
        await daemon.tells("touch_sent", times=times)
        await daemon.tells("account_read", since=len(daemon.events))
        await daemon.stop()


async def _stays_silent(home: Home) -> None:
    """A daemon that hears, sends nothing, and says why."""
    async with home.daemon() as daemon:
        await daemon.tells("sending_stands_still", times=2)
        await daemon.stop()
        assert not daemon.told("touch_sent")
    status = await home.run("status", "--json")
    assert status.code == 1
    assert status.rows[0]["halt"] == "restored"


async def _go_on(home: Home, due: int) -> None:
    async with home.daemon() as daemon:
        await daemon.tells("touch_sent", times=due) if due else None
        while home.query("SELECT id FROM enrollments WHERE state = 'active'"):
            await daemon.tells("account_read", since=len(daemon.events))
        await daemon.stop()


@pytest.mark.real
@pytest.mark.slow
async def test_a_restored_backup_sends_what_is_left_and_nothing_twice(
    tmp_path: Path, real_provider: Real
) -> None:
    """Postfix took the mails, and Sent is Dovecot's, under a name of its own."""
    provider = real_provider
    home = Home.made(tmp_path, provider.smtp_port, provider.imap_port, {"gap": "1s"})
    home.write_sequence("notes", *STEPS)
    await home.enroll("notes", *PEOPLE)
    await _send(home, 2)
    assert (await home.run("backup", str(tmp_path / "copy.db"))).code == 0
    await _send(home, 3)
    before = copies(provider)
    assert before.total() >= 5
    restored = await home.run("restore", str(tmp_path / "copy.db"))
    assert restored.code == 0, restored
    await _stays_silent(home)
    assert copies(provider) == before
    reconciled = await home.run("resume", "--reconcile")
    assert reconciled.code == 0, reconciled
    assert reconciled.out.count("counts as sent") == before.total() - 2
    await _go_on(home, len(PEOPLE) * len(STEPS) - before.total())
    after = copies(provider)
    assert set(after.values()) == {1}
    assert after.total() == len(PEOPLE) * len(STEPS)


@pytest.mark.slow
async def test_a_file_that_was_merely_copied_back_is_noticed_too(tmp_path: Path) -> None:
    async with embedded() as provider:
        home = Home.made(tmp_path, provider.smtp_port, provider.imap_port, {"gap": "1s"})
        home.write_sequence("notes", *STEPS)
        await home.enroll("notes", PEOPLE[0])
        await _send(home, 1)
        shutil.copy(tmp_path / "nurture.db", tmp_path / "cold.db")
        await _send(home, 1)
        shutil.copy(tmp_path / "cold.db", tmp_path / "nurture.db")
        await _stays_silent(home)
        assert (await home.run("resume", "--reconcile")).code == 0
        await _go_on(home, 0)
        assert set(copies(provider).values()) == {1}


@pytest.mark.slow
async def test_stop_all_outlasts_a_restart_and_is_lifted_by_a_word(tmp_path: Path) -> None:
    async with embedded() as provider:
        home = Home.made(tmp_path, provider.smtp_port, provider.imap_port)
        home.write_sequence("notes", "first")
        await home.enroll("notes", *PEOPLE)
        stopped = await home.run("stop-all", "--why", "a wrong price in the text")
        assert "a wrong price in the text" in stopped.out
        for _ in range(2):
            async with home.daemon() as daemon:
                await daemon.tells("sending_stands_still", times=2)
                await daemon.stop()
        assert not copies(provider)
        async with home.daemon() as daemon:
            await daemon.tells("sending_stands_still")
            assert (await home.run("resume", "--all")).code == 0
            await daemon.tells("touch_sent", times=len(PEOPLE))
