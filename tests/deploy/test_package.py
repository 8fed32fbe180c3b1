"""The Debian package that `make deb` built: what is in it, and that it installs and goes again."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from nurture import __version__
from tests.servers.machine import Machine, NoMachineError

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture(scope="module")
def package() -> Path:
    """The newest one; where none was built, this skips loudly, and fails where it is required."""
    found = sorted(ROOT.glob(f"dist/nurture_{__version__}_*.deb"))
    if not found or shutil.which("dpkg-deb") is None:
        say = pytest.fail if os.environ.get("NURTURE_REQUIRE_REAL") == "1" else pytest.skip
        say("no package in dist: make deb")
    return found[-1]


def told(*words: str | Path) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def test_it_says_what_it_is_and_what_it_needs(package: Path) -> None:
    control = told("dpkg-deb", "--field", package)
    assert f"Version: {__version__}\n" in control
    assert "python3 (>= 3." in control
    assert "systemd (>= 252)" in control


def test_all_of_it_is_roots_and_nothing_is_anybodys_to_write(package: Path) -> None:
    lines = told("dpkg-deb", "--contents", package).splitlines()
    rows = [line.split(maxsplit=5) for line in lines]
    assert {row[1] for row in rows} == {"root/root"}
    assert [row[5] for row in rows if row[0][0] != "l" and row[0][8] == "w"] == []
    names = {row[5].split(" -> ")[0] for row in rows}
    for name in (
        "./lib/systemd/system/nurture.service",
        "./lib/systemd/system/nurture@.service",
        "./lib/systemd/system/nurture-backup.timer",
        "./usr/lib/sysusers.d/nurture.conf",
        "./usr/share/man/man1/nurture.1.gz",
        "./usr/share/bash-completion/completions/nurture",
        "./usr/share/zsh/vendor-completions/_nurture",
        "./usr/share/fish/vendor_completions.d/nurture.fish",
        "./usr/share/doc/nurture/changelog.gz",
        "./usr/share/doc/nurture/CHANGELOG.md.gz",
        "./usr/share/doc/nurture/copyright",
        "./usr/bin/nurture",
    ):
        assert name in names
    assert not [name for name in names if "/etc/" in name]
    programs = {name.rpartition("/")[2] for name in names if name.startswith("./opt/nurture/bin/")}
    assert {each for each in programs if not each.startswith("python")} == {"", "nurture"}
    assert not [name for name in names if "/site-packages/pytest/" in name]


@pytest.fixture(scope="module")
def machine(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine without nurture, and the package in its /tmp."""
    try:
        with Machine.running(tmp_path_factory.mktemp("machine"), with_nurture=False) as running:
            shutil.copy(package, Path("/proc", str(running.first), "root", "tmp", "nurture.deb"))
            yield running
    except NoMachineError as error:
        pytest.skip(f"no systemd can be started here: {error}")


def test_it_installs_upgrades_and_leaves_what_people_told(machine: Machine) -> None:
    said = machine.run("dpkg", "--install", "/tmp/nurture.deb")
    assert "systemctl enable --now nurture" in said
    assert machine.run("nurture", "--version").startswith(f"nurture {__version__}")
    assert machine.run("stat", "-c", "%a %U:%G", "/etc/nurture/secrets/nurture.key") == (
        "640 root:nurture\n"
    )
    assert machine.fact("nurture.service", "UnitFileState") == "disabled"
    assert machine.fact("nurture.service", "LoadState") == "loaded"
    key = machine.run("cat", "/etc/nurture/secrets/nurture.key")
    # The settings of a new installation name nobody yet: refused in words, and not tried again.
    machine.run("systemctl", "start", "nurture", check=False)
    assert machine.fact("nurture.service", "ExecMainStatus") == "78"
    again = machine.run("dpkg", "--install", "/tmp/nurture.deb")
    assert "systemctl enable" not in again
    assert machine.run("cat", "/etc/nurture/secrets/nurture.key") == key
    machine.run("dpkg", "--remove", "nurture")
    assert machine.fact("nurture.service", "LoadState") == "not-found"
    purged = machine.run("dpkg", "--purge", "nurture")
    assert "everybody who said no" in purged
    assert machine.run("cat", "/etc/nurture/secrets/nurture.key") == key
