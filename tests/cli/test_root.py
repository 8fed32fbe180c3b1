"""The command itself: quick help in whole sentences, near misses, exit codes, piped tables."""

import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from nurture.cli.output import table
from nurture.cli.root import COMMANDS, nurture
from nurture.errors import Broken, Unreachable

if TYPE_CHECKING:
    from tests.cli.conftest import Practice


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_stands_under_its_name_and_explains_itself(name: str) -> None:
    module = name.replace("-", "_")
    command = getattr(import_module(f"nurture.cli.{module}"), module)
    assert isinstance(command, click.Command)
    assert f"nurture {name}" in CliRunner().invoke(nurture, [name, "--help"]).output


def test_help_is_whole_and_loads_no_command() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from nurture.cli.root import nurture\n"
        "print(CliRunner().invoke(nurture, ['--help']).output)\n"
        "print('sqlalchemy' in sys.modules, 'nurture.cli.status' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == "False False"
    assert all(f"{name} " in said.stdout for name in COMMANDS)
    assert "..." not in said.stdout.partition("Commands:")[2]


def test_what_an_idle_daemon_does_not_need_is_not_loaded_with_it() -> None:
    code = (
        "import sys, nurture.cli.run, nurture.wiring.house, nurture.daemon\n"
        "print([each for each in ('nh3', 'nurture.clipping', 'http.client', 'alembic', 'rich',"
        " 'nurture.mail.words.promise',"
        " 'nurture.mail.words.date_words', 'nurture.signals.away')"
        " if each in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_a_slip_is_answered_with_the_nearest_command() -> None:
    result = CliRunner().invoke(nurture, ["statsu"])
    assert result.exit_code == 2
    assert "there is no command 'statsu'; did you mean 'status'?" in result.output


def test_wrong_settings_end_a_command_with_2_and_the_daemon_with_78(practice: "Practice") -> None:
    (practice.folder / "nurture.toml").write_text("[storrage]\n")
    for word, code in (("status", 2), ("run", 78)):
        result = practice.run(word)
        assert result.exit_code == code
        assert "nurture.toml:1:2: unknown key 'storrage'; did you mean 'storage'?" in result.stderr


def test_the_daemon_wants_a_password_that_other_commands_do_not_need(practice: "Practice") -> None:
    result = practice.run("run")
    assert result.exit_code == 78
    assert "anna.password" in result.stderr


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (Unreachable("the database does not answer"), 75, "the database does not answer"),
        (Broken("a walk without a step"), 70, "this is a mistake in nurture, please report it"),
    ],
)
def test_whose_fault_it_was_decides_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, fault: Exception, code: int, words: str
) -> None:
    @click.command()
    def status() -> None:
        raise fault

    monkeypatch.setattr("nurture.cli.status.status", status)
    result = CliRunner().invoke(nurture, ["status"])
    assert result.exit_code == code
    assert words in result.stderr


def test_no_account_is_told_before_anything_starts(practice: "Practice") -> None:
    text = (practice.folder / "nurture.toml").read_text("utf-8")
    (practice.folder / "nurture.toml").write_text(text.partition("[accounts.anna]")[0])
    result = practice.run("run")
    assert result.exit_code == 78
    assert "[accounts" in result.stderr


def test_a_piped_table_has_no_colour_and_cuts_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    long = "word " * 80 + "end"
    table(("who", "why"), [("ada", long), ("[red]bob", ":x: two\nlines")])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[1].endswith("word end")
    assert lines[2] == "[red]bob  :x: two lines"
    assert "\x1b" not in "".join(lines)
