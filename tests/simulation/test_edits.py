"""Whatever is edited while people are under way: the plan is the difference, and nothing repeats.

NURTURE_EDITS=50 makes it fifty edits with two hundred people under way.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from os import environ
from pathlib import Path
from random import Random
from typing import cast

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from nurture import log
from nurture.core.sequence import Sequence
from nurture.definition import read_sequence
from nurture.demo.story_clock import StoryClock
from nurture.errors import Misconfigured
from nurture.flows.carry_over import Crosser, carry_over, crossers
from nurture.flows.enroll import enroll
from nurture.flows.shelve import shelve
from nurture.mail.write.template import parse_template
from nurture.register import Register
from nurture.simulation.calendar import Line, lines_of
from nurture.simulation.difference import Change, difference
from nurture.simulation.people import generated
from nurture.simulation.persona import Crowd
from nurture.simulation.run import Play, Scene
from nurture.simulation.stage import OWNER, crossing_of
from nurture.storage import open_store
from nurture.storage.backup import copy_for_trial, url_of
from nurture.wiring.known import everybody
from tests.fakes.sequences import NAME, TEMPLATES, Keys, trees, written

EDITS = int(environ.get("NURTURE_EDITS", "0"))
PEOPLE = 200 if EDITS else 10
START = datetime(2026, 2, 2, tzinfo=UTC)
EDITED = START + timedelta(days=75)
END = EDITED + timedelta(days=200)
KEY = b"a key for trials"
CROWD = Crowd(3, is_silent=True)
ACTS = ("touch_sent", "task_given")

RUNNING: Keys = {
    "sequence": NAME,
    "why": "you know us",
    "window": {"days": "monday to friday", "hours": "08:30 to 17:00"},
    "seasons": {"tax season": {"from": "15 January", "to": "15 April"}},
    "steps": [
        {"id": "step-0", "email": "mail/first.md"},
        {"id": "wait-1", "wait": "5 weeks"},
        {"id": "step-1", "email": "mail/second.md", "when": "value is at least 500"},
        {"id": "wait-2", "wait": "3 weeks"},
        {"id": "step-2", "call": "Ask {{ given_name }} how it went."},
        {"id": "wait-3", "wait": "2 months"},
        {"id": "step-3", "email": "mail/second.md"},
        {"id": "wait-4", "wait": "5 weeks"},
        {"id": "step-4", "email": "mail/first.md"},
    ],
    "exits": {"at the latest after": "3 years"},
    "occasions": [
        {"id": "occasion-0", "on": "contact's birthday", "email": "mail/first.md"},
        {"id": "occasion-1", "on": "3 months after tax season ends", "email": "mail/second.md"},
    ],
}
Acts = Counter[tuple[str, str, date]]


def edited(other: Keys, seed: int) -> str:
    """The running sequence as a hasty hand leaves it, with steps of another one mixed in."""
    dice = Random(seed)
    steps = [dict(each) for each in cast("list[Keys]", RUNNING["steps"])]
    fresh = [each for each in cast("list[Keys]", other["steps"]) if "branch" not in each]
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(steps))
        match dice.choice(("drop", "swap", "insert", "insert", "replace")):
            case "drop" if len(steps) > 2:
                del steps[at]
            case "swap":
                to = dice.randrange(len(steps))
                steps[at], steps[to] = steps[to], steps[at]
            case "insert" if fresh:
                steps.insert(at, {**dice.choice(fresh), "id": f"new-{dice.randrange(1000)}"})
            case "replace" if fresh:
                steps[at] = {**dice.choice(fresh), "id": steps[at]["id"]}
            case _:
                steps.append({"id": "one-more", "email": "mail/first.md"})
    # A wait behind a wait, and one at the end, are refused.
    steps = [
        each
        for each, after in zip(steps, [*steps[1:], {"wait": ""}], strict=True)
        if not ("wait" in each and "wait" in after)
    ]
    occasions = other.get("occasions", RUNNING["occasions"])
    changed = RUNNING["occasions"] if dice.randrange(3) else occasions
    return written({**RUNNING, "steps": steps, "occasions": changed})


@dataclass(frozen=True)
class Lived:
    """What one course of things came to, and who had to cross over."""

    lines: tuple[Line, ...]
    crossed: tuple[Crosser, ...] = ()

    @property
    def acts(self) -> Acts:
        """Every touch and task behind the edit: who, which step, on which day."""
        later = (each for each in self.lines if each.at >= EDITED and each.event in ACTS)
        return Counter((each.address, each.step, each.at.date()) for each in later)


@asynccontextmanager
async def staged(file: Path, at: datetime, *texts: str, spare: bool) -> AsyncIterator[Scene]:
    """The people of this database, and the last of these texts as today's."""
    clock = StoryClock(at)
    store = await open_store(url_of(file), KEY, at, is_spare=spare)
    templates = {path: parse_template(text, path) for path, text in TEMPLATES.items()}
    shelf = await shelve({}, {}, templates, store.outgoing, at)
    try:
        for text in texts:
            shelf = await shelve({NAME: read(text)}, {NAME: text}, templates, store.outgoing, at)
        yield Scene(store, shelf, {OWNER.name: OWNER}, clock, KEY, CROWD)
    finally:
        await store.close()


