"""`nurture letters`: listed, printed, posted, withdrawn."""

import stat
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nurture.core.task import Channel
from nurture.pen import Pen
from nurture.preview import specimens
from nurture.wiring.world import World
from tests.fakes.pdf import pages, text
from tests.fakes.story import ANSWERED, START, Story, order_of

if TYPE_CHECKING:
    from tests.cli.conftest import Practice

THERE = {"street": "Road 1", "postal_code": "10115", "city": "Berlin", "country": "DE"}
CUSTOM = {"why_you": "how you ran the move", "request": "what would you do differently?"}


async def write_to(world: World, name: str, **fields: object) -> None:
    """A letter of the shipped sequence for somebody, due today."""
    story, sequence = Story(world.store), world.shelf.sequences["reconnect"]
    known = {"given_name": name, "family_name": "Hill", "custom": CUSTOM} | THERE | fields
    contact = await story.known(f"{name.lower()}@{name.lower()}.example", **known)
    walk = await story.enrolled(
        contact.address, sequence.name, revision=sequence.revision, position="letter"
    )
    account, now = world.account("anna"), world.clock.now()
    pen = Pen(account, world.store.outgoing, world.shelf, world.clock, world.key)
    (specimen,) = await specimens(pen, contact, sequence, ["letter"], now)
    assert specimen.order is not None
    task = specimen.order.task
    written_at = now - timedelta(days=5)
    order = order_of(
        walk, channel=Channel.LETTER, title=task.title, text=task.text, created_at=written_at,
        due_on=now.date(),
    )  # fmt: skip
    await world.store.outgoing.assign([replace(order)], START)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters are written where one stands: not into the repository."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def desk(practice: "Practice") -> "Practice":
    """Letters to Mara in Berlin, Joe in Springfield, and Zoe, whose street nobody knows."""

    async def act(world: World) -> None:
        await write_to(world, "Mara", language="de")
        there = {"country": "US", "subdivision": "IL", "city": "Springfield"}
        await write_to(world, "Joe", **there, postal_code="62701")
        await write_to(world, "Zoe", street="")

    practice.before(act)
    return practice


def printed(practice: "Practice", *words: str) -> tuple[Path, str]:
    folder = practice.folder / "out"
    result = practice.run("letters", "print", "--output", str(folder), *words)
    (path,) = folder.glob("letters-*.pdf")
    return path, result.stdout + result.stderr


def test_at_first_there_is_no_letter(practice: "Practice") -> None:
    assert practice.run("letters").stdout == "there is no letter to print or to post\n"
    assert practice.rows("letters") == []
    assert practice.run("letters", "print").stdout == "there is no letter to print\n"
    assert practice.run("letters", "posted", "--all").stdout == (
        "no printed letter waits to be posted\n"
    )


def test_letters_are_listed_with_what_they_lack(desk: "Practice") -> None:
    lines = desk.run("letters").stdout.splitlines()
    assert lines[0].split() == ["id", "due", "week", "to", "country", "dated", "because"]
    assert lines[1].split()[4:7] == ["Mara", "Hill", "DE"]
    assert "no whole postal address (street unknown)" in lines[3]
    mara, joe, zoe = desk.rows("letters")
    assert (mara["standing"], mara["paper"], joe["paper"]) == ("ready", "a4", "letter")
    assert joe["address"] == [
        "Joe Hill", "Road 1", "Springfield, IL 62701", "UNITED STATES OF AMERICA",
    ]  # fmt: skip
    assert (zoe["standing"], zoe["missing"], zoe["paper"]) == ("incomplete", ["street"], None)


def test_the_shipped_letter_is_printed_and_who_lacks_an_address_is_named(desk: "Practice") -> None:
    path, said = printed(desk)
    assert "2 letters on 2 pages" in said
    assert 'nurture contacts set zoe@zoe.example street="..."' in said
    found = pages(path.read_bytes())
    assert "how you ran the move" in text(found[0])
    assert "I owe you an apology." in text(found[1])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    result = desk.run("letters", "print", "--output", str(path.parent))
    assert result.exit_code == 1
    assert [*path.parent.glob("*.pdf")] == [path]
    assert desk.run("letters", "print", "1", "--output", str(path.parent)).exit_code == 0
    # What was printed before is kept: another batch of the day has a name of its own.
    names = {each.name for each in path.parent.iterdir()}
    assert names == {path.name, path.name.replace(".pdf", "-2.pdf")}


def test_labels_and_envelopes_go_with_the_letters(desk: "Practice") -> None:
    path, said = printed(desk, "--labels", "--envelopes", "c6", "--paper", "a4", "--duplex")
    assert "labels: " in said
    names = sorted(each.name.split("-")[0] for each in path.parent.iterdir())
    assert names == ["envelopes", "labels", "letters"]
    (labels,) = pages(next(path.parent.glob("labels*")).read_bytes())
    assert "Springfield, IL 62701" in text(labels)
    assert len(pages(next(path.parent.glob("envelopes*")).read_bytes())) == 2
    assert len(pages(path.read_bytes())) == 4
    fresh = desk.folder / "fresh"
    own = desk.run("letters", "print", "--labels", "own", "--output", str(fresh))
    assert own.exit_code == 2
    assert not fresh.exists()
    assert "there is no [letters.label]" in own.stderr


