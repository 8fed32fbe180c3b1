"""P1, P2 and P5 in the moment between the decision to send and the last look."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from nurture import ports
from nurture.core.account import Limits
from nurture.daemon import Daemon
from nurture.ear import Ear, nobody_obeys
from nurture.flows.hear import listen
from nurture.flows.send import Voice, send_due
from nurture.house import House
from nurture.kit import Kit
from nurture.wiring.house import house_of
from nurture.wiring.world import world_of
from tests.fakes.courier import FakeCourier
from tests.faults.evening import (
    ADA,
    BOB,
    CLEO,
    DAN,
    OWNER,
    START,
    Evening,
    HastyClock,
    evening,
    mail_from,
)

_A_FEW = 3


@dataclass(frozen=True, slots=True)
class Scene:
    """An account at the moment when its mouth is about to open."""

    evening: Evening
    house: House
    ear: Ear
    voice: Voice


@asynccontextmanager
async def about_to_speak(prepared: Path, folder: Path) -> AsyncIterator[Scene]:
    """Leased by us; nothing has been read yet."""
    async with evening(prepared, folder, {}) as stage:
        async with world_of(stage.settings, HastyClock(START)) as world:
            house = house_of(world)
            now = world.clock.now()
            lease = await house.store.accounts.take("anna", "us", now, now + timedelta(days=1))
            assert lease
            post = house.posts[0]
            kit = Kit(house, post, lease, world.clock)
            ear, voice = kit.ear(nobody_obeys), kit.voice(lambda: False)
            yield Scene(stage, house, ear, voice)
            await post.mailbox.close()
            await post.courier.close()


class Interrupted:
    """An outbox in front of whose last look something happens."""

    def __init__(self, inner: ports.Outgoing, happens: Callable[[], Awaitable[object]]) -> None:
        self._inner = inner
        self._happens = happens

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def begin(
        self,
        lease: ports.Lease,
        intents: Sequence[ports.Intent],
        now: datetime,
        heard_since: datetime,
        limits: Limits,
    ) -> tuple[ports.Begun | ports.Stopped, ...]:
        """See the port."""
        await self._happens()
        return await self._inner.begin(lease, intents, now, heard_since, limits)


class Besieged:
    """Accounts that tell when a lease was asked for a few times."""

    def __init__(self, inner: ports.Accounts) -> None:
        self._inner = inner
        self._asked = 0
        self.was_asked = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def take(
        self, account: str, worker: str, now: datetime, until: datetime
    ) -> ports.Lease | None:
        """See the port."""
        self._asked += 1
        if self._asked > _A_FEW:
            self.was_asked.set()
        return await self._inner.take(account, worker, now, until)


def interrupted(scene: Scene, happens: Callable[[], Awaitable[object]]) -> Voice:
    """A voice that something happens to between its decision and its last look."""
    return replace(
        scene.voice, outgoing=cast("Any", Interrupted(scene.house.store.outgoing, happens))
    )


async def test_p1_an_answer_between_decision_and_last_look_stops_the_mail(
    prepared: Path, tmp_path: Path
) -> None:
    """Guarded by `walk.state is not State.ACTIVE` in storage/rule.py, and by nothing else."""
    async with about_to_speak(prepared, tmp_path / "evening") as scene:

        async def dan_answers() -> None:
            await scene.evening.sandbox.deliver(OWNER, mail_from(DAN, "Yes, call me tomorrow."))
            await listen(scene.ear)

        heard_since = await listen(scene.ear)
        await send_due(interrupted(scene, dan_answers), heard_since)
        assert {person for person, _ in scene.evening.copies()} == {ADA, BOB, CLEO}


async def test_p2_the_same_decision_taken_twice_sends_once(prepared: Path, tmp_path: Path) -> None:
    """The one who comes second finds the step begun, whatever it had read before."""
    async with about_to_speak(prepared, tmp_path / "evening") as scene:
        heard_since = await listen(scene.ear)

        async def the_other_sends() -> None:
            await send_due(scene.voice, heard_since)

        await send_due(interrupted(scene, the_other_sends), heard_since)
        assert sorted(person for person, _ in scene.evening.copies()) == [ADA, BOB, CLEO, DAN]


async def test_p2_a_step_in_doubt_is_not_repeated_when_a_person_resumes(
    prepared: Path, tmp_path: Path
) -> None:
    """Guarded in flows/send.py, then in the last look, then by a UNIQUE constraint."""
    async with about_to_speak(prepared, tmp_path / "evening") as scene:
        heard_since = await listen(scene.ear)
        courier = FakeCourier()
        courier.will(RuntimeError("gone in the middle of the dialogue"))
        with pytest.raises(RuntimeError):
            await send_due(replace(scene.voice, courier=courier), heard_since)
        now = scene.house.clock.now()
        lease = await scene.house.store.accounts.take("anna", "us", now, now + timedelta(days=1))
        assert lease
        (doubted,) = await scene.house.store.outgoing.lose_sight(lease, now)
        await scene.house.store.desk.resume(doubted.contact_id, now, "I looked", now)
        heard_since = await listen(replace(scene.ear, lease=lease))
        await send_due(replace(scene.voice, lease=lease), heard_since)
        assert scene.evening.copies() == []


async def test_p2_a_lease_taken_over_before_the_last_look_silences_the_old_worker(
    prepared: Path, tmp_path: Path
) -> None:
    """Guarded by the epoch, which no clock can turn back."""
    async with about_to_speak(prepared, tmp_path / "evening") as scene:

        async def another_takes_over() -> None:
            far = START + timedelta(days=30)
            assert await scene.house.store.accounts.take(
                "anna", "them", far, far + timedelta(days=1)
            )

        heard_since = await listen(scene.ear)
        await send_due(interrupted(scene, another_takes_over), heard_since)
        assert scene.evening.copies() == []


async def test_p2_a_second_daemon_on_the_database_waits_for_the_lease(
    prepared: Path, tmp_path: Path
) -> None:
    """It asks again and again, and neither reads nor sends."""
    async with about_to_speak(prepared, tmp_path / "evening") as scene:
        accounts = Besieged(scene.house.store.accounts)
        store = replace(scene.house.store, accounts=cast("Any", accounts))
        daemon = Daemon(replace(scene.house, worker="them", store=store))
        running = asyncio.create_task(daemon.run())
        async with asyncio.timeout(10):
            await accounts.was_asked.wait()
        daemon.stop()
        await running
        assert scene.evening.copies() == []
        assert (await accounts.state("anna")).worker == "us"


async def test_p5_a_reading_older_than_this_round_vouches_for_nothing(
    prepared: Path, tmp_path: Path
) -> None:
    """The last look's own guard, should a round ever speak without having listened."""
    async with about_to_speak(prepared, tmp_path / "evening") as scene:
        heard_since = await listen(scene.ear)
        await send_due(scene.voice, heard_since + timedelta(seconds=1))
        assert scene.evening.copies() == []
        await send_due(scene.voice, heard_since)
        assert len(scene.evening.copies()) == 4
