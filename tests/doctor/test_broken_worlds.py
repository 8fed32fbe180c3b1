"""One broken world for each examination: what was seen in clear words, and what to do about it."""

import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import SecretStr

from nurture.core.halt import HaltKind
from nurture.doctor import examinations
from nurture.doctor.finding import Fault, Finding, Level
from nurture.doctor.patient import Patient
from nurture.errors import Unreachable
from nurture.settings import Endpoint, load_settings
from nurture.storage.backup import back_up
from nurture.transport.clock import SystemClock
from nurture.wiring.world import World, world_of
from tests.doctor.test_domain import patient
from tests.servers.certificate import certified
from tests.servers.lying_imap import PASSWORD, Lie, LyingImap
from tests.servers.lying_smtp import Fault as Deed
from tests.servers.lying_smtp import LyingSmtp
from tests.system.daemon import Home

WORLD, PERSON = Fault.WORLD, Fault.PERSON
AT_IMAP, AT_SMTP = "[accounts.anna.imap]", "[accounts.anna.smtp]"


async def found(name: str, whole: Patient) -> list[Finding]:
    """What this examination does not find good; of each it says what to do."""
    findings = [each async for each in examinations()[name](whole)]
    amiss = [each for each in findings if each.level is not Level.OK]
    assert all(each.remedy for each in amiss)
    return amiss


def endpoint(port: int, host: str = "127.0.0.1") -> Endpoint:
    return Endpoint(host, port, "none", "anna@carter.io", SecretStr(PASSWORD))


def at_imap(imap: Endpoint) -> Patient:
    whole = patient("anna@carter.io")
    return replace(whole, accounts=(replace(whole.accounts[0], imap=imap),))


def at_smtp(smtp: Endpoint) -> Patient:
    whole = patient("anna@carter.io")
    return replace(whole, accounts=(replace(whole.accounts[0], smtp=smtp),))


def closed() -> Endpoint:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return endpoint(taken.getsockname()[1])


@pytest.mark.parametrize(
    ("lie", "fault", "words", "remedy"),
    [
        (Lie.BYE_GREETING, WORLD, "too many connections", AT_IMAP),
        (Lie.NO_AT_LOGIN, PERSON, "Invalid credentials", f"user, password and tls of {AT_IMAP}"),
        (Lie.BUSY_AT_LOGIN, WORLD, "try later", "try again later"),
    ],
)
async def test_a_mailbox_that_cannot_be_read(
    lie: Lie, fault: Fault, words: str, remedy: str
) -> None:
    async with LyingImap(lies={lie}).running() as server:
        (finding,) = await found("imap", at_imap(endpoint(server.port)))
    assert (finding.level, finding.fault) == (Level.FAIL, fault)
    assert words in finding.seen
    assert remedy in finding.remedy


async def test_a_mailbox_without_idle_and_folders_is_read_and_is_warned_of() -> None:
    async with LyingImap(lies={Lie.NO_IDLE}).running() as server:
        idle, sent = await found("imap", at_imap(endpoint(server.port)))
    assert {idle.level, sent.level} == {Level.WARN}
    assert "does not offer IDLE" in idle.seen
    assert "no folder for sent" in sent.seen
    assert "[accounts.anna.imap.folders]" in sent.remedy


async def test_servers_that_nobody_runs_are_the_worlds_fault_in_the_same_words() -> None:
    nowhere = replace(endpoint(1, "nowhere.invalid"), tls="implicit")
    for server, words in ((closed(), "nobody listens there"), (nowhere, "cannot be looked up")):
        (mailbox,) = await found("imap", at_imap(server))
        (submission,) = await found("smtp", at_smtp(server))
        assert words in mailbox.seen
        assert words in submission.seen
        assert {mailbox.fault, submission.fault} == {WORLD}
        assert (AT_IMAP in mailbox.remedy, AT_SMTP in submission.remedy) == (True, True)


@pytest.mark.parametrize(
    ("stage", "act", "fault", "words"),
    [
        ("banner", "554 5.7.1 go away", WORLD, "go away"),
        ("ehlo", Deed.DROP, WORLD, "closed the connection"),
        ("auth", "535 5.7.8 no", PERSON, "535 5.7.8 no"),
        ("auth", "454 4.7.0 too busy", WORLD, "too busy"),
    ],
)
async def test_a_submission_server_that_does_not_let_us_in(
    stage: str, act: str | Deed, fault: Fault, words: str
) -> None:
    server = LyingSmtp()
    server.will(stage, act, act)
    async with server.running():
        (finding,) = await found("smtp", at_smtp(endpoint(server.port)))
    assert (finding.level, finding.fault) == (Level.FAIL, fault)
    assert words in finding.seen


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "days", "is_known", "words"),
    [
        ("DNS:localhost", -1, True, "has expired"),
        ("DNS:other.example", 2, True, "not for localhost"),
        ("DNS:localhost", 2, False, "not trusted"),
    ],
)
async def test_a_certificate_that_does_not_hold(
    name: str, days: int, is_known: bool, words: str, tmp_path: Path
) -> None:
    context = certified(tmp_path, name, days)
    async with LyingSmtp(tls=context, is_implicit=True).running() as server:
        known = tmp_path / "cert.pem" if is_known else None
        there = replace(endpoint(server.port, "localhost"), tls="implicit", ca_file=known)
        (submission,) = await found("smtp", at_smtp(there))
        (mailbox,) = await found("imap", at_imap(there))
    assert words in submission.seen
    assert words in mailbox.seen