def test_only_a_posted_letter_lets_the_sequence_go_on(desk: "Practice") -> None:
    printed(desk)
    assert [row["standing"] for row in desk.rows("letters")] == ["printed", "printed", "incomplete"]
    result = desk.run("letters", "posted", "--all")
    assert result.exit_code == 0
    assert "letter 1 to Mara Hill is posted on " in result.stdout
    assert [row["letter"] for row in desk.rows("letters")] == [3]
    assert {row["standing"] for row in desk.rows("letters", "--all")} == {"posted", "incomplete"}

    async def places(world: World) -> list[str]:
        walks = await world.store.outgoing.walks([1, 2, 3])
        return [walk.position for each in walks.values() for walk in each]

    assert desk.before(places) == ["the-same-by-mail", "the-same-by-mail", "letter"]
    again = desk.run("letters", "posted", "1", "99")
    assert again.exit_code == 1
    assert "letter 1 to Mara Hill is posted" in again.stderr
    assert "there is no open letter 99" in again.stderr


def test_the_day_of_posting_may_be_told_later(desk: "Practice") -> None:
    async def today(world: World) -> date:
        return world.clock.now().date()

    day = desk.before(today) - timedelta(days=2)
    assert desk.run("letters", "posted", "1", "--on", str(day)).exit_code == 0

    async def reached(world: World) -> datetime | None:
        pace = await world.store.outgoing.paces([1], world.clock.now())
        return pace[1].last_touch_at

    at = desk.before(reached)
    assert at is not None
    assert at.date() == day
    for wrong, words in (
        (day + timedelta(days=9), "is still to come"),
        (day - timedelta(days=30), "was written on"),
    ):
        result = desk.run("letters", "posted", "2", "--on", str(wrong))
        assert result.exit_code == 2
        assert words in result.stderr


def test_p1_who_answered_meanwhile_is_withdrawn_and_named(desk: "Practice") -> None:
    printed(desk)

    async def answer(world: World) -> None:
        mara = await world.store.people.contact("mara@mara.example")
        assert mara is not None
        await Story(world.store).hears(mara, ANSWERED)

    desk.before(answer)
    assert desk.rows("letters")[0]["standing"] == "withdrawn"
    result = desk.run("letters", "posted", "--all")
    assert "letter 2 to Joe Hill is posted" in result.stdout
    assert "Mara" not in result.stdout
    assert "letter 1 to Mara Hill is withdrawn: they answered" in result.stderr
    named = desk.run("letters", "print", "1")
    assert "letter 1 to Mara Hill is withdrawn" in named.stderr
    assert named.stdout == ""


def test_a_letter_can_be_looked_at_before_anybody_is_enrolled(practice: "Practice") -> None:
    async def act(world: World) -> None:
        story = Story(world.store)
        names = {"given_name": "Mara", "family_name": "Hill", "custom": CUSTOM}
        await story.known("mara@mara.example", **names, **THERE)
        await story.known("joe@joe.example", **names)

    practice.before(act)
    folder = practice.folder / "look"
    folder.mkdir()
    said = practice.run("preview", "reconnect", "letter", "--all", "--into", str(folder))
    assert "cannot be printed: no whole postal address (street, city" in said.stderr
    (path,) = folder.iterdir()
    assert "Mara Hill" in text(pages(path.read_bytes())[0])
    assert practice.rows("letters") == []


def test_a_week_may_be_named(desk: "Practice") -> None:
    assert len(desk.rows("letters", "--week")) == 3
    assert desk.rows("letters", "--week", "2020-W01") == []
    wrong = desk.run("letters", "--week", "soon")
    assert wrong.exit_code == 2
    assert "'soon' is no week: write one like 2026-W48" in wrong.stderr


@pytest.mark.parametrize("words", [("posted",), ("posted", "1", "--all")])
def test_posted_wants_either_letters_or_all(desk: "Practice", words: tuple[str, ...]) -> None:
    result = desk.run("letters", *words)
    assert result.exit_code == 2
    assert "name either the letters or --all" in result.stderr


def test_without_typst_letters_are_listed_and_printing_says_what_to_install(
    desk: "Practice", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    monkeypatch.delitem(sys.modules, "nurture.transport.press", raising=False)
    listed = desk.run("letters")
    assert listed.exit_code == 0
    assert "Mara Hill" in listed.stdout
    result = desk.run("letters", "print")
    assert result.exit_code == 2
    assert "pip install 'nurture[letters]'" in result.stderr
