"""R1 to R3: daemons are killed again and again, and nobody ever gets a second copy."""

import asyncio
import os
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.death import When
from tests.faults.evening import OWNER
from tests.faults.ordeal import Ordeal, ordeal
from tests.servers.lying_smtp import Deed, Fault

CRASHES = int(os.environ.get("NURTURE_CRASHES", "100"))
ROUNDS = min(CRASHES // 2, 100)  # on each database, over which the doubts pile up
AT_LEAST_DUE, NEWCOMERS = 12, 20
BIRTH, ACTIVITY, MOMENT = 0.25, 0.12, 0.001  # seconds
VERBS = ("rcpt", "data", "dot")  # of mail to contacts
BATCH = 3
LONG = "\n".join(f"line {number} of a long letter" for number in range(800))


# What reliability.md calls the points of the send path, in its own words (R3).
POINTS = ("claim", "connect", "MAIL", "RCPT", "mid-DATA", "dot", "250 read", "commit")


@dataclass(frozen=True, slots=True)
class Place:
    """Where on its way a batch meets the death of its daemon, and what is left of it then.

    `point` is the name that it goes by among POINTS, where it has one.
    """

    name: str
    point: str = ""
    call: str = ""
    when: When = When.BEFORE
    stage: str = ""
    act: Fault | None = None
    is_after: bool = False
    under_way: int = BATCH
    taken: int = 0

    def __str__(self) -> str:
        return self.name


def _of_call(call: str, when: When, under_way: int, taken: int, point: str = "") -> Place:
    return Place(f"{when} {call}", point, call, when, under_way=under_way, taken=taken)


_VERBS = {"banner": "connect", "ehlo": "connect", "mail": "MAIL", "rcpt": "RCPT"}

PLACES = (
    *(_of_call("due", when, 0, 0) for when in (When.BEFORE, When.AFTER)),
    *(_of_call("begin", when, 0, 0, "claim") for when in (When.BEFORE, When.COMMIT)),
    _of_call("begin", When.AFTER, BATCH, 0, "claim"),
    *(
        Place(f"at {verb}", _VERBS.get(verb, ""), stage=verb)
        for verb in ("banner", "ehlo", "auth", "mail", "rcpt", "data")
    ),
    Place("amid the content", "mid-DATA", "content", When.NEVER),
    Place("at the dot, not taken", "dot", stage="dot", act=Fault.DROP),
    Place("at the dot, taken", "dot", stage="dot", taken=1),
    Place("at the 250", stage="dot", is_after=True, taken=1),
    _of_call("deliver", When.AFTER, BATCH, 1, "250 read"),
    *(_of_call("settle", when, BATCH, BATCH, "commit") for when in (When.BEFORE, When.COMMIT)),
    _of_call("settle", When.AFTER, 0, BATCH, "commit"),
    *(_of_call("file_copy", when, 0, BATCH) for when in (When.BEFORE, When.AFTER)),
    *(_of_call("copy_filed", when, 0, BATCH) for when in (When.BEFORE, When.COMMIT, When.AFTER)),
)


@pytest.mark.slow
async def test_a_kill_at_each_place_on_the_way_leaves_what_it_must(
    url: str, tmp_path: Path
) -> None:
    """The next life finds what the one before it left, and dies a place further."""
    repeats = max(1, CRASHES // 400)
    deaths = Counter[str]()
    async with ordeal(tmp_path, url, batch=BATCH, words=LONG) as scene:
        await scene.welcome(BATCH * len(PLACES))
        for place in PLACES * repeats:
            if scene.due() < 2 * BATCH:  # some may be under way since the last death
                await scene.welcome(BATCH * len(PLACES))
            taken = scene.copies().total()
            died = await _die_at(scene, place)
            assert died, place
            deaths[place.point] += 1
            found = scene.check(str(place))
            # Others may be on their way beside the one that is looked at.
            assert found["sending"] >= bool(place.under_way), (place, found)
            assert bool(scene.copies().total() - taken) == bool(place.taken), place
            assert place.call != "due" or not found["sending"], (place, found)
        await scene.live_on()
        ends = scene.check_the_end("the last life")
        in_sent = await scene.copies_in_sent()
    assert set(in_sent.values()) <= {1, 2}
    assert in_sent.total() == ends["sent"]
    print(f"deaths by the named points of the send path: {dict(deaths)}; left behind: {dict(ends)}")
    assert deaths.keys() == {*POINTS, ""}
    assert min(deaths.values()) >= repeats


async def _die_at(scene: Ordeal, place: Place) -> bool:
    scene.smtp.repent()
    life = scene.born(place.call or "elsewhere", place.when)
    if place.stage:
        scene.smtp.will(place.stage, Deed(life.kill, place.act, is_after=place.is_after))
    return await scene.buried(life)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(max(1, CRASHES // 200)))
async def test_kills_at_random_moments_make_no_second_copy_and_lose_nobody(
    seed: int, url: str, tmp_path: Path
) -> None:
    """Some lives run two at once, some meet a server that defers."""
    dice = random.Random(seed)
    killed = hits = 0
    # Where the provider files copies itself, each doubt about a mail that left is settled by them.
    proves = url.startswith("postgresql")
    async with ordeal(tmp_path, url, provider_files=proves) as scene:
        scene.smtp.spared = frozenset({OWNER})
        await scene.welcome(NEWCOMERS)
        for number in range(ROUNDS):
            killed += await _one_life(scene, dice)
            hits += scene.check(f"round {number}")["sending"] > 0
            if scene.due() < AT_LEAST_DUE:
                await scene.welcome(NEWCOMERS)
        await scene.live_on()
        ends = scene.check_the_end("the last life")
        if proves:
            assert ends["sent"] == len(scene.copies())
    print(f"{killed} lives were killed, {hits} of them with mail under way: {dict(ends)}")
    assert killed > ROUNDS * 0.8
    assert hits > ROUNDS * 0.02


async def _one_life(scene: Ordeal, dice: random.Random) -> bool:
    """Somebody is after it, from its birth, from its first word, or from some mail on."""
    loop = asyncio.get_running_loop()
    scene.smtp.repent()
    if dice.random() < 0.2:
        scene.smtp.will("rcpt", "451 4.7.1 greylisted")
    lives = [scene.born() for _ in range(dice.choice((1, 1, 1, 1, 2)))]
    moments = (("birth", BIRTH), ("banner", ACTIVITY), *((verb, MOMENT) for verb in VERBS))
    since, most = dice.choice(moments)
    delay = dice.uniform(0, most)

    def kill() -> None:
        for each in lives:
            loop.call_later(delay, each.kill)

    if since == "birth":
        kill()
    else:
        nothing = Deed(lambda: None)
        before = dice.randrange(8) if since in VERBS else 0
        scene.smtp.will(since, *[nothing] * before, Deed(kill))
    return await scene.buried(*lives)
