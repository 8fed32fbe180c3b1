"""`nurture export`: nothing is left out, and any program opens it."""

import csv
import json
import mailbox
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner
from sqlalchemy import Connection, insert

from nurture.cli.root import nurture
from nurture.core.contact import Basis, Consent, Contact, LegalForm, Relationship
from nurture.core.draft import DraftState
from nurture.core.verdict import Meaning
from nurture.mail.cursor import Fetched, Folder
from nurture.storage.tables import drafts, metadata
from nurture.transport.sample_folder import keep_sample, samples_of
from nurture.wiring.world import World
from tests.fakes.story import START, Story

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


EVE = Contact(
    address="eve@firm.example",
    given_name="Eve",
    family_name="=Moneypenny",
    company="Firm, Ltd; London",
    relationship=Relationship.FORMER_CLIENT,
    account="anna",
    value=4200,
    interests=("roofs", "solar"),
    tags=("met twice",),
    observes=("christmas",),
    dates={"anniversary": date(2020, 2, 29)},
    zone="Europe/London",
    street="1 High Street\nFlat 2",
    postal_code="SW1A 1AA",
    city="London",
    country="GB",
    subdivision="ENG",
    language="en",
    phone="+44 20 7946 0000",
    notes="Two lines,\nthe second one.",
    legal_form=LegalForm.COMPANY,
    consent=Consent(Basis.EXPRESS, date(2025, 1, 1), "a form", date(2030, 1, 1), "DE", notice=True),
    custom={"project": "the 'new' website", "size": "-5"},
)


def test_people_come_back_by_an_import_but_for_those_who_said_no(
    practice: "Practice", tmp_path: Path
) -> None:
    no = ("adam@firm.example", "zoe@firm.example")

    async def act(world: World) -> None:
        await world.store.people.merge([EVE, *map(Contact, no)], START)
        for each in no:
            await world.store.people.suppress(each, "said no", START)

    practice.before(act)
    assert practice.run("export", str(tmp_path / "all")).exit_code == 0
    assert CliRunner().invoke(nurture, ["init", str(tmp_path / "new")]).exit_code == 0
    elsewhere = replace(practice, folder=tmp_path / "new")
    said = elsewhere.run("contacts", "import", str(tmp_path / "all/people.csv"))
    assert (said.exit_code, said.stderr) == (0, ""), said.output

    async def known(world: World) -> tuple[Contact, ...]:
        return await world.store.people.page()

    (eve,) = elsewhere.before(known)
    assert replace(eve, id=0, created_at=None) == EVE


async def _with_a_draft(world: World) -> None:
    def write(connection: Connection) -> None:
        values = {
            "contact_id": bob.id, "enrollment_id": walk.id, "account": "anna", "sequence": "s",
            "step": "first", "message_id": "<a@b>", "state": DraftState.ACCEPTED, "sheet": {},
            "made_at": START, "wire": RAW,
        }  # fmt: skip
        connection.execute(insert(drafts).values(values))

    story = Story(world.store)
    bob = await story.known("bob@firm.example")
    walk = await story.enrolled(bob.address)
    await world.store.database.write(write)


def test_a_draft_that_was_accepted_is_among_the_mails(practice: "Practice", tmp_path: Path) -> None:
    practice.before(_with_a_draft)
    said = practice.run("export", str(tmp_path / "all"))
    assert said.exit_code == 0, said.output
    with closing(mailbox.mbox(tmp_path / "all/drafts.mbox", create=False)) as box:
        assert [each["subject"] for each in box] == ["Odd"]
    (row,) = (tmp_path / "all/drafts.jsonl").read_text().splitlines()
    assert json.loads(row)["step"] == "first"


def test_settings_and_corrected_samples_are_copied_too(
    practice: "Practice", tmp_path: Path
) -> None:
    keep_sample(samples_of(practice.folder / "nurture.toml"), Meaning.UNSUBSCRIBE, "digest", RAW)
    assert practice.run("export", str(tmp_path / "all")).exit_code == 0
    assert (tmp_path / "all/corrections/unsubscribe/digest.eml").read_bytes() == RAW
    ours = (practice.folder / "nurture.toml").read_bytes()
    assert (tmp_path / "all/nurture.toml").read_bytes() == ours
    assert not list((tmp_path / "all").rglob("*.key"))


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
