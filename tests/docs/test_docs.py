"""The commands that the documents show exist, take these words, and do what they say."""

import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from nurture.cli.root import COMMANDS, Options, nurture
from nurture.settings.table import SettingsFile

ROOT = Path(__file__).parents[2]
DOCS = sorted((ROOT / "docs").glob("*.md"))
ALL = [*DOCS, ROOT / "deploy/README.md"]
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
INLINE = re.compile(r"`nurture ([a-z-]+)")
# What needs servers, a mailbox or somebody's answer: these are parsed, not run.
WORLD = {"login", "run", "send-test", "classify", "restore"}


def shown(file: Path) -> list[list[str]]:
    blocks = CONSOLE.findall(file.read_text("utf-8"))
    lines = [line[2:] for block in blocks for line in block.splitlines() if line[:2] == "$ "]
    return [shlex.split(line) for line in lines]


def parsed(words: list[str]) -> None:
    """Raises click.UsageError where the command would not take these words."""
    # Commands remember the help option of whoever asked first: it must be the real one.
    ctx = click.Context(nurture, obj=Options(), help_option_names=["-h", "--help"])
    command = nurture.get_command(ctx, words[0])
    while True:
        assert command is not None, words
        name, *rest = words
        ctx = command.make_context(name, list(rest), parent=ctx)
        if not isinstance(command, click.Group) or not rest or rest[0].startswith("-"):
            return
        words, command = rest, command.get_command(ctx, rest[0])


COMMAND_LINES = [
    pytest.param(words, id=f"{file.stem}: {' '.join(words)}")
    for file in DOCS
    for words in shown(file)
    if words[0] == "nurture"
]


def test_there_are_commands_in_every_document() -> None:
    told = {file.stem for file in DOCS if shown(file)}
    assert {"start", "replies", "operations", "law", "troubleshooting"} <= told


@pytest.mark.parametrize("words", COMMAND_LINES)
def test_a_command_that_is_shown_takes_these_words(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "contacts.csv").write_text("email\n")
    (tmp_path / "mail.eml").write_text("From: a@b.example\n\nx\n")
    parsed(words[1:])


SHELL = [
    pytest.param(words, id=f"{file.parent.name}/{file.stem}: {words}")
    for file in ALL
    for block in re.findall(r"```sh\n(.*?)```", file.read_text("utf-8"), re.DOTALL)
    for words in re.findall(r"\bnurture(?: --config \S+)? ([a-z-]+(?: [^#&|\n]+)?)", block)
    if words.split()[0] in COMMANDS
]


@pytest.mark.parametrize("words", SHELL)
def test_a_command_inside_of_a_line_for_the_shell_takes_its_words(words: str) -> None:
    parsed(shlex.split(words))


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.parent.name + "/" + file.name)
def test_a_command_that_is_named_exists(file: Path) -> None:
    assert set(INLINE.findall(file.read_text("utf-8"))) <= set(COMMANDS)


@pytest.mark.parametrize("file", list(filter(shown, DOCS)), ids=lambda file: file.stem)
def test_the_commands_run_in_the_order_in_which_they_are_shown(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    runner, told = CliRunner(), []
    if file.stem != "start":
        assert runner.invoke(nurture, ["init", "my-practice"]).exit_code == 0
        monkeypatch.chdir(tmp_path / "my-practice")
        assert runner.invoke(nurture, ["contacts", "import", "contacts.csv"]).exit_code == 0
    for words in shown(file):
        if words[0] == "cd":
            monkeypatch.chdir(Path.cwd() / words[1])
            continue
        if words[1] in WORLD and "--dry-run" not in words:
            continue
        result = runner.invoke(nurture, words[1:])
        told.append(words[1])
        assert not result.exception or isinstance(result.exception, SystemExit), words
        # 1: something needs a person. 2 and 78: no verdict to give, no password written yet.
        allowed = {
            "verdict": (0, 1, 2),
            "handoffs": (0, 1, 2),
            "drafts": (0, 1, 2),
            "doctor": (78,),
            "run": (0, 78),
            "resume": (0, 1, 2, 78),
        }
        assert result.exit_code in allowed.get(words[1], (0, 1)), (words, result.output)
    assert told


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.parent.name + "/" + file.name)
def test_settings_that_are_shown_are_settings(file: Path) -> None:
    for block in re.findall(r"```toml\n(.*?)```", file.read_text("utf-8"), re.DOTALL):
        tables = tomllib.loads(block)
        for account in tables.get("accounts", {}).values():
            account.setdefault("owner", "anna")
            account.setdefault("address", "anna@carter.example")
            for server in ("smtp", "imap"):
                account.setdefault(server, {"host": "h"})
        SettingsFile.model_validate(tables)


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.parent.name + "/" + file.name)
def test_every_link_between_documents_resolves(file: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", file.read_text("utf-8"))
    near = [link for link in links if "://" not in link]
    assert [link for link in near if not (file.parent / link).exists()] == []
