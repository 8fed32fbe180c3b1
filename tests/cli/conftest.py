"""A practice as `nurture init` writes it, with its real database, for every command."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import CliRunner, Result

from nurture.cli.root import nurture
from nurture.wiring.world import World, opened
from tests.fakes.story import ANSWERED, Story

T = TypeVar("T")


@dataclass(frozen=True)
class Practice:
    """A folder in which commands are typed, and in which something may have happened before."""

    folder: Path

    def run(self, *words: str) -> Result:
        """The command as a person types it; whatever it raises but an exit is a failure."""
        result = CliRunner().invoke(nurture, ["--config", f"{self.folder}/nurture.toml", *words])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def rows(self, *words: str) -> list[dict[str, object]]:
        """What the command says with --json."""
        return [json.loads(line) for line in self.run(*words, "--json").stdout.splitlines()]

    def before(self, act: Callable[[World], Awaitable[T]]) -> T:
        """Lets something happen in the database."""

        async def happen() -> T:
            async with opened(self.folder / "nurture.toml") as world:
                return await act(world)

        return asyncio.run(happen())


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    """Nobody in it yet."""
    assert CliRunner().invoke(nurture, ["init", str(tmp_path / "mine")]).exit_code == 0
    return Practice(tmp_path / "mine")


@pytest.fixture
def answered(practice: Practice) -> Practice:
    """Bob got his first mail and answered it."""

    async def act(world: World) -> None:
        story, sequence = Story(world.store), world.shelf.sequences["former-client"]
        bob = await story.known("bob@firm.example", given_name="Bob", company="Firm")
        walk = await story.enrolled(
            bob.address,
            sequence.name,
            revision=sequence.revision,
            position="thank-you",
        )
        await story.sent(walk, to="let-it-settle")
        await story.hears(bob, ANSWERED)

    practice.before(act)
    return practice


@pytest.fixture
def doubtful(practice: Practice) -> Practice:
    """Of Bob's first mail nobody knows whether it left."""

    async def act(world: World) -> None:
        story, sequence = Story(world.store), world.shelf.sequences["former-client"]
        walk = await story.enrolled(
            sequence=sequence.name, revision=sequence.revision, position="thank-you"
        )
        await story.begun(walk)
        await world.store.outgoing.lose_sight(await story.leased(worker="w1"), walk.anchor_at)

    practice.before(act)
    return practice
