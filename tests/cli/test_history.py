"""`nurture history` as a person types it, against a real mailbox."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nurture.cli.root import nurture
from tests.servers.dovecot import SENT, Dovecot

pytestmark = pytest.mark.real

USER, PASSWORD = "anna@carter.example", "secret"
SETTINGS = """\
[owners.anna]
name = "Anna Carter"
address = "anna@carter.example"
zone = "Europe/London"
postal_address = "12 Mill Lane, York"

[accounts.anna]
owner = "anna"
address = "anna@carter.example"
smtp = {{host = "127.0.0.1", port = {port}, tls = "none", password_file = "password"}}
imap = {{host = "127.0.0.1", port = {port}, tls = "none", password_file = "password"}}
"""
MAIL = "From: {}\r\nTo: {}\r\nDate: Mon, 05 Jan 2026 10:00:00 +0000\r\n\r\nHello\r\n"


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with Dovecot.running({USER: PASSWORD}) as running:
        yield running


def run(folder: Path, *words: str) -> Result:
    config = str(folder / "nurture.toml")
    return CliRunner().invoke(nurture, ["--config", config, *words], catch_exceptions=False)


def test_past_headers_set_the_dates_of_last_contact_once(server: Dovecot, tmp_path: Path) -> None:
    (tmp_path / "nurture.toml").write_text(SETTINGS.format(port=server.imap_port))
    (tmp_path / "sequences").mkdir()
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "password").chmod(0o600)
    (tmp_path / "secrets").mkdir(mode=0o700)
    (tmp_path / "secrets" / "nurture.key").write_bytes(b"k" * 32)
    (tmp_path / "secrets" / "nurture.key").chmod(0o600)
    (tmp_path / "people.csv").write_text("email\nada@brandt-garden.com\n")
    imported = run(tmp_path, "contacts", "import", str(tmp_path / "people.csv"))
    assert imported.exit_code == 0, imported.output
    server.deliver(USER, MAIL.format("ada@brandt-garden.com", USER).encode())
    server.deliver(USER, MAIL.format("x@else.example", USER).encode())
    server.deliver(USER, MAIL.format(USER, "ada@brandt-garden.com").encode(), SENT)
    told = run(tmp_path, "history", "anna", "--json")
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout) == {"mails": 3, "contacts": 1, "changed": 1}
    again = run(tmp_path, "history")
    assert again.stdout == "3 mails read, 1 contacts found, 0 dates are news\n"
