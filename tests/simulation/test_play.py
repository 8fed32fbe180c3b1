"""A simulation is the real engine: the same for a seed, alone with itself, true to the daemon."""

import asyncio
import socket
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from nurture import log
from nurture.core.account import Account
from nurture.daemon import Daemon
from nurture.house import House, Rhythm
from nurture.simulation.calendar import Line, as_json, lines_of
from nurture.simulation.persona import Crowd
from nurture.simulation.run import Play, Scene
from nurture.simulation.stage import OWNER, invented
from nurture.wiring.known import everybody

START = datetime(2026, 5, 4, tzinfo=UTC)
STRETCH = timedelta(days=120)
PEOPLE = 12
HOURS = timedelta(hours=6)


@pytest.fixture(autouse=True)
def _silent() -> None:
    log.configure("silent")


async def told(scene: Scene) -> tuple[Line, ...]:
    people = [each async for each in everybody(scene.store.people)]
    return await lines_of(scene.store.desk, people, START, START + STRETCH)


async def simulated(folder: Path, seed: int = 3, people: int = PEOPLE) -> tuple[Line, ...]:
    async with invented(folder, OWNER, people, START, Crowd(seed)) as scene:
        async for _ in Play(scene).until(START + STRETCH):
            pass
        return await told(scene)


def sent(lines: Iterable[Line]) -> list[tuple[date, str, str]]:
    """The day in the owner's zone, the person and the step."""
    zone = ZoneInfo(OWNER.owner.zone)
    return sorted(
        (each.at.astimezone(zone).date(), each.address, each.step)
        for each in lines
        if each.event == "touch_sent"
    )


async def lived(folder: Path, seed: int = 3) -> tuple[Line, ...]:
    """What the daemon does with the same people in the same time."""
    async with invented(folder, OWNER, PEOPLE, START, Crowd(seed)) as scene:
        play, clock = Play(scene), scene.clock
        daemon = Daemon(house_of(play))
        running = asyncio.create_task(daemon.run())
        while clock.now() < START + STRETCH and not running.done():
            await at_rest(scene, running)
            ahead = (START + STRETCH, clock.next_wake, play.next_arrival)
            await clock.advance_to(min(each for each in ahead if each))
            play.bring()
        daemon.stop()
        await running
        return await told(scene)


def house_of(play: Play) -> House:
    house = play.house
    posts = [replace(each, account=seldom(each.account)) for each in house.posts]
    return replace(house, posts=posts, rhythm=Rhythm(HOURS, HOURS, HOURS, HOURS))


def seldom(account: Account) -> Account:
    """Reads without cause four times a day: an idle inbox says nothing new."""
    return replace(account, limits=replace(account.limits, sweep_every=HOURS))


async def at_rest(scene: Scene, running: asyncio.Task[None]) -> None:
    """Returns once every loop sleeps; the glance has a thread of its own."""
    for _ in range(2000):
        await scene.clock.settle()
        if scene.clock.asleep >= 3 or running.done():
            return
        await scene.clock.breathe()
    raise AssertionError("the daemon does not come to rest")


async def test_the_same_seed_twice_is_the_same_to_the_byte(sequences: Path) -> None:
    first, second = await simulated(sequences), await simulated(sequences)
    assert {each.event for each in first} >= {"touch_sent", "task_given", "task_done"}
    assert as_json(first) == as_json(second)
    assert as_json(first) != as_json(await simulated(sequences, seed=8))


async def test_nothing_leaves_the_machine(sequences: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a simulation opened a connection")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    assert sent(await simulated(sequences))


async def test_the_daemon_sends_exactly_the_simulated_set(mails_only: Path) -> None:
    expected = sent(await simulated(mails_only))
    steps = {step for _, _, step in expected}
    assert steps == {"hello", "thought", "news", "midsummer", "birthday"}
    assert sent(await lived(mails_only)) == expected


async def test_whoever_answers_hears_no_more_and_tempers_are_drawn_once(mails_only: Path) -> None:
    lines = await simulated(mails_only, people=40)
    quiet = {each.address: each.at for each in lines if each.event == "enrollment_handed_off"}
    assert quiet
    late = [
        each
        for each in lines
        if each.event == "touch_sent" and each.at > quiet.get(each.address, each.at)
    ]
    assert late == []
