"""`nurture doctor` against servers: what it proves, what it finds, and what is not sent without."""

import socket
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.system.daemon import OWNER, Home
from tests.system.provider import Embedded, Real, embedded, real

ADA = "ada@example.net"


@pytest_asyncio.fixture
async def provider() -> AsyncIterator[Embedded]:
    async with embedded() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def real_servers() -> Iterator[Real]:
    with real() as servers:
        yield servers


@pytest.fixture
def home(tmp_path: Path, provider: Embedded) -> Home:
    """Nobody has vouched for its mailbox."""
    made = Home.made(tmp_path, provider.smtp_port, provider.imap_port)
    home = Home(made.folder, is_proven=False)
    home.write_sequence("notes", "first")
    (home.folder / "secrets").chmod(0o700)
    return home


def levels(rows: list[dict[str, object]]) -> dict[str, set[object]]:
    found: dict[str, set[object]] = {}
    for row in rows:
        found.setdefault(str(row["examination"]), set()).add(row["level"])
    return found


async def test_a_mailbox_is_silent_until_the_self_test_has_passed(
    home: Home, provider: Embedded
) -> None:
    await home.enroll("notes", ADA)
    async with home.daemon() as daemon:
        said = await daemon.tells("sending_stands_still", account="anna")
        assert "nurture doctor anna" in str(said["why"])
        examined = await home.run("doctor", "--json")
        assert examined.code == 0, examined
        assert levels(examined.rows)["replies"] == {"ok", "warn"}
        await daemon.tells("touch_sent")
        await daemon.stop()
    assert len(provider.mails_to(ADA)) == 1
    assert len(provider.mails_to(OWNER)) >= 2


async def test_the_self_test_leaves_nothing_in_the_database_and_runs_once(
    home: Home, provider: Embedded
) -> None:
    assert (await home.run("doctor", "--json")).code == 0
    sent = len(provider.mails_to(OWNER))
    again = await home.run("doctor", "anna", "--json")
    assert again.code == 0
    (replies,) = [row for row in again.rows if row["examination"] == "replies"]
    assert str(replies["seen"]).startswith("proven on 20")
    assert len(provider.mails_to(OWNER)) == sent == 2
    for table in ("contacts", "touches", "inbound"):
        assert home.query(f"SELECT count(*) FROM {table}") == [(0,)]


async def test_one_may_vouch_for_a_mailbox_and_it_is_kept_who_said_what(home: Home) -> None:
    said = await home.run("doctor", "anna", "--skip", "tested by hand on 3 May")
    assert said.code == 0, said
    ((how,),) = home.query("SELECT proven_how FROM accounts")
    assert how == "your word: tested by hand on 3 May"
    assert (await home.run("doctor", "--skip", "all of them")).code == 2


async def test_without_mail_the_missing_proof_is_a_warning(home: Home, provider: Embedded) -> None:
    said = await home.run("doctor", "--no-mail", "--json")
    assert said.code == 0, said
    assert levels(said.rows)["replies"] == {"warn"}
    assert provider.mails_to(OWNER) == []


async def test_an_answer_that_never_comes_back_is_no_proof(home: Home, provider: Embedded) -> None:
    home.write("secrets/anna.password", "another one")
    said = await home.run("doctor", "--json")
    assert said.code == 1, said
    assert levels(said.rows)["imap"] == levels(said.rows)["smtp"] == {"fail"}
    assert home.query("SELECT count(*) FROM accounts WHERE proven_mailbox <> ''") == [(0,)]


async def test_servers_out_of_reach_are_worth_another_try(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    home = Home.made(tmp_path, port, port)
    home.write_sequence("notes", "first")
    (home.folder / "secrets").chmod(0o700)
    said = await home.run("doctor", "--no-mail", "--json")
    assert said.code == 75, said


async def test_wrong_settings_end_with_78_and_every_problem(home: Home) -> None:
    home.write("nurture.toml", "[accounts.anna]\n")
    said = await home.run("doctor", "--json")
    assert said.code == 78
    assert all(row["level"] == "fail" and row["remedy"] for row in said.rows)
    assert "nurture.toml" in str(said.rows[0]["subject"])


async def test_a_broken_sequence_and_an_open_secret_are_found(home: Home) -> None:
    home.write("sequences/notes.yaml", "sequence: notes\n")
    (home.folder / "secrets").chmod(0o755)
    key = home.folder / "secrets/anna.password"
    key.chmod(0o640)
    token = home.write("secrets/tokens/anna.token", "sealed")
    token.chmod(0o644)
    for parent in home.folder.parents:
        if str(parent).startswith("/tmp/"):
            parent.chmod(0o755)
    home.folder.chmod(0o755)
    token.parent.chmod(0o755)
    said = await home.run("doctor", "--no-mail", "--json")
    assert said.code == 78
    assert "notes.yaml" in str(said.rows)
    assert f"chmod 600 {token}" in str(said.rows)


async def test_a_damaged_database_is_named(home: Home) -> None:
    assert (await home.run("status")).code in {0, 1}
    with sqlite3.connect(home.folder / "nurture.db") as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_ledger_contact_id_at'"
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with (home.folder / "nurture.db").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    said = await home.run("doctor", "--no-mail", "--json")
    assert said.code in {1, 78}
    assert "fail" in levels(said.rows)["database"]


@pytest.mark.real
async def test_the_self_test_passes_with_postfix_and_dovecot(
    tmp_path: Path, real_servers: Real
) -> None:
    real_servers.empty()
    made = Home.made(tmp_path, real_servers.smtp_port, real_servers.imap_port)
    made.write_sequence("notes", "first")
    (made.folder / "secrets").chmod(0o700)
    said = await made.run("doctor", "--json")
    assert said.code == 0, said
    assert "ok" in levels(said.rows)["replies"]


async def test_a_copy_in_sent_that_the_settings_promise_and_nobody_files_is_found(
    home: Home,
) -> None:
    text = (home.folder / "nurture.toml").read_text()
    promised = text.replace("pauses_colleagues", "files_sent_copy = true\npauses_colleagues")
    home.write("nurture.toml", promised)
    said = await home.run("doctor", "--json")
    assert said.code == 0, said
    assert any("no copy of the probe lies in Sent" in str(row["seen"]) for row in said.rows)
