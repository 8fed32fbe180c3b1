"""`nurture init` leaves a folder one can begin with, and harms none that is there."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nurture.cli.init import init
from nurture.core.contact import Contact
from nurture.core.contact.column import fields_of
from nurture.core.contact.row import read_row
from nurture.settings import load_settings
from nurture.transport.csv_file import read_csv
from nurture.transport.sequence_folder import load_folder


def run(folder: Path) -> Result:
    return CliRunner().invoke(init, [str(folder)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert run(tmp_path / "mine").exit_code == 0
    return tmp_path / "mine"


def test_what_is_written_can_be_used_once_the_password_is_there(folder: Path) -> None:
    password = folder / "secrets" / "anna.password"
    password.write_text("hunter2\n")
    password.chmod(0o600)
    settings = load_settings(folder / "nurture.toml", {})
    assert settings.account("anna") is not None
    assert len(settings.key) == 64
    assert len(load_folder(settings.sequences).sequences) >= 4
    assert load_folder(settings.sequences).problems == ()


def test_the_sample_contacts_are_people(folder: Path) -> None:
    table = read_csv(folder / "contacts.csv")
    fields = fields_of(table.columns, {})
    assert set(fields) == set(table.columns)
    people = [read_row({fields[name]: row.cells[name] for name in fields}) for row in table.rows]
    assert all(isinstance(person, Contact) for person in people)
    assert len(people) >= 2


def test_secrets_are_for_the_owner_alone_and_differ(folder: Path, tmp_path: Path) -> None:
    run(tmp_path / "other")
    key = folder / "secrets" / "nurture.key"
    assert (folder / "secrets").stat().st_mode & 0o777 == 0o700
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.read_text() != (tmp_path / "other" / "secrets" / "nurture.key").read_text()
    assert "secrets/" in (folder / ".gitignore").read_text()


def test_it_says_what_to_do_next(tmp_path: Path) -> None:
    said = run(tmp_path / "mine").output
    assert "nurture.toml" in said
    assert "contacts import --dry-run" in said


@pytest.mark.parametrize(
    "name", ["nurture.toml", "contacts.csv", "sequences", "secrets/nurture.key"]
)
def test_nothing_that_exists_is_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    result = run(tmp_path)
    assert result.exit_code == 2
    assert f"{tmp_path / name} exists and is not overwritten" in result.output
    assert (tmp_path / name).read_text() == "mine"
    assert not (tmp_path / ".gitignore").exists()


def test_a_file_in_the_way_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run(tmp_path / "file")
    assert result.exit_code == 2
    assert "choose a folder you may write to" in result.output
