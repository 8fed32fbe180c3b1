"""What a new user gets wrong ends in words that say what to do, never in a traceback."""

import socket
from pathlib import Path

import pytest

from tests.system.daemon import OWNER, Home, Said
from tests.system.provider import arrived, embedded

pytestmark = pytest.mark.slow

ADA = "ada@example.net"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A folder whose servers nobody asks."""
    made = Home.made(tmp_path, smtp_port=9, imap_port=9)
    made.write_sequence("notes", "first")
    return made


def says(said: Said, code: int, *words: str) -> None:
    """The command ended with this code, and its words hold all of these."""
    assert said.code == code, said
    assert "Traceback" not in said.err
    for word in words:
        assert word in said.err, said


def rewrite(home: Home, name: str, old: str, new: str) -> None:
    """Makes one mistake in a file."""
    text = (home.folder / name).read_text("utf-8")
    assert old in text
    home.write(name, text.replace(old, new, 1))


async def test_a_typo_in_a_key_is_named_with_its_place_and_the_likely_meaning(home: Home) -> None:
    """The daemon tells systemd by 78 that starting again is of no use."""
    rewrite(home, "nurture.toml", "postal_address", "postal_adress")
    words = ("nurture.toml:5:1", "postal_adress", "did you mean 'postal_address'")
    says(await home.run("status"), 2, *words)
    says(await home.run("run"), 78, *words)


async def test_a_tab_in_a_sequence_is_named_with_its_place(home: Home) -> None:
    """Whoever enrolls into a broken file learns what is broken."""
    rewrite(home, "sequences/notes.yaml", "    email:", "\temail:")
    table = home.write("people.csv", f"email\n{ADA}\n")
    assert (await home.run("contacts", "import", str(table))).code == 0
    says(await home.run("enroll", "notes", ADA), 2, "notes.yaml:8:1: a tab: indent with spaces")


async def test_a_table_from_windows_is_imported_once_its_encoding_is_named(home: Home) -> None:
    """Latin-1 with semicolons, as a spreadsheet writes it there."""
    table = home.folder / "people.csv"
    table.write_bytes("email;given_name\nada@example.net;Jörg\n".encode("latin-1"))
    refused = await home.run("contacts", "import", str(table))
    says(refused, 2, f"{table}:2", "try --encoding cp1252")
    says(await home.run("contacts", "import", "--encoding", "cp1252", str(table)), 0)
    assert home.query("SELECT given_name FROM contacts") == [("Jörg",)]


async def test_a_missing_value_holds_the_mail_and_status_says_which(tmp_path: Path) -> None:
    """A mail with a hole never leaves (domain.md M15)."""
    async with embedded() as provider:
        home = Home.made(tmp_path, provider.smtp_port, provider.imap_port)
        home.write_sequence("notes", "first")
        rewrite(home, "sequences/mail/first.md", "this is first", "this is for {{ company }}")
        await home.enroll("notes", ADA)
        async with home.daemon() as daemon:
            held = await daemon.tells("touch_held")
            await daemon.stop()
        assert "company" in str(held["why"])
        assert provider.mails_to(ADA) == []
        shown = await home.run("status", "--json")
        reasons = [str(row.get("why", "")) for row in shown.rows]
        assert any("company" in why and "first.md" in why for why in reasons)


@pytest.mark.parametrize("mistake", ["wrong password", "closed port"])
async def test_a_mailbox_that_cannot_be_read_silences_a_living_daemon(
    tmp_path: Path, mistake: str
) -> None:
    """P5 from the first day: the journal, the owner's mail and `status` say so; nothing leaves."""
    async with embedded() as provider:
        imap = _closed_port() if mistake == "closed port" else provider.imap_port
        home = Home.made(tmp_path, provider.smtp_port, imap)
        home.write_sequence("notes", "first")
        if mistake == "wrong password":
            home.write("secrets/imap.password", "not this one\n")
            text = (home.folder / "nurture.toml").read_text("utf-8")
            head, _, tail = text.rpartition("anna.password")
            home.write("nurture.toml", f"{head}imap.password{tail}")
        await home.enroll("notes", ADA)
        async with home.daemon() as daemon:
            told = await daemon.tells("account_unreadable")
            assert f"127.0.0.1:{imap}" in str(told["why"])
            alert = await arrived(provider, OWNER, b"nurture cannot read")
            assert f"127.0.0.1:{imap}".encode() in alert
            await daemon.stop()
        assert provider.mails_to(ADA) == []
        shown = await home.run("status", "--json")
        assert [row["can_send"] for row in shown.rows if row["kind"] == "account"] == [False]


def _closed_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
