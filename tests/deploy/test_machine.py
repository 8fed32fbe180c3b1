"""The service as systemd really runs it: installed, started, confined, reloaded, killed, hung."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.servers.machine import Machine, NoMachineError
from tests.system.daemon import PASSWORD, Home
from tests.system.provider import OWNER, Embedded, arrived, embedded, header

pytestmark = [pytest.mark.real, pytest.mark.slow]

ADA, EVE = "ada@example.net", "eve@example.net"
NURTURE: Final = ("/opt/nurture/bin/nurture", "--config", "/etc/nurture/nurture.toml")
BROKEN: Final = "---\nsubject: Never sent\n---\nDear {{ given_nmae }}, a slip of the finger.\n"
# What a person writes by `systemctl edit`; the watchdog is in more of a hurry than in the unit.
OVERRIDE: Final = """\
[Unit]
StartLimitIntervalSec=0
[Service]
LoadCredential=anna.password:/etc/nurture/secrets/anna.password
RestartSec=1s
{more}
"""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """One machine for all; where nobody may start one, the other tests of this folder stand in."""
    try:
        with Machine.running(tmp_path_factory.mktemp("machine")) as running:
            running.run("/opt/nurture/bin/nurture", "install")
            yield running
    except NoMachineError as error:
        pytest.skip(f"no systemd can be started here: {error}")


def test_systemd_understands_what_was_installed_for_its_version(machine: Machine) -> None:
    (version,) = re.findall(r"^systemd (\d+)", machine.run("systemctl", "--version"))
    is_newer = int(version) >= 254
    assert machine.fact("nurture", "Type") == ("notify-reload" if is_newer else "notify")
    assert ("254.conf" in machine.fact("nurture", "DropInPaths")) is is_newer
    units = ("nurture.service", "nurture-backup.service", "nurture-backup.timer")
    assert machine.run("systemd-analyze", "verify", *units) == ""
    for unit in units[:2]:
        machine.run("systemd-analyze", "security", "--threshold=12", unit)


@dataclass(frozen=True, slots=True)
class Site:
    """The machine, spoken to from a thread: the mail servers are in this loop."""

    machine: Machine
    provider: Embedded

    async def run(self, *words: str, check: bool = True) -> str:
        return await asyncio.to_thread(self.machine.run, *words, check=check)

    async def owner(self, *words: str) -> str:
        """A command of the owner's, as the service's user."""
        return await self.run("runuser", "-u", "nurture", "--", *NURTURE, *words)

    async def write(self, path: str, text: str) -> None:
        await asyncio.to_thread(self.machine.write, path, text)

    async def override(self, more: str = "") -> None:
        path = "/etc/systemd/system/nurture.service.d/ours.conf"
        await self.write(path, OVERRIDE.format(more=more))
        await self.run("systemctl", "daemon-reload")

    async def fact(self, name: str, unit: str = "nurture") -> str:
        return await asyncio.to_thread(self.machine.fact, unit, name)

    async def waits_for(self, name: str, wanted: str) -> None:
        await asyncio.to_thread(self.machine.await_fact, "nurture", name, wanted)

    async def set_up(self, folder: Path) -> None:
        """Settings, a password that is a credential, a sequence, and a proof on somebody's word."""
        home = Home.made(folder, self.provider.smtp_port, self.provider.imap_port)
        home.write_sequence("notes", "first", "second")
        text = (folder / "nurture.toml").read_text("utf-8")
        text = text.replace('password_file = "secrets/anna.password"\n', "")
        state = '[storage]\nurl = "sqlite:////var/lib/nurture/nurture.db"\n'
        await self.write("/etc/nurture/nurture.toml", f"{state}{text}")
        await self.write("/etc/nurture/secrets/anna.password", f"{PASSWORD}\n")
        await self.run("find", "/etc/nurture/sequences", "-mindepth", "1", "-delete")
        for file in (folder / "sequences").rglob("*.*"):
            name = file.relative_to(folder)
            await self.write(f"/etc/nurture/{name}", file.read_text("utf-8"))
        await self.override()
        await self.owner("doctor", "anna", "--skip", "a test")

    async def enroll(self, address: str) -> None:
        await self.write("/etc/nurture/people.csv", f"email,given_name\n{address},Someone\n")
        asked = ("--basis", "express", "--evidence", "a form", "--since", "2025-01-01")
        await self.owner("contacts", "import", "/etc/nurture/people.csv", *asked)
        await self.owner("enroll", "notes", address)


@pytest.fixture
async def site(machine: Machine, tmp_path: Path) -> AsyncIterator[Site]:
    async with embedded() as provider:
        site = Site(machine, provider)
        await site.set_up(tmp_path)
        yield site
        print(await asyncio.to_thread(machine.journal, "nurture"))  # shown where a test fails
        await site.run("systemctl", "stop", "nurture", check=False)
        await site.run("systemctl", "reset-failed", check=False)
        await site.run("find", "/var/lib/nurture", "-mindepth", "1", "-delete")


async def test_it_starts_speaks_is_confined_refuses_and_stops(site: Site) -> None:
    await site.run("systemctl", "start", "nurture")
    assert await site.fact("ActiveState") == "active"
    await site.waits_for("StatusText", "1 of 1 mailboxes are read")
    await site.enroll(ADA)
    await arrived(site.provider, ADA)
    await _is_confined(site)
    await _backs_up(site)
    await site.write("/etc/nurture/sequences/mail/second.md", BROKEN)
    await site.run("systemctl", "reload", "nurture")
    await site.waits_for("StatusText", "problems in the sequences: 1")
    assert await site.fact("NRestarts") == "0"
    await site.run("systemctl", "stop", "nurture")
    assert await site.fact("Result") == "success"
    assert await site.fact("ExecMainStatus") == "0"
    await _journal_is_json_without_addresses(site)


