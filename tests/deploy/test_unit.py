"""The unit is one that systemd understands, is hardened, and fits what nurture expects."""

import os
import re
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest

from nurture import daemon
from nurture.cli.output import CONFIGURATION
from nurture.errors import Misconfigured
from nurture.settings.reading import find_config

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = DEPLOY / "nurture.service"
DROP_IN = DEPLOY / "nurture.service.d/254.conf"
README = (DEPLOY / "README.md").read_text("utf-8")
MOST_EXPOSED = 12  # tenths, domain.md O1


def service(path: Path) -> dict[str, str]:
    parser = RawConfigParser(strict=False, delimiters="=")  # some keys stand twice
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text("utf-8"))
    return dict(parser["Service"])


def seconds(written: str) -> int:
    number, unit = re.fullmatch(r"(\d+)(s|min|h)", written).groups()  # type: ignore[union-attr]
    return int(number) * {"s": 1, "min": 60, "h": 3600}[unit]


@pytest.fixture
def analyze() -> str:
    """systemd's own examiner; absent it skips loudly, and fails where it is required."""
    found = shutil.which("systemd-analyze")
    if found is None:
        say = pytest.fail if os.environ.get("NURTURE_REQUIRE_REAL") == "1" else pytest.skip
        say("systemd-analyze is missing: apt-get install systemd")
    return str(found)


@pytest.fixture
def installed(tmp_path: Path, analyze: str) -> Path:
    """The unit as it lies on a machine of this version of systemd, with a program that exists."""
    said = subprocess.run([analyze, "--version"], check=True, capture_output=True, text=True)
    version = int(re.search(r"systemd (\d+)", said.stdout)[1])  # type: ignore[index]
    text = UNIT.read_text("utf-8")
    unit = tmp_path / UNIT.name
    unit.write_text(text.replace("ExecStart=/opt/nurture/bin/nurture", "ExecStart=/bin/true"))
    if version >= 254:
        folder = tmp_path / DROP_IN.parent.name
        folder.mkdir()
        shutil.copy(DROP_IN, folder)
    return unit


@pytest.mark.real
def test_systemd_understands_every_line(analyze: str, installed: Path) -> None:
    said = subprocess.run([analyze, "verify", installed], check=False, capture_output=True)
    assert (said.returncode, said.stdout, said.stderr) == (0, b"", b"")


@pytest.mark.real
def test_the_service_is_exposed_no_more_than_promised(analyze: str, installed: Path) -> None:
    limits = ["--offline=true", f"--threshold={MOST_EXPOSED}"]
    said = subprocess.run(
        [analyze, "security", *limits, installed], check=False, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stdout[-200:]


def test_every_setting_has_its_reason() -> None:
    """A comment stands above each group, and no group is longer than a glance."""
    groups = [each for each in re.split(r"\n\s*\n|\n(?=#)", UNIT.read_text("utf-8")) if "=" in each]
    bare = [each for each in groups if not each.startswith(("#", "[", "Restart"))]
    assert bare == []


def test_the_settings_are_where_nurture_looks_for_them() -> None:
    given = re.search(r"--config (\S+) run", service(UNIT)["ExecStart"])
    assert given
    with pytest.raises(Misconfigured, match=re.escape(given[1])):
        find_config(None, {})
    assert f"ConditionPathExists={given[1]}\n" in UNIT.read_text("utf-8")


def test_the_database_lies_where_alone_it_may_be_written() -> None:
    state = f"/var/lib/{service(UNIT)['StateDirectory']}"
    assert service(UNIT)["ProtectSystem"] == "strict"
    assert f'url = "sqlite:///{state}/nurture.db"' in README
    assert f"d {state} 0700 nurture nurture" in (DEPLOY / "nurture.tmpfiles").read_text("utf-8")
    assert service(UNIT)["WorkingDirectory"] == state


def test_a_stop_leaves_time_for_the_daemons_own_grace() -> None:
    grace = daemon._GRACE_SECONDS
    assert seconds(service(UNIT)["TimeoutStopSec"]) > grace + 10


def test_wrong_settings_are_not_tried_again() -> None:
    assert service(UNIT)["RestartPreventExitStatus"] == str(CONFIGURATION)


def test_reload_is_the_signal_that_the_daemon_obeys() -> None:
    assert service(UNIT)["ExecReload"].endswith("kill -HUP $MAINPID")
    assert service(DROP_IN)["Type"] == "notify-reload"
    assert service(DROP_IN)["ExecReload"] == ""


def test_keys_that_252_does_not_know_stand_in_the_drop_in_only() -> None:
    newer = {"RestartSteps", "RestartMaxDelaySec", "ImportCredential", "MemoryPressureWatch"}
    assert not newer & set(service(UNIT))
    assert service(UNIT)["Type"] == "notify"


def test_the_user_is_the_one_of_sysusers() -> None:
    assert f"u {service(UNIT)['User']} " in (DEPLOY / "nurture.sysusers").read_text("utf-8")


def test_every_file_that_is_shipped_is_named_in_its_readme() -> None:
    files = [each for each in DEPLOY.rglob("*") if each.is_file() and each.name != "README.md"]
    assert files
    assert [each.name for each in files if each.name not in README] == []