async def test_a_login_that_was_never_made_names_its_command(tmp_path: Path) -> None:
    home = Home.made(tmp_path, 1, 1)
    text = (tmp_path / "nurture.toml").read_text("utf-8")
    text = text.replace('password_file = "secrets/anna.password"\n', "")
    oauth = '\n[accounts.anna.oauth]\nprovider = "microsoft"\nclient_id = "x"\n'
    home.write("nurture.toml", text + oauth)
    settings = load_settings(tmp_path / "nurture.toml", {})
    whole = Patient(settings, SystemClock(), accounts=settings.accounts)
    for name in ("imap", "smtp"):
        (finding,) = await found(name, whole)
        assert (finding.fault, finding.remedy) == (PERSON, "run `nurture login anna`")


@pytest.mark.parametrize(
    ("free", "level"), [(50, Level.FAIL), (500, Level.WARN), (50_000, Level.OK)]
)
async def test_a_disk_that_fills_up(
    free: int, level: Level, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = SimpleNamespace(free=free * 1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: room)
    whole = patient("anna@carter.io")
    there = replace(whole, settings=replace(whole.settings, file=tmp_path / "nurture.toml"))
    (finding,) = [each async for each in examinations()["disk"](there)]
    assert finding.level is level
    assert f"{free} MB free" in finding.seen


async def test_time_zones_of_long_ago() -> None:
    class Later(SystemClock):
        def now(self) -> datetime:
            return super().now() + timedelta(days=5 * 365)

    assert await found("zones", patient("anna@carter.io")) == []
    (finding,) = await found("zones", replace(patient("anna@carter.io"), clock=Later()))
    assert "upgrade tzdata" in finding.remedy


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    home = Home.made(tmp_path, 1, 1)
    home.write_sequence("notes", "first")
    async with world_of(load_settings(tmp_path / "nurture.toml", {}), SystemClock()) as world:
        yield world


def seen_by(world: World) -> Patient:
    return Patient(world.settings, world.clock, world, accounts=world.settings.accounts)


async def test_a_clock_that_nobody_keeps_or_that_ran_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nurture.doctor.examination.clock.clock_is_kept", lambda: False)
    now = world.clock.now()
    lease = await world.store.accounts.take("anna", "w", now, now + timedelta(hours=1))
    assert lease
    await world.store.accounts.was_read(lease, now + timedelta(days=1))
    loose, back = await found("clock", seen_by(world))
    assert (loose.level, back.level) == (Level.WARN, Level.FAIL)
    assert "timesyncd or chrony" in loose.remedy
    assert "set the clock" in back.remedy


async def test_a_database_that_is_halted_or_away(world: World) -> None:
    await world.store.switch.halt(HaltKind.RESTORED, "it came from a copy", world.clock.now())
    (halt,) = await found("database", seen_by(world))
    assert halt.level is Level.WARN
    assert "nurture resume --reconcile" in halt.remedy
    fault = Unreachable("the database x is locked: stop the other program that has it open")
    (away,) = await found("database", replace(seen_by(world), world=None, fault=fault))
    assert (away.level, away.fault) == (Level.FAIL, WORLD)


async def test_backups_that_nobody_makes_or_makes_no_more(world: World) -> None:
    (none,) = await found("backups", seen_by(world))
    assert "no backup" in none.seen
    back_up(world.settings.storage_url, None, world.clock.now() - timedelta(days=4))
    (old,) = await found("backups", seen_by(world))
    assert "the newest backup is of" in old.seen
    assert "nurture-backup.timer" in old.remedy
    back_up(world.settings.storage_url, None, world.clock.now())
    assert await found("backups", seen_by(world)) == []


async def test_settings_that_anybody_may_change(world: World) -> None:
    world.settings.file.chmod(0o646)
    for parent in world.settings.file.parents:
        if str(parent).startswith("/tmp/"):
            parent.chmod(0o755)
    (finding,) = await found("secrets", seen_by(world))
    assert "change it" in finding.seen
    assert finding.remedy == f"chmod 644 {world.settings.file}"


async def test_a_folder_of_sequences_with_a_mistake(world: World) -> None:
    (world.settings.sequences / "notes.yaml").write_text("sequence: notes\nstepps: []\n")
    first, *_ = await found("sequences", seen_by(world))
    assert (first.level, first.fault) == (Level.FAIL, Fault.SETTINGS)
    assert "notes.yaml:" in first.subject
