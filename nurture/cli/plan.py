"""`nurture plan`: what an edit of a sequence would change for people under way."""

import asyncio
from dataclasses import asdict
from datetime import timedelta
from os import environ
from typing import TYPE_CHECKING

import click

from nurture.cli.output import FINDINGS, in_zone, json_lines, table, warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nurture.flows.carry_over import Crosser
    from nurture.simulation.difference import Change


@click.command()
@click.argument("sequences", nargs=-1)
@click.option("--days", type=click.IntRange(1, 1830), default=400, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def plan(ctx: click.Context, sequences: tuple[str, ...], days: int, as_json: bool) -> None:
    """Show what each person under way would get more, less, or on another day.

    Two simulations are compared, one on the text they began with, one on today's. Nothing changes
    until you say `nurture apply`. Exit code 1: there is something to apply.
    """
    planned = asyncio.run(_plan(ctx, sequences, timedelta(days=days)))
    if as_json:
        json_lines(asdict(each) for each in planned.changes)
        json_lines(
            {"address": each.contact.address, "kind": "missed", "step": step}
            for each in planned.crossers
            for step in each.carried.missed
        )
    else:
        _show(planned, days)
    if planned.crossers:
        ctx.exit(FINDINGS)


class _Planned:
    """Who would be carried over, and what would be another for them."""

    def __init__(self) -> None:
        self.zone = "UTC"
        self.revisions: dict[str, str] = {}
        self.crossers: list[Crosser] = []
        self.changes: Sequence[Change] = ()


async def _plan(ctx: click.Context, names: tuple[str, ...], stretch: timedelta) -> _Planned:
    from nurture import log
    from nurture.flows.carry_over import carry_over, crossers
    from nurture.settings import load_settings
    from nurture.simulation.calendar import lines_of
    from nurture.simulation.difference import difference
    from nurture.simulation.persona import Crowd
    from nurture.simulation.run import Play
    from nurture.simulation.stage import copied, crossing_of
    from nurture.transport.clock import SystemClock

    log.configure("silent")
    settings = load_settings(ctx.obj.config, environ, with_passwords=False)
    start, planned, calendars = SystemClock().now(), _Planned(), []
    for is_after in (False, True):
        async with copied(settings, start, Crowd(0, is_silent=True)) as scene:
            crossing = crossing_of(scene)
            planned.zone = crossing.account.owner.zone
            chosen = [each for each in scene.shelf.all_today() if not names or each.name in names]
            for sequence in chosen:
                if is_after:
                    await carry_over(crossing, sequence)
                elif found := await crossers(crossing, sequence):
                    planned.crossers += found
                    planned.revisions[sequence.name] = sequence.revision
            if not planned.crossers:
                return planned
            async for _ in Play(scene).until(start + stretch):
                pass
            people = [each.contact for each in planned.crossers]
            lines = await lines_of(scene.store.desk, people, start, start + stretch)
            calendars.append(lines)
    planned.changes = difference(*calendars)
    return planned


def _show(planned: _Planned, days: int) -> None:
    if not planned.crossers:
        click.echo("everybody under way is on the sequences as they are written now")
        return
    rows = [
        (each.name, each.sequence, each.step, each.kind,
         in_zone(each.before, planned.zone) if each.before else "",
         in_zone(each.after, planned.zone) if each.after else "")
        for each in planned.changes
    ]  # fmt: skip
    headers = ("who", "sequence", "step", "what", "on their text", "on today's")
    table(headers, rows, empty=f"nothing that anybody gets in the next {days} days would change")
    for crosser in planned.crossers:
        for step in crosser.carried.missed:
            warn(f"{crosser.contact.name} would not get {step!r}: it stands before their place now")
    for name, revision in planned.revisions.items():
        click.echo(f"to accept: nurture apply {name} --to {revision}")
