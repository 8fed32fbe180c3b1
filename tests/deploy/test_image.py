"""The container image, built and run as compose would: private, watched, stopped in order."""

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import yaml

from tests.servers.workshop import IMAGE, REPOSITORY, NoWorkshopError, Workshop
from tests.system.daemon import Home
from tests.system.provider import Embedded, arrived, embedded

pytestmark = [
    pytest.mark.real,
    pytest.mark.slow,
    pytest.mark.skipif(
        os.environ.get("NURTURE_TEST_IMAGE") != "1",
        reason="building an image takes a minute and a network: NURTURE_TEST_IMAGE=1",
    ),
]
ADA, USER, PORT = "ada@example.net", "990", 9478
COMPOSE: Final = yaml.safe_load((REPOSITORY / "deploy/compose.yml").read_text("utf-8"))
SERVICE: Final = COMPOSE["services"]["nurture"]
STATE: Final = f"""\
[storage]
url = "sqlite:////var/lib/nurture/nurture.db"

[folders]
tokens = "/var/lib/nurture/tokens"

[watch]
listen = "127.0.0.1:{PORT}"

"""


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    try:
        with Workshop.open(tmp_path_factory.mktemp("workshop")) as workshop:
            yield workshop
    except NoWorkshopError as error:
        pytest.skip(f"no image can be built here: {error}")


def settled(folder: Path, provider: Embedded) -> Path:
    """A folder of settings as README.md says to make it."""
    home = Home.made(folder, provider.smtp_port, provider.imap_port)
    home.write_sequence("notes", "first")
    home.write("nurture.toml", STATE + (folder / "nurture.toml").read_text("utf-8"))
    home.write("people.csv", f"email,given_name\n{ADA},Ada\n")
    folder.chmod(0o755)
    for each in (folder, *folder.rglob("*")):
        os.chown(each, int(USER), int(USER))
    return folder


def test_the_image_runs_as_its_user_and_says_how_it_is_watched_and_stopped(
    workshop: Workshop,
) -> None:
    facts = workshop.facts()
    assert (facts["User"], facts["StopSignal"]) == ("nurture", "SIGTERM")
    assert (facts["Entrypoint"], facts["Cmd"]) == (["nurture"], ["run"])
    assert facts["Healthcheck"]["Test"][0] == "CMD"


def test_nothing_but_the_shipped_files_is_in_it(workshop: Workshop, tmp_path: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "deploy"], cwd=REPOSITORY, check=True, capture_output=True, text=True
    )
    look = "import nurture, pathlib as p; f = p.Path(nurture.__file__).parent / 'deployed'\n"
    look += "print(*(each.relative_to(f) for each in f.rglob('*') if each.is_file()), sep='\\n')"
    said = workshop.start(SERVICE, tmp_path, "--rm", "--entrypoint=python", IMAGE, "-c", look)
    assert set(said.stdout.splitlines()) == {
        each.removeprefix("deploy/") for each in tracked.stdout.splitlines()
    }


def test_wrong_settings_are_78_in_words(workshop: Workshop, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "nurture.toml").write_text("[accounts.anna]\n")
    said = workshop.start(SERVICE, tmp_path, "--rm", IMAGE)
    assert said.returncode == 78, said
    assert "/etc/nurture/nurture.toml" in said.stderr


async def test_it_is_healthy_sends_writes_only_its_state_and_stops_in_order(
    workshop: Workshop, tmp_path: Path
) -> None:
    async with embedded() as provider:
        folder = settled(tmp_path / "settings", provider)

        async def nurture(*words: str) -> str:
            said = await asyncio.to_thread(workshop.within, "it", "nurture", *words)
            assert said.returncode == 0, said
            return said.stdout

        def once(*words: str) -> "subprocess.CompletedProcess[str]":
            return workshop.start(SERVICE, folder, "--rm", IMAGE, *words)

        skipped = await asyncio.to_thread(once, "doctor", "anna", "--skip", "a test")
        assert skipped.returncode == 0, skipped
        started = await asyncio.to_thread(
            workshop.start, SERVICE, folder, "--detach", "--name=it", IMAGE
        )
        assert started.returncode == 0, started
        check = workshop.facts()["Healthcheck"]["Test"][1:]
        async with asyncio.timeout(30):
            while (await asyncio.to_thread(workshop.within, "it", *check)).returncode:
                await asyncio.sleep(0.2)
        basis = ("--basis", "express", "--evidence", "a form", "--since", "2025-01-01")
        await nurture("contacts", "import", "/etc/nurture/people.csv", *basis)
        await nurture("enroll", "notes", ADA)
        await arrived(provider, ADA)
        await asyncio.to_thread(_is_confined, workshop)
        assert (await asyncio.to_thread(workshop.run, "podman", "stop", "it")).returncode == 0
        seen = json.loads(workshop.run("podman", "inspect", "it").stdout)[0]["State"]
        assert seen["ExitCode"] == 0
        told = workshop.run("podman", "logs", "it")
        assert '"event":"daemon_stopped"' in (told.stdout + told.stderr)
        again = await asyncio.to_thread(once, "contacts", "list")
        assert ADA in again.stdout


def _is_confined(workshop: Workshop) -> None:
    status = workshop.within("it", "cat", "/proc/1/status").stdout
    facts = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert facts["Uid"].split() == [USER] * 4
    assert (facts["NoNewPrivs"], int(facts["CapEff"], 16), int(facts["CapBnd"], 16)) == ("1", 0, 0)
    for place in ("/etc/nurture", "/opt/nurture", "/usr/bin"):
        assert workshop.within("it", "touch", f"{place}/x").returncode != 0
    assert workshop.within("it", "stat", "-c", "%U %a", "/var/lib/nurture").stdout == (
        "nurture 700\n"
    )
