"""`nurture install` and `uninstall` below another root: what is written, kept and removed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nurture.cli.root import nurture
from nurture.errors import Misconfigured, Unreachable
from nurture.install.carrying_out import carry_out
from nurture.install.fresh_settings import fresh_settings
from nurture.install.plan import Machine, Run, Write, installing, removing, shipped, worker_unit
from nurture.settings import load_settings

NEW, OLD = Machine(255, "/opt/nurture/bin/nurture"), Machine(252, "/opt/nurture/bin/nurture")


def put(machine: Machine, root: Path, *, is_dry: bool = False) -> list[str]:
    return list(carry_out(installing(machine, fresh_settings()), root, is_dry=is_dry))


def test_everything_stands_where_systemd_and_the_unit_look(tmp_path: Path) -> None:
    put(NEW, tmp_path)
    for name in (
        "etc/systemd/system/nurture.service",
        "etc/systemd/system/nurture.service.d/254.conf",
        "etc/systemd/system/nurture-backup.timer",
        "etc/sysusers.d/nurture.conf",
        "etc/tmpfiles.d/nurture.conf",
        "etc/nurture/nurture.toml",
        "etc/nurture/sequences/former-client.yaml",
    ):
        assert (tmp_path / name).is_file(), name
    key = tmp_path / "etc/nurture/secrets/nurture.key"
    assert key.stat().st_mode & 0o777 == 0o640
    assert len(key.read_text().strip()) == 64


def test_what_252_would_misread_is_not_installed_there(tmp_path: Path) -> None:
    put(OLD, tmp_path)
    assert not (tmp_path / "etc/systemd/system/nurture.service.d").exists()


def test_the_settings_that_are_written_can_be_read_and_keep_state_where_it_may_be(
    tmp_path: Path,
) -> None:
    put(NEW, tmp_path)
    file = tmp_path / "etc/nurture/nurture.toml"
    settings = load_settings(file, {}, with_passwords=False)
    assert settings.storage_url == "sqlite:////var/lib/nurture/nurture.db"
    assert settings.tokens == Path("/var/lib/nurture/tokens")
    assert settings.watch == "127.0.0.1:9478"


def test_a_second_time_nothing_of_the_owner_is_touched_and_the_units_are_renewed(
    tmp_path: Path,
) -> None:
    put(NEW, tmp_path)
    settings = tmp_path / "etc/nurture/nurture.toml"
    key = (tmp_path / "etc/nurture/secrets/nurture.key").read_text()
    settings.write_text("mine")
    unit = tmp_path / "etc/systemd/system/nurture.service"
    unit.write_text("stale")
    said = put(NEW, tmp_path)
    assert settings.read_text() == "mine"
    assert (tmp_path / "etc/nurture/secrets/nurture.key").read_text() == key
    assert "ExecStart=/opt/nurture/bin/nurture" in unit.read_text()
    assert f"kept       {settings}" in said
    assert f"written    {unit}" in said


def test_a_dry_run_writes_nothing_and_names_every_step(tmp_path: Path) -> None:
    said = put(NEW, tmp_path, is_dry=True)
    assert list(tmp_path.iterdir()) == []
    assert "would run  systemctl daemon-reload" in said
    assert sum(line.startswith("would write") for line in said) > 8


def test_below_another_root_no_command_is_run(tmp_path: Path) -> None:
    said = put(NEW, tmp_path)
    assert [line for line in said if line.startswith("ran")] == []
    assert any(line.startswith("not run    systemctl enable nurture.service") for line in said)


def test_the_units_start_the_program_that_installed_them(tmp_path: Path) -> None:
    put(Machine(252, "/srv/nurture/bin/nurture"), tmp_path)
    for name in ("nurture.service", "nurture-backup.service"):
        text = (tmp_path / "etc/systemd/system" / name).read_text()
        assert "ExecStart=/srv/nurture/bin/nurture --config" in text


def test_a_program_that_the_service_could_not_see_is_refused() -> None:
    with pytest.raises(Misconfigured, match="home"):
        installing(Machine(255, "/home/anna/venv/bin/nurture"), {})


def test_workers_are_instances_of_one_template(tmp_path: Path) -> None:
    said = put(Machine(255, "/opt/nurture/bin/nurture", 3, is_sqlite=False), tmp_path)
    units = {each.name for each in (tmp_path / "etc/systemd/system").iterdir()}
    assert {"nurture@.service", "nurture@.service.d"} <= units
    assert "nurture.service" not in units
    unit = (tmp_path / "etc/systemd/system/nurture@.service").read_text()
    assert re.search(r"(?m)^ExecStart=.* run --worker %i$", unit)
    enabled = next(line for line in said if "systemctl enable" in line)
    assert enabled.split()[4:-2] == [f"nurture@{number}.service" for number in (1, 2, 3)]


def test_uninstalling_leaves_what_people_told_you(tmp_path: Path) -> None:
    put(NEW, tmp_path)
    (tmp_path / "var/lib/nurture").mkdir(parents=True)
    list(carry_out(removing(purge=False), tmp_path, is_dry=False))
    assert list((tmp_path / "etc/systemd/system").iterdir()) == []
    assert (tmp_path / "etc/nurture/nurture.toml").is_file()
    assert (tmp_path / "var/lib/nurture").is_dir()
    list(carry_out(removing(purge=True), tmp_path, is_dry=False))
    assert not (tmp_path / "etc/nurture").exists()
    assert not (tmp_path / "var/lib/nurture").exists()


def test_every_file_that_installing_writes_uninstalling_removes(tmp_path: Path) -> None:
    for machine in (NEW, Machine(255, "/opt/nurture/bin/nurture", 2)):
        put(machine, tmp_path)
    list(carry_out(removing(purge=True), tmp_path, is_dry=False))
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_a_place_without_permission_is_said_with_what_to_do(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    with pytest.raises(Unreachable, match="are you root"):
        list(carry_out([Write(Path("etc/x"), "y")], blocked, is_dry=False))


def test_a_command_that_fails_stops_the_plan_unless_it_may() -> None:
    root = Path("/")
    false = shutil.which("false") or ""
    with pytest.raises(Unreachable, match="failed"):
        list(carry_out([Run((false,))], root, is_dry=False))
    assert list(carry_out([Run((false,), may_fail=True)], root, is_dry=False))
    with pytest.raises(Unreachable, match="systemd"):
        list(carry_out([Run(("nurture-no-such-program",))], root, is_dry=False))


def typed(*words: str, answer: str = "") -> Result:
    return CliRunner().invoke(nurture, words, input=answer)


def test_the_commands_do_what_the_plan_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/nurture/bin/python")
    said = typed("install", "--root", str(tmp_path))
    assert said.exit_code == 0, said.output
    assert "systemctl start nurture" in said.stdout
    refused = typed("uninstall", "--root", str(tmp_path), "--purge", answer="n\n")
    assert refused.exit_code == 2
    assert (tmp_path / "etc/nurture").is_dir()
    gone = typed("uninstall", "--root", str(tmp_path), "--purge", "--yes")
    assert gone.exit_code == 0, gone.output
    assert not (tmp_path / "etc/nurture").exists()


@pytest.mark.real
@pytest.mark.parametrize("unit", ["nurture@.service", "nurture-backup.service"])
def test_systemd_understands_each_further_unit_and_finds_it_closed(
    unit: str, tmp_path: Path
) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        say = pytest.fail if os.environ.get("NURTURE_REQUIRE_REAL") == "1" else pytest.skip
        say("systemd-analyze is missing: apt-get install systemd")
    text = (shipped() / unit.replace("@", "")).read_text("utf-8")
    text = worker_unit(text) if "@" in unit else text
    path = tmp_path / unit.replace("@", "@1")
    path.write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text))
    timer = shipped() / "nurture-backup.timer"
    if "backup" in unit:
        shutil.copy(timer, tmp_path)
    files = [path, *tmp_path.glob("*.timer")]
    verified = subprocess.run(
        [str(analyze), "verify", *files], check=False, capture_output=True, text=True
    )
    assert (verified.returncode, verified.stderr) == (0, "")
    limits = ["--offline=true", "--threshold=12"]
    closed = subprocess.run(
        [str(analyze), "security", *limits, path], check=False, capture_output=True, text=True
    )
    assert closed.returncode == 0, closed.stdout[-300:]
