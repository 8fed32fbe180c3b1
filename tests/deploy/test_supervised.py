"""The real daemon, and a socket in systemd's place."""

import signal
import socket
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import pytest

from nurture.transport.systemd import Notifier
from tests.system.daemon import PASSWORD, Daemon, Home
from tests.system.provider import OWNER, arrived, embedded

ADA, BOB = "ada@example.net", "bob@example.net"
MAIL = "sequences/mail/{}.md"
GOOD = "---\nsubject: A better subject\n---\nDear {{ given_name }}, another word.\n"
BROKEN = "---\nsubject: Never sent\n---\nDear {{ given_nmae }}, a slip of the finger.\n"


class Systemd(Protocol):
    """What the fixture gives."""

    messages: list[str]

    @property
    def milestones(self) -> list[str]: ...

    async def hears(self, start: str, *, since: int = 0, within: float = 20) -> str: ...


async def reload(daemon: Daemon, systemd: Systemd) -> list[str]:
    """SIGHUP, and what systemd hears until the daemon is ready again."""
    since = len(systemd.messages)
    daemon.process.send_signal(signal.SIGHUP)
    await systemd.hears("RELOADING=1", since=since)
    await systemd.hears("READY=1", since=since)
    await daemon.tells("account_read", since=len(daemon.events))
    return systemd.messages[since:]


@pytest.mark.slow
async def test_it_is_ready_after_the_first_reading_and_says_when_it_stops(
    tmp_path: Path, systemd: Systemd
) -> None:
    async with embedded() as provider:
        home = Home.made(tmp_path, provider.smtp_port, provider.imap_port)
        home.write_sequence("notes", "first")
        async with home.daemon() as daemon:
            await systemd.hears("READY=1")
            assert await daemon.tells("account_read", within=5)
            await systemd.hears("STATUS=1 of 1 mailboxes are read")
            before = len(systemd.messages)
            await systemd.hears("WATCHDOG=1", since=before)
            await daemon.stop()
        await systemd.hears("STOPPING=1")
    assert systemd.messages[0].startswith("EXTEND_TIMEOUT_USEC=90000000")
    assert systemd.milestones == ["READY=1", "STOPPING=1"]


@pytest.mark.slow
async def test_a_mailbox_out_of_reach_is_a_status_and_not_a_failed_start(
    tmp_path: Path, systemd: Systemd
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    home = Home.made(tmp_path, port, port)
    home.write_sequence("notes", "first")
    async with home.daemon() as daemon:
        await systemd.hears("READY=1")
        await systemd.hears("STATUS=0 of 1 mailboxes are read; not read: anna")
        assert daemon.told("account_unreadable")
        await daemon.stop()


async def test_wrong_settings_end_with_78_and_are_never_ready(
    tmp_path: Path, systemd: Systemd
) -> None:
    home = Home.made(tmp_path, 1, 1)
    home.write("nurture.toml", "[accounts.anna]\n")
    assert (await home.run("run")).code == 78
    assert systemd.milestones == []


@pytest.mark.slow
async def test_p9_a_reload_keeps_what_is_broken_and_takes_what_is_good(
    tmp_path: Path, systemd: Systemd
) -> None:
    """Broken files change nothing; mended ones hold from the next reload on."""
    async with embedded() as provider:
        home = Home.made(tmp_path, provider.smtp_port, provider.imap_port)
        home.write_sequence("notes", "first")
        good = (home.folder / "sequences/notes.yaml").read_text()
        async with home.daemon() as daemon:
            await systemd.hears("READY=1")
            home.write(MAIL.format("first"), BROKEN)
            home.write("sequences/notes.yaml", good.replace("steps:", "stops:"))
            said = await reload(daemon, systemd)
            assert any(each.startswith("STATUS=") and "problems" in each for each in said)
            refused = await daemon.tells("sequence_refused")
            assert "sequences/notes.yaml:" in str(refused["why"])
            alert = await arrived(provider, OWNER, b"last good text runs on")
            assert b"notes.yaml:" in alert.replace(b"=\r\n", b"")
            home.write(MAIL.format("first"), GOOD)
            home.write("sequences/notes.yaml", good)
            await home.enroll("notes", ADA)
            assert b"Subject: The first note" in await arrived(provider, ADA)
            await reload(daemon, systemd)
            await home.enroll("notes", BOB)
            assert b"Subject: A better subject" in await arrived(provider, BOB)
            await daemon.stop()
    # On a slow machine the folder's own watch is quicker now and then than the second signal.
    first, *reloads, last = systemd.milestones
    assert (first, last) == ("READY=1", "STOPPING=1")
    assert len(reloads) >= 4
    assert reloads == ["RELOADING=1", "READY=1"] * (len(reloads) // 2)


@pytest.mark.slow
async def test_secrets_come_from_systemds_credentials(
    tmp_path: Path, systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As LoadCredential= hands them over: no secret file beside the settings is read."""
    async with embedded() as provider:
        home = Home.made(tmp_path, provider.smtp_port, provider.imap_port)
        home.write_sequence("notes", "first")
        (home.folder / "secrets/anna.password").unlink()
        (home.folder / "secrets/nurture.key").unlink()
        home.write("credentials/anna.password", f"{PASSWORD}\n")
        home.write("credentials/nurture.key", f"{'k' * 64}\n")
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
        async with home.daemon() as daemon:
            await systemd.hears("STATUS=1 of 1 mailboxes are read")
            await daemon.stop()


def test_a_name_in_the_abstract_namespace_is_reached() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(b"\0nurture-test-" + str(id(listener)).encode())
        notifier = Notifier("@" + listener.getsockname()[1:].decode())
        notifier.takes_longer(timedelta(seconds=2))
        notifier.say("one line\nREADY=1")
        notifier.reloading()
        assert listener.recv(4096) == b"EXTEND_TIMEOUT_USEC=2000000"
        assert listener.recv(4096) == b"STATUS=one line"
        first, second = listener.recv(4096).decode().splitlines()
        assert first == "RELOADING=1"
        assert second.removeprefix("MONOTONIC_USEC=").isdecimal()


def test_nobody_at_the_other_end_and_no_end_at_all_are_both_borne(tmp_path: Path) -> None:
    for address in ("", str(tmp_path / "nobody")):
        assert Notifier(address).ready() is None
