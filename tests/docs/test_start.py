"""The settings that start.md shows for each provider, put where a new user puts them."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from nurture.cli.root import nurture
from nurture.doctor.examination.provider import examine
from nurture.doctor.finding import Level
from nurture.doctor.patient import Patient
from nurture.settings import Settings, load_settings
from nurture.transport.clock import SystemClock

START = Path(__file__).parents[2] / "docs/start.md"
PASSWORDS = 'password_file = "secrets/anna.password"\n'


def blocks(heading: str) -> list[str]:
    """The settings under a heading of the document."""
    parts = re.split(r"^##+ ", START.read_text("utf-8"), flags=re.MULTILINE)
    (part,) = (each for each in parts if each.startswith(heading))
    return re.findall(r"```toml\n(.*?)```", part, re.DOTALL)


def settled(folder: Path, shown: str) -> Settings:
    """What `nurture init` wrote, with these tables in the place of its account."""
    assert CliRunner().invoke(nurture, ["init", str(folder)]).exit_code == 0
    file = folder / "nurture.toml"
    ours, account, _ = file.read_text("utf-8").partition("[accounts.anna]")
    assert account
    file.write_text(ours + shown, "utf-8")
    for name in ("anna.password", "anna.client-secret"):
        (folder / "secrets" / name).write_text("typed by hand\n")
        (folder / "secrets" / name).chmod(0o600)
    return load_settings(file, {}, with_passwords=True)


@pytest.mark.parametrize(
    ("heading", "title", "by_token"),
    [
        ("Gmail", "Gmail", False),
        ("Gmail", "Gmail", True),
        ("Microsoft 365", "Microsoft 365", True),
        ("Fastmail", "Fastmail", False),
        ("Your own Postfix", "a Postfix of your own", False),
    ],
)
async def test_what_is_shown_for_a_provider_is_whole_and_suits_its_profile(
    heading: str, title: str, by_token: bool, tmp_path: Path
) -> None:
    first, *oauth = blocks(heading)
    shown = first.replace(PASSWORDS, "") + "".join(oauth) if by_token else first
    settings = settled(tmp_path / "mine", shown)
    (account,) = settings.accounts
    assert account.provider.title == title
    assert (account.smtp.is_by_token, account.imap.is_by_token) == (by_token, by_token)
    patient = Patient(settings, SystemClock(), accounts=settings.accounts)
    assert [each.level async for each in examine(patient)] == [Level.OK]


def test_every_provider_of_the_document_is_tried() -> None:
    headings = re.findall(r"^### (.+)", START.read_text("utf-8"), re.MULTILINE)
    assert len(headings) == 4
