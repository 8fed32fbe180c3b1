"""`nurture export`: nothing is left out, and any program opens it."""

import csv
import json
import mailbox
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from nurture.mail.cursor import Fetched, Folder
from nurture.storage.tables import metadata
from nurture.wiring import World

if TYPE_CHECKING:
    from tests.cli.conftest import Practice

RAW = b"From: b@firm.example\r\nSubject: Odd\r\n\r\nFrom here on \xff it is odd.\r\n"


def test_every_table_is_there_as_csv_and_as_json(answered: "Practice", tmp_path: Path) -> None:
    said = answered.run("export", str(tmp_path / "all"))
    assert said.exit_code == 0, said.output
    names = {each.name for each in (tmp_path / "all").iterdir()}
    for table in metadata.tables:
        assert {f"{table}.csv", f"{table}.jsonl"} <= names
    with (tmp_path / "all/contacts.csv").open(newline="") as file:
        (bob,) = csv.DictReader(file)
    assert (bob["address"], bob["company"]) == ("bob@firm.example", "Firm")
    (walk,) = (tmp_path / "all/enrollments.jsonl").read_text().splitlines()
    assert json.loads(walk)["state"] == "handed_off"
    assert (tmp_path / "all/sequences/former-client.yaml").is_file()


def test_mails_that_were_kept_open_in_any_mail_program(
    practice: "Practice", tmp_path: Path
) -> None:
    async def act(world: World) -> None:
        fetched = Fetched(Folder.INBOX, 1, 1, RAW, len(RAW))
        await world.store.incoming.quarantine("anna", fetched, world.clock.now(), "it broke")

    practice.before(act)
    assert practice.run("export", str(tmp_path / "all")).exit_code == 0
    with closing(mailbox.mbox(tmp_path / "all/quarantine.mbox", create=False)) as box:
        (mail,) = box
    assert mail["subject"] == "Odd"
    assert mail.get_payload(decode=True).strip() == b">From here on \xff it is odd."


def test_the_files_are_private_and_nothing_is_overwritten(
    practice: "Practice", tmp_path: Path
) -> None:
    assert practice.run("export", str(tmp_path / "all")).exit_code == 0
    modes = {each.stat().st_mode & 0o777 for each in (tmp_path / "all").glob("*.*")}
    assert modes == {0o600}
    again = practice.run("export", str(tmp_path / "all"))
    assert again.exit_code == 2
    assert "not empty" in again.stderr


def test_a_spreadsheet_takes_no_name_for_a_formula(practice: "Practice", tmp_path: Path) -> None:
    added = practice.run("contacts", "add", "eve@firm.example", "--set", "given_name==1+1")
    assert added.exit_code == 0, added.output
    assert practice.run("export", str(tmp_path / "all")).exit_code == 0
    assert "'=1+1" in (tmp_path / "all/contacts.csv").read_text()
    assert '"=1+1"' in (tmp_path / "all/contacts.jsonl").read_text()
