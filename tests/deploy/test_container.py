"""The container's files fit what nurture expects; test_image.py builds and runs them."""

import re
import tomllib
from pathlib import Path

import yaml

from nurture.cli.root import COMMANDS
from nurture.daemon import _GRACE_SECONDS

DEPLOY = Path(__file__).parents[2] / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
SERVICE = yaml.safe_load((DEPLOY / "compose.yml").read_text("utf-8"))["services"]["nurture"]


def test_the_image_installs_the_locked_versions_by_their_hashes() -> None:
    assert "--require-hashes --requirement requirements-run.lock" in DOCKERFILE
    assert (DEPLOY.parent / "requirements.lock").is_file()


def test_neither_history_nor_secrets_reach_the_builder() -> None:
    lines = (DEPLOY.parent / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if not line.startswith("#")]
    let_in = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert rules[0] == "*"
    assert not {".", ".git", ".venv", "tests"} & let_in
    assert "**/secrets" in rules[rules.index("!deploy") :]
    metadata = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text("utf-8"))
    wheel = metadata["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], metadata["project"]["readme"]}
    assert needed <= let_in


def test_the_settings_lie_outside_of_what_is_built() -> None:
    (folder,) = (each.split(":")[0] for each in SERVICE["volumes"] if ":/etc/" in each)
    assert Path(folder).is_absolute()
    assert f"nurture init {folder}\n" in (DEPLOY / "README.md").read_text("utf-8")


def test_it_runs_as_a_user_of_its_own_and_obeys_a_stop() -> None:
    assert re.search(r"^USER nurture$", DOCKERFILE, re.MULTILINE)
    assert re.search(r"^STOPSIGNAL SIGTERM$", DOCKERFILE, re.MULTILINE)
    (command,) = re.findall(r'^CMD \["(\w+)"\]$', DOCKERFILE, re.MULTILINE)
    assert command in COMMANDS


def test_compose_builds_that_file_with_nothing_to_spare() -> None:
    built = (DEPLOY / SERVICE["build"]["context"] / SERVICE["build"]["dockerfile"]).resolve()
    assert built == (DEPLOY / "Dockerfile").resolve()
    assert SERVICE["read_only"] is True
    assert SERVICE["cap_drop"] == ["ALL"]
    assert int(SERVICE["stop_grace_period"].rstrip("s")) > _GRACE_SECONDS + 10


def test_settings_are_where_the_image_looks_and_the_state_where_it_may_write() -> None:
    (config,) = re.findall(r"NURTURE_CONFIG=(\S+)", DOCKERFILE)
    targets = {volume.split(":")[1]: volume for volume in SERVICE["volumes"]}
    assert targets[str(Path(config).parent)].endswith(":ro")
    assert "/var/lib/nurture" in targets