async def _is_confined(site: Site) -> None:
    status = await site.run("cat", f"/proc/{await site.fact('MainPID')}/status")
    facts = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    user = (await site.run("id", "-u", "nurture")).strip()
    assert facts["Uid"].split() == [user] * 4
    assert (facts["NoNewPrivs"], facts["Seccomp"]) == ("1", "2")
    assert int(facts["CapEff"], 16) == int(facts["CapBnd"], 16) == 0


async def _backs_up(site: Site) -> None:
    await site.run("systemctl", "start", "nurture-backup.service")
    assert await site.fact("Result", "nurture-backup.service") == "success"
    folder = "/var/lib/nurture/backups"
    listed = await site.run("find", folder, "-type", "f", "-printf", "%u %m %f\\n")
    (line,) = [each for each in listed.splitlines() if each.endswith(".db")]
    assert line.startswith("nurture 600 ")


async def _journal_is_json_without_addresses(site: Site) -> None:
    told = await site.run(
        "journalctl", "-u", "nurture", "-o", "json", "--no-pager", "-t", "nurture"
    )
    rows = [json.loads(line) for line in told.splitlines()]
    events = {json.loads(row["MESSAGE"])["event"]: row["PRIORITY"] for row in rows}
    assert (events["touch_sent"], events["sequence_refused"]) == ("6", "3")
    assert ADA not in told


async def test_p2_killed_and_hung_it_starts_again_and_the_owner_hears_of_it(site: Site) -> None:
    await site.override("WatchdogSec=8s")
    await site.run("systemctl", "start", "nurture")
    await site.enroll(EVE)
    await arrived(site.provider, EVE)
    await site.run("kill", "-KILL", await site.fact("MainPID"))
    await site.waits_for("NRestarts", "1")
    await site.waits_for("ActiveState", "active")
    await site.run("kill", "-STOP", await site.fact("MainPID"))
    await site.waits_for("NRestarts", "2")
    await site.waits_for("ActiveState", "active")
    async with asyncio.timeout(60):  # the lease of the killed one runs out first
        while not any(b"without notice" in each for each in site.provider.mails_to(OWNER)):
            await asyncio.sleep(0.2)
    subjects = [header(each, "Subject") for each in site.provider.mails_to(EVE)]
    assert len(set(subjects)) == len(subjects)


async def test_a_password_that_opens_on_this_machine_alone_is_enough(site: Site) -> None:
    plain = "/etc/nurture/secrets/anna.password"
    await site.run("systemd-creds", "encrypt", "--name=anna.password", plain, f"{plain}.cred")
    await site.run("rm", plain)
    text = OVERRIDE.format(more="").replace("LoadCredential=", "LoadCredentialEncrypted=")
    text = text.replace(plain, f"{plain}.cred")
    await site.write("/etc/systemd/system/nurture.service.d/ours.conf", text)
    await site.run("systemctl", "daemon-reload")
    await site.run("systemctl", "start", "nurture")
    await site.waits_for("StatusText", "1 of 1 mailboxes are read")


@pytest.fixture
def steps(machine: Machine) -> str:
    """What installing says is next, over settings that nobody has touched."""
    machine.run("rm", "-f", "/etc/nurture/nurture.toml")
    machine.run("find", "/var/lib/nurture", "-mindepth", "1", "-delete")
    return machine.run("/opt/nurture/bin/nurture", "install").partition("Next:")[2]


def test_the_steps_that_installing_names_work_as_they_stand(machine: Machine, steps: str) -> None:
    (password,) = re.findall(r"2\. (install .*?)   \(", steps)
    (doctor,) = re.findall(r"3\. sudo -u nurture (.*)", steps)
    machine.run(*password.split(), text="typed\n")
    said = machine.run("runuser", "-u", "nurture", "--", *doctor.split(), "--no-mail", check=False)
    assert re.search(r"ok +settings +anna", said), said
    assert re.search(r"ok +secrets", said), said


def test_what_root_makes_is_the_services(machine: Machine, steps: str) -> None:
    assert steps
    for words in (("contacts", "list"), ("backup",)):
        machine.run(*NURTURE, *words)
    listed = machine.run("find", "/var/lib/nurture", "-printf", "%u %f\\n")
    assert {line.split()[0] for line in listed.splitlines()} == {"nurture"}
    assert len(listed.splitlines()) >= 4


async def test_wrong_settings_are_78_and_are_not_tried_again(site: Site) -> None:
    await site.write("/etc/nurture/nurture.toml", "[accounts.anna]\n")
    said = await site.run("systemctl", "start", "nurture", check=False)
    assert "failed" in said
    assert await site.fact("ExecMainStatus") == "78"
    assert await site.fact("ActiveState") == "failed"
    assert await site.fact("NRestarts") == "0"


def test_uninstalled_nothing_is_left_but_what_people_told(machine: Machine) -> None:
    machine.run("/opt/nurture/bin/nurture", "uninstall")
    assert machine.fact("nurture.service", "LoadState") == "not-found"
    assert machine.run("ls", "/etc/nurture/nurture.toml")
    assert "nurture" not in machine.run("ls", "/etc/systemd/system")
