"""Rehearsals and test mails: everything can be looked at, and no contact gets anything."""

from pathlib import Path

import pytest

from nurture.mail.read.inbound import read
from tests.system.daemon import Home
from tests.system.provider import OWNER, Embedded, embedded

PEOPLE = ("ada@example.net", "bob@example.net")


async def _home(folder: Path, provider: Embedded) -> Home:
    limits = {"gap": "30s", "contact_gap": "2 days"}
    home = Home.made(folder, provider.smtp_port, provider.imap_port, limits)
    home.write_sequence("notes", "first", "second")
    await home.enroll("notes", *PEOPLE)
    return home


@pytest.mark.slow
async def test_a_dry_run_writes_what_would_be_sent_and_nothing_moves(tmp_path: Path) -> None:
    async with embedded() as provider:
        home = await _home(tmp_path, provider)
        before = home.query("SELECT * FROM enrollments")
        await home.run("stop-all")
        day = await home.run("run", "--dry-run", str(tmp_path / "out"))
        week = await home.run("run", "--dry-run", str(tmp_path / "week"), "--for", "1 week")
        assert day.code == week.code == 0, day
        assert provider.sandbox.received == []
        mails = [read(file.read_bytes()) for file in sorted((tmp_path / "out").iterdir())]
        assert sorted(mail.to[0] for mail in mails) == list(PEOPLE)
        assert {mail.subject for mail in mails} == {"The first note"}
        assert len(list((tmp_path / "week").iterdir())) == 4
        assert home.query("SELECT * FROM enrollments") == before
        assert home.query("SELECT * FROM touches") == []
        assert home.query("SELECT kind FROM halts") == [("stopped",)]
        again = await home.run("run", "--dry-run", str(tmp_path / "out"))
        assert again.code == 78
        assert "is not empty" in again.err


@pytest.mark.slow
async def test_redirected_mail_reaches_one_address_and_names_whom_it_was_for(
    tmp_path: Path,
) -> None:
    async with embedded() as provider:
        home = await _home(tmp_path, provider)
        said = await home.run("run", "--redirect-to", OWNER)
        assert said.code == 0, said
        assert {each.recipient for each in provider.sandbox.received} == {OWNER}
        mails = [read(each.raw) for each in provider.sandbox.received]
        assert sorted(mail.subject for mail in mails) == [
            f"[to {person}] The first note" for person in PEOPLE
        ]
        assert sorted(mail.header("x-nurture-recipient") or "" for mail in mails) == list(PEOPLE)
        assert home.query("SELECT * FROM touches") == []
        refused = await home.run("run", "--redirect-to", PEOPLE[0])
        assert refused.code == 78
        assert "is a contact" in refused.err


@pytest.mark.slow
async def test_a_test_mail_shows_a_step_to_the_owner_alone(tmp_path: Path) -> None:
    async with embedded() as provider:
        home = await _home(tmp_path, provider)
        plain = await home.run("send-test", "anna")
        step = await home.run("send-test", "anna", "notes", "second", "--contact", PEOPLE[1])
        assert plain.code == step.code == 0, (plain, step)
        first, second = (read(raw) for raw in provider.mails_to(OWNER))
        assert "test mail" in first.subject
        assert second.subject == f"[to {PEOPLE[1]}] The second note"
        assert "Dear Bob" in second.plain
        assert len(provider.sandbox.received) == 2
        unknown = await home.run("send-test", "anna", "notes", "third", "--contact", PEOPLE[1])
        assert "has no mail 'third': there are first, second" in unknown.err
        half = await home.run("send-test", "anna", "notes")
        assert (half.code, "say all three" in half.err) == (2, True)
