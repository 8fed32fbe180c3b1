"""Where a simulation plays: a copy of the real world, or people who do not exist."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from nurture.core.account import Account, Owner
from nurture.core.contact import Contact
from nurture.core.merge_field import KNOWN
from nurture.core.sequence import Sequence as StepSequence
from nurture.demo.story_clock import StoryClock
from nurture.errors import Misconfigured
from nurture.flows.carry_over import Crossing
from nurture.flows.enroll import enroll
from nurture.ports import Lease
from nurture.register import Register
from nurture.settings import Settings
from nurture.simulation.people import generated
from nurture.simulation.persona import Crowd
from nurture.simulation.run import Scene
from nurture.storage import open_store
from nurture.storage.backup import copy_for_trial, url_of
from nurture.transport.sequence_folder import Folder, load_folder
from nurture.wiring.world import shelf_of, world_of

_KEY = b"a simulation has no secret to keep"
_PAGE = 500
_CUSTOM = re.compile(r"\bcustom\.([a-z][a-z0-9_-]*)")
OWNER = Account(
    "owner",
    "anna@carter-advice.example",
    Owner(
        "Anna Carter", "anna@carter-advice.example", "Europe/London", "1 Long Lane, Leeds LS1, UK"
    ),
)
"""Who writes where no settings say it."""


@asynccontextmanager
async def copied(settings: Settings, start: datetime, crowd: Crowd) -> AsyncIterator[Scene]:
    """The real people on a copy of their database, thrown away at the end; nothing is halted."""
    clock = StoryClock(start)
    with TemporaryDirectory(prefix="nurture-simulation-") as folder:
        copy = Path(folder) / "copy.db"
        copy_for_trial(settings.storage_url, copy)
        trial = replace(settings, storage_url=url_of(copy))
        async with world_of(trial, clock, is_spare=True) as world:
            for halt in await world.store.switch.halts():
                await world.store.switch.lift(halt.kind, "simulation", clock.now())
            for name in world.accounts:
                state = await world.store.accounts.state(name)
                # The daemon holds it, and goes on in the original.
                await world.store.accounts.release(Lease(name, state.worker, state.epoch))
                await world.store.accounts.prove(name, state.mailbox, "simulation", clock.now())
            yield Scene(world.store, world.shelf, world.accounts, clock, world.key, crowd)


@asynccontextmanager
async def invented(
    sequences: Path,
    account: Account,
    count: int,
    start: datetime,
    crowd: Crowd,
    database: Path | None = None,
) -> AsyncIterator[Scene]:
    """So many generated people, each enrolled wherever a sequence would have them.

    All of it is thrown away, unless a new `database` is named to keep it in.
    """
    folder, clock = load_folder(sequences), StoryClock(start)
    if folder.problems:
        raise Misconfigured(folder.problems)
    with TemporaryDirectory(prefix="nurture-simulation-") as place:
        url = url_of(database or Path(place) / "play.db")
        store = await open_store(url, _KEY, clock.now(), is_spare=database is None)
        try:
            shelf = await shelf_of(folder, store.outgoing, clock.now())
            scene = Scene(store, shelf, {account.name: account}, clock, _KEY, crowd)
            people = generated(
                count, crowd.seed, start.date(), topics=_topics(folder), fields=_fields(folder)
            )
            await _settle(scene, people)
            yield scene
        finally:
            await store.close()


def crossing_of(scene: Scene) -> Crossing:
    """What carrying people over takes of it."""
    account = next(iter(scene.accounts.values()), OWNER)
    return Crossing(scene.store.outgoing, scene.shelf, account, scene.clock)


async def _settle(scene: Scene, people: Sequence[Contact]) -> None:
    """Imports the people and enrolls them, the sequences of higher priority first."""
    store, now = scene.store, scene.clock.now()
    for at in range(0, len(people), _PAGE):
        await store.people.merge(people[at : at + _PAGE], now)
    register = Register(store.outgoing, store.people, scene.shelf, scene.accounts, scene.clock)
    account = next(iter(scene.accounts.values()))
    ranked = sorted(scene.shelf.all_today(), key=_rank)
    page = await store.people.page(limit=_PAGE)
    while page:
        for sequence in ranked:
            await enroll(register, page, sequence, account, reason="simulated")
        page = await store.people.page(after=page[-1].address, limit=_PAGE)


def _rank(sequence: StepSequence) -> tuple[int, str]:
    return -sequence.entry.priority, sequence.name


def _topics(folder: Folder) -> frozenset[str]:
    listed = (each.front.topics for each in folder.templates.values())
    return frozenset(topic for topics in listed for topic in topics)


def _fields(folder: Folder) -> frozenset[str]:
    """The custom fields that sequences and templates ask for, bare or behind `custom.`."""
    bare = frozenset(name for each in folder.templates.values() for name in each.variables) - KNOWN
    texts = (*folder.texts.values(), *folder.sources.values())
    named = (name for text in texts for name in _CUSTOM.findall(text))
    return bare | frozenset(name.replace("-", "_") for name in named)
