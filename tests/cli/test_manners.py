"""What every command has in common: exit codes, completion, the man page, the version."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from nurture import SCHEMA, __version__
from nurture.cli.root import COMMANDS, nurture

if TYPE_CHECKING:
    from tests.cli.conftest import Practice

ROOT = Path(__file__).parents[2]
# What a command needs besides the settings, so that it comes as far as reading them.
WORDS = {
    "contacts": ["list"],
    "enroll": ["former-client", "--relationship", "former_client"],
    "why": ["ada@example.net"],
    "resume": ["ada@example.net"],
    "export": ["somewhere-new"],
    "privacy": ["export", "ada@example.net"],
    "hush": ["--list"],
    "override": ["ada@example.net", "--list"],
    "preview": ["former-client", "thank-you", "--all"],
}
WITHOUT_SETTINGS = {"init", "demo", "classify", "install", "uninstall", "completion", "manual"}
# What asks for the file itself, for a password, or for nothing that is stored.
NEED_NO_DATABASE = {
    "backup", "doctor", "history", "login", "notify", "plan", "restore", "run", "send-test",
    "simulate",
}  # fmt: skip
WITH_SETTINGS = sorted(set(COMMANDS) - WITHOUT_SETTINGS)


def complete(command: click.Command) -> list[str]:
    """The least that must be said behind the command's name."""
    if isinstance(command, click.Group) and not command.invoke_without_command:
        ctx = click.Context(command)
        below = command.get_command(ctx, command.list_commands(ctx)[0])
        assert below is not None
        assert below.name is not None
        return [below.name, *complete(below)]
    said = []
    for param in command.params:
        if param.required:
            word = param.type.choices[0] if isinstance(param.type, click.Choice) else "1"
            is_option = isinstance(param, click.Option)
            said += [param.opts[0], str(word)] if is_option else [str(word)]
    return said


def words_for(name: str) -> list[str]:
    command = nurture.get_command(click.Context(nurture), name)
    assert command is not None
    return [name, *(WORDS.get(name) or complete(command))]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_wrong_option_is_2_and_help_is_0(name: str) -> None:
    run = CliRunner().invoke
    assert run(nurture, [name, "--no-such-option"]).exit_code == 2
    assert run(nurture, [name, "--help"]).exit_code == 0


@pytest.mark.parametrize("name", WITH_SETTINGS)
def test_missing_settings_are_2_and_78_where_a_supervisor_asks(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["--config", "nowhere.toml", *words_for(name)]
    result = CliRunner().invoke(nurture, words)
    assert result.exit_code == (78 if name in {"run", "doctor"} else 2), result.output
    assert "nowhere.toml" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("name", sorted({*WITH_SETTINGS} - NEED_NO_DATABASE))
def test_a_database_that_cannot_be_opened_is_75(
    name: str, practice: "Practice", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(practice.folder)
    (practice.folder / "nurture.db").mkdir()
    result = practice.run(*words_for(name))
    assert result.exit_code == 75, result.output
    assert "cannot be opened" in result.stderr


def test_the_man_page_is_that_of_the_commands() -> None:
    said = CliRunner().invoke(nurture, ["manual"], prog_name="nurture")
    shipped = (ROOT / "deploy/nurture.1").read_text("utf-8")
    assert said.output == shipped, "the commands have changed: make man"
    assert all(f".SS nurture {name} " in shipped for name in COMMANDS)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_printed(shell: str) -> None:
    said = CliRunner().invoke(nurture, ["completion", shell], prog_name="nurture")
    assert said.exit_code == 0, said.output
    assert "_NURTURE_COMPLETE" in said.output


def test_a_shell_is_told_the_commands_without_loading_them() -> None:
    code = (
        "import sys, os; os.environ.update(_NURTURE_COMPLETE='bash_complete',"
        " COMP_WORDS='nurture sta', COMP_CWORD='1')\n"
        "from nurture.cli.root import nurture\n"
        "try:\n    nurture(prog_name='nurture')\n"
        "except SystemExit:\n    print('sqlalchemy' in sys.modules)\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines() == ["plain,status", "False"]


def test_the_version_names_the_schema_and_loads_nothing() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "nurture", "--version"], capture_output=True, text=True, check=True
    )
    assert said.stdout == f"nurture {__version__} (schema {SCHEMA})\n"
    by_click = CliRunner().invoke(nurture, ["--version"])
    assert by_click.output == said.stdout
