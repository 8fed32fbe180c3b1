"""`nurture privacy` as a person types it, over a real database."""

from typing import TYPE_CHECKING

import pytest

from nurture.cli.rehearsal import own_address
from nurture.errors import Misconfigured
from nurture.storage.backup import back_up
from nurture.wiring.world import World
from tests.fakes.story import START

if TYPE_CHECKING:
    from tests.cli.conftest import Practice

BOB = "bob@firm.example"


def test_all_that_is_held_is_told_to_people_and_machines(answered: "Practice") -> None:
    rows = answered.rows("privacy", "export", BOB)
    assert {str(row["kind"]) for row in rows} >= {"contacts", "touches", "inbound", "ledger"}
    (mail,) = (row for row in rows if row["kind"] == "inbound")
    assert mail["text"] == "Thanks, call me"
    told = answered.run("privacy", "export", "Bob@FIRM.example").stdout
    assert "[inbound]\n" in told
    assert "  text: Thanks, call me\n" in told
    assert "  consent_basis: express\n" in told


def test_of_nobody_nothing_is_held(answered: "Practice") -> None:
    nobody = answered.run("privacy", "export", "eve@firm.example")
    assert (nobody.exit_code, nobody.stdout) == (1, "nothing is held on them\n")
    wrong = answered.run("privacy", "erase", "eve", "--yes")
    assert (wrong.exit_code, "is not a mail address" in wrong.stderr) == (2, True)


def test_an_erasure_is_asked_about_first(answered: "Practice") -> None:
    assert answered.run("privacy", "erase", BOB).exit_code == 1
    assert answered.rows("contacts", "show", BOB)


def test_after_an_erasure_nothing_is_held_and_the_copies_are_named(answered: "Practice") -> None:
    sample = answered.folder / "corrections" / "human_reply" / "1.eml"
    other = sample.with_name("2.eml")
    sample.parent.mkdir(parents=True)
    sample.write_bytes(f"From: Bob <{BOB}>\r\n\r\nHi\r\n".encode())
    other.write_bytes(b"From: eve@x.example\r\n\r\nHi\r\n")

    async def copied(world: World) -> None:
        back_up(world.settings.storage_url, None, START)

    answered.before(copied)
    assert str(sample) in answered.run("privacy", "export", BOB).stdout
    done = answered.run("privacy", "erase", BOB, "--yes")
    assert done.exit_code == 0, done.output
    assert "1 kept samples" in done.stdout
    assert f"{BOB} is never written to again" in done.stdout
    assert "backups/nurture-20260302T090000Z.db" in done.stdout
    assert "your mailbox with its Sent and Drafts folders" in done.stdout
    assert [file.name for file in sample.parent.iterdir()] == ["2.eml"]
    for file in answered.folder.glob("nurture.db*"):
        assert BOB.encode() not in file.read_bytes()
    held = answered.rows("privacy", "export", BOB)
    assert [row["kind"] for row in held] == ["suppressions"]
    added = answered.run("contacts", "add", BOB)
    assert (added.exit_code, "asked for no mail" in added.stderr) == (2, True)


@pytest.mark.parametrize("times", [2])
def test_an_erasure_can_be_repeated(answered: "Practice", times: int) -> None:
    said = [answered.run("privacy", "erase", BOB, "--yes").stdout for _ in range(times)]
    assert "erased: nothing was held" in said[-1]


def test_p3_not_even_a_specimen_goes_to_somebody_erased(answered: "Practice") -> None:
    with pytest.raises(Misconfigured, match="is a contact"):
        answered.before(lambda world: own_address(world, BOB))
    assert answered.run("privacy", "erase", BOB, "--yes").exit_code == 0
    with pytest.raises(Misconfigured, match="asked for no mail"):
        answered.before(lambda world: own_address(world, "Bob@FIRM.example"))
    assert answered.before(lambda world: own_address(world, "me@home.example")) == (
        "me@home.example"
    )
