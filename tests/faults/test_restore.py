"""R18 and F21: a database that comes back from days ago sends nothing twice."""

from pathlib import Path

import pytest

from nurture.core.halt import HaltKind
from nurture.storage.backup import back_up
from nurture.storage.restoring import restore
from nurture.wiring.house import reconcile_all
from nurture.wiring.world import world_of
from tests.faults.evening import HastyClock
from tests.faults.ordeal import STEPS, Ordeal, ordeal

PEOPLE = 4


@pytest.mark.slow
@pytest.mark.parametrize("lives", [0, 1], ids=["before the first mail", "after the first mail"])
async def test_a_backup_of_some_days_ago_sends_nothing_twice(
    lives: int, sqlite_url: str, tmp_path: Path
) -> None:
    """Real daemons over the days between; the backup knows nothing of what they sent."""
    async with ordeal(tmp_path, sqlite_url) as scene:
        await scene.welcome(PEOPLE)
        for _ in range(lives):
            await scene.buried(scene.born())
        copy = back_up(sqlite_url, tmp_path / "copy.db", scene.now)
        taken_at = scene.now
        await scene.live_on()
        sent = scene.copies()
        assert sent.total() == PEOPLE * len(STEPS)
        assert (scene.now - taken_at).days >= 3 - lives
        scene.engine.dispose()
        await restore(sqlite_url, copy, scene.told.key, scene.now)
        await scene.buried(scene.born())
        assert scene.copies() == sent, "a restored database spoke before it was compared"
        assert scene.due()
        recalled = await _reconcile(scene)
        assert len(recalled) == PEOPLE * (len(STEPS) - lives)
        await scene.live_on()
        assert scene.copies() == sent


async def _reconcile(scene: Ordeal) -> tuple[str, ...]:
    """As `nurture resume --reconcile` does."""
    async with world_of(scene.told, HastyClock(scene.now)) as world:
        (halt,) = await world.store.switch.halts()
        assert halt.kind is HaltKind.RESTORED
        ((_, found),) = [each async for each in reconcile_all(world, halt.since)]
        await world.store.switch.lift(HaltKind.RESTORED, "compared", world.clock.now())
    assert (found.doubted, found.unknown) == ((), ())
    return found.recalled
