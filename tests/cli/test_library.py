"""`nurture library` shows what there is to send."""

import json
from dataclasses import replace

import pytest

from nurture.core.decision import Advance
from nurture.core.touch import TouchMove
from nurture.ports import Begun
from nurture.wiring.world import World
from tests.cli.conftest import Practice
from tests.fakes.story import ACCEPTED, START, Story

STALE = (
    "---\nsubject: Rates of 2019\ntopics: [tax]\nlanguage: en\nexpires: 2019-12-31\n---\nHello.\n"
)


def test_every_piece_is_listed_with_what_it_is_about_and_the_expired_ones_are_marked(
    practice: Practice,
) -> None:
    (practice.folder / "sequences/library/rates.md").write_text(STALE)
    rows = {row["piece"]: row for row in practice.rows("library", "list")}
    assert rows["library/rates.md"]["is_expired"]
    assert rows["library/two-keys.md"]["topics"] == ["safety", "IT", "risk"]
    assert not rows["library/two-keys.md"]["is_expired"]
    line = next(
        line for line in practice.run("library", "list").stdout.splitlines() if "rates" in line
    )
    assert line.split() == ["library/rates.md", "en", "tax", "2019-12-31", "expired"]


@pytest.fixture
def reading(practice: Practice) -> Practice:
    """Bob, who cares for cash flow, had a piece; Zoe, who cares for gliders, is due for one."""

    async def act(world: World) -> None:
        story, sequence = Story(world.store), world.shelf.sequences["former-client"]
        known = {"sequence": sequence.name, "revision": sequence.revision}
        await story.known("bob@firm.example", given_name="Bob", interests=("Cash flow",))
        await story.known("zoe@other.example", given_name="Zoe", interests=("gliders",))
        walk = await story.enrolled("bob@firm.example", position="from-the-library", **known)
        (look,) = await story.look(replace(story.intent(walk), piece="library/five-invoices.md"))
        assert isinstance(look, Begun)
        onward = Advance("towards-the-end", START, "sent")
        await story.settled(look.touch_id, TouchMove.ACCEPTED, ACCEPTED, next=onward)
        await story.enrolled("zoe@other.example", position="from-the-library", **known)

    practice.before(act)
    return practice


def test_what_suits_somebody_is_shown_with_what_speaks_for_it(reading: Practice) -> None:
    rows = reading.rows("library", "match", "bob@firm.example")
    paths = [row["piece"] for row in rows]
    assert "library/three-quiet-months.md" in paths
    assert "library/five-invoices.md" not in paths, "he had it"
    assert "cash flow (an interest)" in str(rows[0]["why"])
    shown = reading.run("library", "match", "bob@firm.example")
    assert shown.exit_code == 0
    assert "cash flow (an interest)" in shown.stdout


def test_where_nothing_suits_the_command_says_so(reading: Practice) -> None:
    assert reading.run("library", "match", "zoe@other.example").exit_code == 1
    assert reading.run("library", "match", "zoe@other.example", "--on", "tax").exit_code == 0


def test_the_forecast_names_who_runs_dry_which_topics_lack_and_what_was_never_sent(
    reading: Practice,
) -> None:
    result = reading.run("library", "forecast", "--days", "10", "--json")
    assert result.exit_code == 1
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    (dry,) = [row for row in rows if row["kind"] == "dry"]
    assert (dry["contact"], dry["step"]) == ("zoe@other.example", "from-the-library")
    topics = {row["topic"]: row["without"] for row in rows if row["kind"] == "topic"}
    assert topics["gliders"] == 1
    unsent = {row["piece"] for row in rows if row["kind"] == "unsent"}
    assert "library/two-keys.md" in unsent
    assert "library/five-invoices.md" not in unsent
    shown = reading.run("library", "forecast", "--days", "10").stdout
    assert "zoe@other.example" in shown


def test_the_outcome_is_told_with_its_interval(reading: Practice) -> None:
    (row,) = reading.rows("library", "outcome")
    assert (row["piece"], row["counted"], row["answered"]) == ("library/five-invoices.md", 1, 0)
    assert (row["low"], row["high"]) == (0.0, 0.7935)
    assert "0 and 79" in reading.run("library", "outcome").stdout
