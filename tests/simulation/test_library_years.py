"""Two years with 500 people: what the library promises, and what its forecast says beforehand."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Connection, select

from nurture import log
from nurture.core.library.piece import Piece
from nurture.demo.story_clock import StoryClock
from nurture.ports import Lease
from nurture.simulation.drought import Drought, droughts, requests
from nurture.simulation.persona import Crowd
from nurture.simulation.run import Play, Scene
from nurture.simulation.stage import OWNER, invented
from nurture.storage import open_store
from nurture.storage.backup import copy_for_trial, url_of
from nurture.storage.company import are_colleagues
from nurture.storage.rule import MAY_HAVE_LEFT
from nurture.storage.tables import contacts, touches

START = datetime(2026, 5, 4, tzinfo=UTC)
YEARS, AHEAD = timedelta(days=730), timedelta(days=30)
LOOKS = (timedelta(days=290), timedelta(days=580))
PEOPLE = 500
TOPICS = ("tax", "cash", "hiring", "wine", "roofs", "law", "bees", "paint")
HEAD = "why: you know us\nwindow: {days: monday to sunday, hours: 00:00 to 23:59}\n"
FRONT = "---\ntitle: {title}\ntopics: [{topic}]\nlanguage: {language}\n{more}---\n"
PIECE = FRONT + "Dear {{{{ given_name }}}}, read.\n"


@pytest.fixture(autouse=True)
def _silent() -> None:
    log.configure("silent")


def steps(count: int, wait: str) -> Iterator[str]:
    for number in range(count):
        yield f"  - {{id: wait-{number}, wait: {wait}}}\n"
        yield f"  - {{id: read-{number}, content: their interests}}\n"


def folder(place: Path) -> Path:
    """Two sequences of content alone, and a library that runs out for some and never for others."""
    (place / "library").mkdir(parents=True)
    for name, who, body in (
        ("year", "former client, client, lost prospect", "".join(steps(7, "14 weeks"))),
        ("now-and-then", "client, declined prospect", "".join(steps(4, "23 weeks"))),
    ):
        head = f"sequence: {name}\n{HEAD}entry: {{who: [{who}]}}\nsteps:\n"
        (place / f"{name}.yaml").write_text(head + body)
    dice = Random(5)
    for topic in TOPICS:
        for number in range(dice.randint(2, 8)):
            day = date(2026, 5, 4) + timedelta(days=dice.randint(30, 700))
            more = dice.choice(("", "", f"expires: {day}\n", f"published: {day}\n"))
            text = PIECE.format(
                title=f"{topic} {number}", topic=topic, more=more,
                language=dice.choice(("en", "en", "de")),
            )  # fmt: skip
            (place / f"library/{topic}-{number}.md").write_text(text)
    return place


@asynccontextmanager
async def copy_of(scene: Scene, file: Path) -> AsyncIterator[Scene]:
    """The same people at the same instant, on a copy that is thrown away."""
    copy_for_trial(scene.store.database.url.render_as_string(), file)
    store = await open_store(url_of(file), scene.key, scene.clock.now(), is_spare=True)
    for name in scene.accounts:
        state = await store.accounts.state(name)
        await store.accounts.release(Lease(name, state.worker, state.epoch))
    shelf = replace(scene.shelf, outgoing=store.outgoing)
    yield replace(scene, store=store, shelf=shelf, clock=StoryClock(scene.clock.now()))
    await store.close()


def _nothing(_day: datetime) -> None: ...


def _sent(connection: Connection) -> list[tuple[int, str, str, str, datetime]]:
    query = select(
        touches.c.contact_id, contacts.c.company_name, contacts.c.company_domain, touches.c.piece,
        touches.c.sent_at,
    ).join(contacts, contacts.c.id == touches.c.contact_id)  # fmt: skip
    rows = connection.execute(query.where(touches.c.state.in_(MAY_HAVE_LEFT)))
    return [tuple(row) for row in rows]


def repeats(sent: Sequence[tuple[int, str, str, str, datetime]]) -> list[str]:
    """Whatever a person had twice, or a company within a year."""
    by_piece = defaultdict(list)
    for who, name, domain, piece, at in sent:
        by_piece[piece].append((who, (name, domain), at))
    return [
        f"{piece}: {one} and {other}"
        for piece, listed in by_piece.items()
        for one, other in combinations(listed, 2)
        if one[0] == other[0]
        or (are_colleagues(one[1], other[1]) and abs(one[2] - other[2]) < timedelta(days=365))
    ]


@pytest.mark.slow
async def test_no_repeat_none_stale_and_the_forecast_names_who_runs_dry(tmp_path: Path) -> None:
    crowd, place = Crowd(3, is_silent=True), folder(tmp_path / "sequences")
    foreseen: dict[timedelta, set[tuple[str, str, str]]] = {}
    async with invented(place, OWNER, PEOPLE, START, crowd, tmp_path / "play.db") as scene:
        play = Play(scene)
        for look in LOOKS:
            async for _ in play.until(START + look):
                pass
            async with copy_of(scene, tmp_path / f"{look.days}.db") as copy:
                dry = await droughts(copy, START + look + AHEAD, _nothing)
                foreseen[look] = named(dry, START + look)
        async for _ in play.until(START + YEARS):
            pass
        sent = await scene.store.database.read(_sent)
        dry = await requests(scene)
        pieces = {each.path: each for each in (await scene.shelf.library()).pieces}
    lived = {look: named(dry, START + look, START + look + AHEAD) for look in LOOKS}
    assert foreseen == lived
    assert all(len(each) > 5 for each in lived.values())
    assert len(sent) > 1000
    assert repeats(sent) == []
    assert [each for each in sent if not was_out(pieces[each[3]], each[4])] == []


def named(
    dry: Sequence[Drought], since: datetime, until: datetime | None = None
) -> set[tuple[str, str, str]]:
    """Who ran dry in that time, and where."""
    within = (each for each in dry if since <= each.at and (until is None or each.at < until))
    return {(each.address, each.sequence, each.step) for each in within}


def was_out(piece: Piece, at: datetime) -> bool:
    """Whether it might be sent on that day, wherever on earth."""
    days = (at.date() + timedelta(days=shift) for shift in (-1, 0, 1))
    return any(piece.is_out(day) for day in days)
