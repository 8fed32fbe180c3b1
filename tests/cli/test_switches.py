"""`stop-all`, `resume`, `backup` and `restore` as a person types them, over a real database."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nurture.cli.root import nurture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    CliRunner().invoke(nurture, ["init", str(tmp_path / "mine")])
    return tmp_path / "mine"


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(nurture, ["--config", str(folder / "nurture.toml"), *words])


def test_a_stop_is_the_first_thing_status_says(folder: Path) -> None:
    stopped = run(folder, "stop-all", "--why", "a wrong price")
    assert stopped.exit_code == 0
    assert "stopped before" in run(folder, "stop-all").stderr
    shown = run(folder, "status")
    assert shown.exit_code == 1
    first = shown.stdout.splitlines()[0]
    assert first.startswith("NOTHING IS SENT: a wrong price")
    assert "nurture resume --all" in first
    line = json.loads(run(folder, "status", "--json").stdout.splitlines()[0])
    assert (line["kind"], line["halt"], line["why"]) == ("halt", "stopped", "a wrong price")


def test_each_halt_is_lifted_by_its_own_word(folder: Path) -> None:
    run(folder, "contacts", "list")
    run(folder, "backup", str(folder / "copy.db"))
    run(folder, "stop-all")
    run(folder, "backup", str(folder / "stopped.db"))
    assert run(folder, "restore", str(folder / "stopped.db")).exit_code == 0
    lifted = run(folder, "resume", "--all")
    assert lifted.exit_code == 1
    assert "nothing is sent all the same: the database was restored" in lifted.stderr
    assert run(folder, "resume", "--all").exit_code == 1
    run(folder, "restore", str(folder / "copy.db"))
    assert "nurture resume --reconcile" in run(folder, "status").stdout


def test_sending_goes_on_by_a_word_and_only_once(folder: Path) -> None:
    run(folder, "stop-all")
    lifted = run(folder, "resume", "--all")
    assert (lifted.exit_code, lifted.stdout) == (0, "sending goes on\n")
    again = run(folder, "resume", "--all")
    assert again.exit_code == 1
    assert "nobody had stopped" in again.stderr


@pytest.mark.parametrize(
    "words",
    [(), ("ada@example.org", "--all"), ("--all", "--reconcile"), ("--all", "--on", "2027-01-01")],
)
def test_resume_wants_to_know_exactly_what(folder: Path, words: tuple[str, ...]) -> None:
    assert run(folder, "resume", *words).exit_code == 2


def test_a_database_that_was_not_restored_needs_no_reconciling(folder: Path) -> None:
    (folder / "secrets" / "anna.password").write_text("hunter2\n")
    (folder / "secrets" / "anna.password").chmod(0o600)
    result = run(folder, "resume", "--reconcile")
    assert result.exit_code == 1
    assert "nothing to reconcile" in result.stderr


def test_a_backup_is_made_kept_and_put_back(folder: Path) -> None:
    assert "no database" in run(folder, "backup").stderr
    run(folder, "contacts", "add", "ada@example.org")
    copy = folder / "copy.db"
    assert f"backed up to {copy}" in run(folder, "backup", str(copy)).stdout
    run(folder, "contacts", "add", "bob@example.org")
    restored = run(folder, "restore", str(copy))
    assert restored.exit_code == 0, restored
    assert "is kept as" in restored.stdout
    assert "nothing is sent until `nurture resume --reconcile`" in restored.stderr
    listed = run(folder, "contacts", "list", "--json").stdout
    assert [json.loads(line)["email"] for line in listed.splitlines()] == ["ada@example.org"]


def test_older_backups_are_deleted_only_when_asked(folder: Path) -> None:
    run(folder, "contacts", "add", "ada@example.org")
    old = folder / "backups" / "nurture-20200101T000000Z.db"
    assert run(folder, "backup").exit_code == 0
    old.write_text("")
    assert run(folder, "backup", "--keep", "9").exit_code == 0
    assert old.exists()
    assert f"deleted {old}" in run(folder, "backup", "--keep", "1").stdout
    assert not old.exists()


def test_no_file_is_no_backup(folder: Path) -> None:
    result = run(folder, "restore", str(folder / "none.db"))
    assert result.exit_code == 2
    assert "there is no file" in result.stderr


def test_a_rehearsal_is_one_thing_or_the_other(folder: Path) -> None:
    both = run(folder, "run", "--dry-run", str(folder / "out"), "--redirect-to", "me@example.org")
    assert (both.exit_code, "not both" in both.stderr) == (2, True)
    far = run(folder, "run", "--dry-run", str(folder / "out"), "--for", "soon")
    assert "--for: write a number and a unit" in far.stderr
