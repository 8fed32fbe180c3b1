"""`nurture drafts` as a person types it, over a real database."""

from dataclasses import replace
from typing import TYPE_CHECKING

import click
import pytest

from nurture.core.draft import CopyState
from nurture.mail.cursor import Cursor
from nurture.ports import Copy, Draft
from nurture.wiring.world import World
from tests.fakes.story import SHEET, START, Story, draft_of

if TYPE_CHECKING:
    from tests.cli.conftest import Practice


@pytest.fixture
def asked(practice: "Practice") -> "Practice":
    """Two drafts wait: for bob and for eve."""
    wait_for(practice, "bob@firm.example", "eve@else.example")
    return practice


def wait_for(practice: "Practice", *addresses: str, attached: tuple[str, ...] = ()) -> None:
    """A draft for each."""

    async def act(world: World) -> None:
        story, sequence = Story(world.store), world.shelf.sequences["former-client"]
        for address in addresses:
            walk = await story.enrolled(
                address, sequence.name, revision=sequence.revision, position="thank-you"
            )
            to = replace(SHEET.recipient, address=address)
            sheet = replace(SHEET, recipient=to, attachments=attached)
            await world.store.drafts.keep(draft_of(walk, sheet=sheet), START)

    practice.before(act)


def states(practice: "Practice") -> list[str]:
    """Of the first draft and the second."""

    async def both(world: World) -> list[Draft | None]:
        return [await world.store.drafts.draft(number) for number in (1, 2)]

    return [str(each and each.state) for each in practice.before(both)]


def test_what_waits_is_listed_and_shown(asked: "Practice") -> None:
    table = asked.run("drafts").stdout
    assert "bob@firm.example" in table
    assert [row["draft"] for row in asked.rows("drafts")] == [1, 2]
    shown = asked.run("drafts", "show", "1").stdout
    assert "To: <bob@firm.example>\nSubject: Hello\n" in shown
    assert "\nDear Bob\n\n--\nAnna\nRoad 1\n" in shown
    (row,) = asked.rows("drafts", "show", "2")
    assert (row["text"], row["footer"]) == ("Dear Bob", ["Anna", "Road 1"])
    assert asked.run("drafts", "show", "9").exit_code == 2


def test_nothing_waits(practice: "Practice") -> None:
    assert practice.run("drafts").stdout == "no mail waits for your word\n"
    assert practice.run("drafts", "accept", "--all").stdout == "no mail waits for your word\n"


def test_one_or_all_are_accepted(asked: "Practice") -> None:
    assert asked.run("drafts", "accept").exit_code == 2
    assert asked.run("drafts", "accept", "1").stdout == "draft 1 is accepted\n"
    assert states(asked) == ["accepted", "waiting"]
    assert asked.run("drafts", "accept", "--all").stdout == "draft 2 is accepted\n"
    again = asked.run("drafts", "accept", "1", "2", "9")
    assert again.exit_code == 1
    assert "draft 1 is accepted and does not wait any more" in again.stderr
    assert "there is no draft 9" in again.stderr


def test_what_goes_with_a_mail_is_shown_and_must_be_there(practice: "Practice") -> None:
    wait_for(practice, "bob@firm.example", attached=("files/terms.pdf",))
    assert "Attached: files/terms.pdf\n" in practice.run("drafts", "show", "1").stdout
    refused = practice.run("drafts", "accept", "1")
    assert refused.exit_code == 1
    assert "draft 1: its file files/terms.pdf is missing or broken" in refused.stderr


def test_one_is_skipped(asked: "Practice") -> None:
    assert asked.run("drafts", "skip", "2").stdout == "draft 2 is skipped\n"
    assert states(asked) == ["waiting", "skipped"]


def test_one_is_changed_by_options(asked: "Practice") -> None:
    body = asked.folder / "body.md"
    body.write_text("A **new** thought.\n")
    done = asked.run("drafts", "edit", "1", "--subject", "Hi", "--body-file", str(body))
    assert "draft 1 is changed and waits" in done.stdout
    (row,) = asked.rows("drafts", "show", "1")
    assert (row["subject"], row["text"]) == ("Hi", "A new thought.")
    bad = asked.run("drafts", "edit", "1", "--subject", " ")
    assert (bad.exit_code, "needs a subject and a text" in bad.stderr) == (2, True)


@pytest.mark.parametrize(
    ("typed", "code", "text"),
    [
        ("Subject: Hi\n\nOther words.\n", 0, "Other words."),
        ("no head\n", 2, "Dear Bob"),
        (None, 2, "Dear Bob"),
    ],
)
def test_one_is_changed_in_the_editor(
    asked: "Practice", monkeypatch: pytest.MonkeyPatch, typed: str | None, code: int, text: str
) -> None:
    opened: list[str] = []

    def editor(given: str, **_: object) -> str | None:
        opened.append(given)
        return typed

    monkeypatch.setattr(click, "edit", editor)
    assert asked.run("drafts", "edit", "1").exit_code == code
    assert opened == ["Subject: Hello\n\nDear Bob\n"]
    assert asked.rows("drafts", "show", "1")[0]["text"] == text


def test_where_the_copy_lies_is_shown_only_to_whoever_has_any(asked: "Practice") -> None:
    assert "in Drafts" not in asked.run("drafts").stdout

    async def place(world: World) -> None:
        placing = Copy(CopyState.PLACING, START)
        await world.store.copies.move(1, None, placing, START)
        placed = Copy(CopyState.PLACED, START, Cursor(7, 8))
        await world.store.copies.move(1, CopyState.PLACING, placed, START)

    asked.before(place)
    assert "in Drafts" in asked.run("drafts").stdout
    assert "its copy in your Drafts folder: placed" in asked.run("drafts", "show", "1").stdout
    assert [row["copy"] for row in asked.rows("drafts")] == ["placed", ""]
    said = asked.run("drafts", "accept", "--all").stdout.splitlines()
    assert said == [
        "draft 1 is accepted; its copy leaves your Drafts folder first",
        "draft 2 is accepted",
    ]
