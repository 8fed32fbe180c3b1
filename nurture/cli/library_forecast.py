"""`nurture library forecast`: for whom the library runs dry, and what it lacks."""

import asyncio
import sys
from collections.abc import Iterable
from datetime import datetime, timedelta
from os import environ
from typing import TYPE_CHECKING

import click

from nurture.cli.output import FINDINGS, in_zone, json_lines, table, warn
from nurture.value import frozen

if TYPE_CHECKING:
    from nurture.core.contact import Contact
    from nurture.core.library.gap import Gap
    from nurture.simulation.drought import Drought
    from nurture.wiring.world import World


@frozen
class _Outlook:
    """What the library will come to."""

    dry: "tuple[Drought, ...]"
    gaps: "tuple[Gap, ...]"
    unsent: tuple[str, ...]
    zone: str


@click.command("forecast")
@click.option("--days", type=click.IntRange(1, 3660), default=90, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def forecast(ctx: click.Context, days: int, as_json: bool) -> None:
    """Tell for whom the library runs dry and when, which topics lack pieces, what was never sent.

    The real engine lives through the days ahead on a copy of the database, in which nobody
    answers: nothing can leave the machine. Exit code 1: somebody will get nothing.
    """
    found = asyncio.run(_foresee(ctx, timedelta(days=days)))
    if as_json:
        _print_json(found)
    else:
        _print(found, days)
    if found.dry:
        ctx.exit(FINDINGS)


async def _foresee(ctx: click.Context, stretch: timedelta) -> _Outlook:
    from nurture import log
    from nurture.settings import load_settings
    from nurture.simulation.drought import droughts
    from nurture.simulation.persona import Crowd
    from nurture.simulation.stage import copied
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        now, zone = world.clock.now(), world.zone
        gaps, unsent = await _lacking(world), await _unsent(world)
    log.configure("silent")
    settings = load_settings(ctx.obj.config, environ, with_passwords=False)
    async with copied(settings, now, Crowd(1, is_silent=True)) as scene:
        dry = await droughts(scene, now + stretch, _progress)
    return _Outlook(dry, gaps, unsent, zone)


async def _lacking(world: "World") -> "tuple[Gap, ...]":
    """What those who are under way care for, and have nothing left on."""
    from nurture.core.library import Want
    from nurture.core.library.gap import gaps

    now = world.clock.now()
    people = await _under_way(world)
    readers = await world.store.outgoing.readers(people, now)
    language = next((each.owner.language for each in world.accounts.values()), "en")
    return gaps(await world.shelf.library(), readers, Want(now.date(), language))


async def _under_way(world: "World") -> "list[Contact]":
    from nurture.core.enrollment import State
    from nurture.wiring.known import everybody

    people = [each async for each in everybody(world.store.people)]
    walks = await world.store.outgoing.walks([each.id for each in people])
    live = {who for who, own in walks.items() if any(w.state is not State.ENDED for w in own)}
    return [each for each in people if each.id in live]


async def _unsent(world: "World") -> tuple[str, ...]:
    sent = {each.piece for each in await world.store.outgoing.offered()}
    today = world.clock.now().date()
    pieces = (await world.shelf.library()).pieces
    open_ones = (each for each in pieces if not each.has_expired(today))
    return tuple(each.path for each in open_ones if each.path not in sent)


def _progress(day: datetime) -> None:
    if sys.stderr.isatty() and day.day == 1:
        warn(f"{day:%B %Y}")


def _print(found: _Outlook, days: int) -> None:
    table(
        ("runs dry", "who", "address", "sequence", "step", "cares for"),
        (
            (in_zone(each.at, found.zone), each.name, each.address, each.sequence, each.step,
             ", ".join(each.interests))
            for each in found.dry
        ),
        empty=f"nobody runs dry within {days} days",
    )  # fmt: skip
    click.echo()
    table(
        ("topic", "language", "care for it", "have nothing left", "pieces"),
        (
            (each.topic, each.language, each.people, each.without, each.pieces)
            for each in found.gaps
        ),
        empty="no topic lacks pieces",
    )
    click.echo()
    _print_list("never sent", found.unsent)


def _print_list(header: str, lines: Iterable[str]) -> None:
    table((header,), ((line,) for line in lines), empty="every piece was sent to somebody")


def _print_json(found: _Outlook) -> None:
    json_lines(
        {"kind": "dry", "at": each.at, "contact": each.address, "sequence": each.sequence,
         "step": each.step, "interests": each.interests}
        for each in found.dry
    )  # fmt: skip
    json_lines(
        {"kind": "topic", "topic": each.topic, "language": each.language, "people": each.people,
         "without": each.without, "pieces": each.pieces}
        for each in found.gaps
    )  # fmt: skip
    json_lines({"kind": "unsent", "piece": each} for each in found.unsent)
