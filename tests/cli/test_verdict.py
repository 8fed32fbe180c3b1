"""`nurture verdict` as a person types it, over a real database."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nurture.cli.root import nurture
from nurture.core.contact import Contact
from nurture.core.enrollment import State
from nurture.wiring.world import opened
from tests.fakes.story import ANSWERED, Story

WHY = "not sure what was said"


async def _prepare(config: Path) -> None:
    async with opened(config) as world:
        story = Story(world.store)
        walk = await story.enrolled()
        bob = await world.store.people.contact_by_id(walk.contact_id)
        assert bob
        mail = story.mail(bob, ANSWERED, to_check=WHY)
        await world.store.incoming.record(mail)


async def _states(config: Path) -> list[State]:
    async with opened(config) as world:
        bob = await world.store.people.contact("bob@firm.example")
        assert isinstance(bob, Contact)
        return [walk.state for walk in await world.store.desk.enrollments(bob.id)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "mine"
    CliRunner().invoke(nurture, ["init", str(made)])
    asyncio.run(_prepare(made / "nurture.toml"))
    return made


def run(folder: Path, *words: str) -> Result:
    config = str(folder / "nurture.toml")
    return CliRunner().invoke(nurture, ["--config", config, "verdict", *words])


def test_what_waits_is_listed_with_contact_verdict_confidence_and_reason(folder: Path) -> None:
    shown = run(folder).stdout
    assert all(word in shown for word in ("bob@firm.example", "human_reply", "95%", WHY))
    (row,) = [json.loads(line) for line in run(folder, "--json").stdout.splitlines()]
    assert (row["mail"], row["why"], row["visible_text"]) == ("1", WHY, "Thanks, call me")


def test_one_is_shown_with_its_quoted_evidence_and_the_visible_text(folder: Path) -> None:
    shown = run(folder, "1").stdout
    assert "because human: Thanks, call me" in shown
    assert shown.endswith("Thanks, call me\n")


def test_a_word_settles_it_and_keeps_a_sample_that_classify_can_read(folder: Path) -> None:
    assert asyncio.run(_states(folder / "nurture.toml")) == [State.HANDED_OFF]
    result = run(folder, "1", "--set", "auto_ack")
    assert result.exit_code == 0
    assert "enrollment 1 resumed" in result.stdout
    assert asyncio.run(_states(folder / "nurture.toml")) == [State.ACTIVE]
    (sample,) = (folder / "corrections").rglob("*.eml")
    assert sample.parent.name == "auto_ack"
    assert sample.stat().st_mode & 0o777 == 0o600
    assert sample.parent.stat().st_mode & 0o777 == 0o700
    told = CliRunner().invoke(nurture, ["classify", "--json", str(folder / "corrections")])
    assert json.loads(told.stdout)["file"] == f"auto_ack/{sample.name}"
    assert run(folder).stdout == "nothing to check\n"


def test_a_second_thought_moves_the_sample_and_the_same_word_changes_nothing(
    folder: Path,
) -> None:
    run(folder, "1", "--set", "auto_ack")
    assert "nothing changed" in run(folder, "1", "--set", "auto_ack").stdout
    facts = json.loads(run(folder, "1", "--set", "human_reply", "--json").stdout)
    assert facts["changed"]
    (sample,) = (folder / "corrections").rglob("*.eml")
    assert sample.parent.name == "human_reply"
    assert asyncio.run(_states(folder / "nurture.toml")) == [State.HANDED_OFF]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("9",), "there is no mail 9"),
        (("9", "--set", "auto_ack"), "there is no mail 9"),
        (("--set", "auto_ack"), "say which"),
        (("1", "--set", "nonsense"), "nonsense"),
    ],
)
def test_a_mistake_is_named_and_changes_nothing(
    folder: Path, words: tuple[str, ...], message: str
) -> None:
    result = run(folder, *words)
    assert result.exit_code == 2
    assert message in result.stderr
    assert asyncio.run(_states(folder / "nurture.toml")) == [State.HANDED_OFF]