def read(text: str) -> Sequence:
    return read_sequence(text, f"{NAME}.yaml", TEMPLATES)


async def lived(scene: Scene, until: datetime) -> tuple[Line, ...]:
    async for _ in Play(scene).until(until):
        pass
    people = [each async for each in everybody(scene.store.people)]
    return await lines_of(scene.store.desk, people, START, until)


@pytest.fixture(scope="module")
def under_way(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everybody is 75 days into the running sequence, each at their own pace."""
    log.configure("silent")
    file = tmp_path_factory.mktemp("running") / "play.db"

    async def begin() -> None:
        async with staged(file, START, written(RUNNING), spare=False) as scene:
            store = scene.store
            made = generated(PEOPLE, 3, START.date(), topics=["tea"], fields=[])
            await store.people.merge(made, START)
            people = await store.people.page(limit=PEOPLE)
            register = Register(
                store.outgoing, store.people, scene.shelf, scene.accounts, scene.clock
            )
            (sequence,) = scene.shelf.all_today()
            await enroll(register, people, sequence, OWNER, reason="by hand")
            assert await lived(scene, EDITED)

    asyncio.run(begin())
    return file


async def course(file: Path, *texts: str, carries: bool = True) -> Lived:
    """One future on a copy: each text is applied in its turn, or none is."""
    with_copy = file.with_name(f"copy-{len(texts)}-{carries}.db")
    with_copy.unlink(missing_ok=True)
    copy_for_trial(url_of(file), with_copy)
    running, crossed = written(RUNNING), ()
    async with staged(with_copy, EDITED, running, *texts, spare=True) as scene:
        for text in texts if carries else ():
            sequence = read(text)
            crossed += await crossers(crossing_of(scene), sequence)
            await carry_over(crossing_of(scene), sequence)
        return Lived(await lived(scene, END), crossed)


def planned(stay: Acts, changes: tuple[Change, ...]) -> Acts:
    """What a person who has read the plan expects instead."""
    expected = stay.copy()
    for each in changes:
        if each.before:
            expected[each.address, each.step, each.before.date()] -= 1
        if each.after:
            expected[each.address, each.step, each.after.date()] += 1
    return +expected


def repeated(lived: Lived, text: str) -> list[tuple[str, str]]:
    """Steps of the order that anybody got twice, and occasions twice on a day."""
    order = {step.id for step in read(text).steps} | {
        step.id for step in read(written(RUNNING)).steps
    }
    acts = [each for each in lived.lines if each.event in ACTS]
    once = Counter((each.address, each.step) for each in acts if each.step in order)
    daily = Counter((each.address, each.step, each.at.date()) for each in acts)
    return [key for key, count in once.items() if count > 1] + [
        key[:2] for key, count in daily.items() if count > 1
    ]


_BOUNDED = settings(
    max_examples=EDITS or 8,
    phases=[Phase.generate],
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def sound(other: Keys, seed: int) -> str:
    """An edit that nurture accepts."""
    text = edited(other, seed)
    try:
        read(text)
    except Misconfigured:
        assume(False)
    return text


def houses(crossed: tuple[Crosser, ...]) -> set[str]:
    """The companies of which somebody's place is another, or lost, by crossing over."""
    return {
        each.contact.company
        for each in crossed
        if each.carried.ended
        or {lane.id: lane.position for lane in each.carried.kept}
        != {lane.id: lane.position for lane in each.carried.was}
    }


@_BOUNDED
@given(other=trees(most=4), seed=st.integers(0, 10_000))
def test_an_edit_does_what_its_plan_says_and_repeats_nothing(
    under_way: Path, other: Keys, seed: int
) -> None:
    text = sound(other, seed)
    stay = asyncio.run(course(under_way, text, carries=False))
    applied = asyncio.run(course(under_way, text))
    assert len(applied.crossed) == PEOPLE
    changes = difference(
        *([each for each in one.lines if each.at >= EDITED] for one in (stay, applied))
    )
    assert planned(stay.acts, changes) == applied.acts
    assert repeated(applied, text) == []


@_BOUNDED
@given(other=trees(most=4), seed=st.integers(0, 10_000))
def test_reverting_restores_the_very_same_schedule(under_way: Path, other: Keys, seed: int) -> None:
    text = sound(other, seed)
    stay = asyncio.run(course(under_way, carries=False))
    back = asyncio.run(course(under_way, text, written(RUNNING)))
    moved = houses(back.crossed)
    assert restored(back, moved) == restored(stay, moved)
    assert repeated(back, text) == []


def restored(one: Lived, moved: set[str]) -> Acts:
    """What comes to people whose places the edit left alone; there must be some."""
    acts = Lived(tuple(each for each in one.lines if each.company not in moved)).acts
    assume(acts)
    return acts
