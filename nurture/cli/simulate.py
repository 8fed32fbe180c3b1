"""`nurture simulate`: a year and more in seconds, on a clock that jumps."""

import asyncio
import sys
from datetime import UTC, date, datetime, time, timedelta
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nurture.cli.output import table, warn
from nurture.errors import Misconfigured

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from nurture.simulation.calendar import Line
    from nurture.simulation.persona import Crowd
    from nurture.simulation.run import Scene

_FORMATS = ("table", "json", "csv", "ics")


@click.command()
@click.option("--contacts", type=click.IntRange(1, 100_000), help="So many invented people.")
@click.option("--days", type=click.IntRange(1, 3660), default=400, show_default=True)
@click.option("--seed", default=1, show_default=True, help="The same seed, the same people.")
@click.option("--silent", is_flag=True, help="Nobody answers, bounces, or is away.")
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), help="The first day [today].")
@click.option(
    "--sequences", type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Another folder of sequences, for invented people.",
)  # fmt: skip
@click.option("--only", help="Only this person, by address.")
@click.option("--format", "shape", type=click.Choice(_FORMATS), default="table", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def simulate(
    ctx: click.Context,
    contacts: int | None,
    days: int,
    seed: int,
    silent: bool,
    start: datetime | None,
    sequences: Path | None,
    only: str | None,
    shape: str,
    as_json: bool,
) -> None:
    """Show who would get what, and when: for your people, or for invented ones.

    The real engine works on a copy that is thrown away; nothing can leave the machine. Invented
    people (--contacts) answer, are away and opt out as people do; yours are taken to be silent.
    """
    if sequences and not contacts:
        raise Misconfigured("--sequences goes with --contacts: your people walk by your own")
    first = datetime.combine((start or _today()).date(), time(0), UTC)
    lines, zone = asyncio.run(
        _simulate(ctx, contacts, first, timedelta(days=days), seed, sequences, silent=silent)
    )
    shown = [each for each in lines if only in {None, each.address}]
    _show(shown, zone, "json" if as_json else shape)


def _today() -> datetime:
    from nurture.transport.clock import SystemClock

    return SystemClock().now()


async def _simulate(
    ctx: click.Context,
    contacts: int | None,
    start: datetime,
    stretch: timedelta,
    seed: int,
    sequences: Path | None,
    *,
    silent: bool,
) -> "tuple[tuple[Line, ...], str]":
    from nurture import log
    from nurture.simulation.calendar import lines_of
    from nurture.simulation.persona import Crowd
    from nurture.simulation.run import Play
    from nurture.wiring.known import everybody

    log.configure("silent")
    crowd = Crowd(seed, is_silent=silent or contacts is None)
    async with _scene(ctx, contacts, start, sequences, crowd) as scene:
        zone = next((each.owner.zone for each in scene.accounts.values()), "UTC")
        end = start + stretch
        async for day in Play(scene).until(end):
            _progress(day.date(), end.date())
        people = [each async for each in everybody(scene.store.people)]
        return await lines_of(scene.store.desk, people, start, end), zone


def _scene(
    ctx: click.Context,
    contacts: int | None,
    start: datetime,
    sequences: Path | None,
    crowd: "Crowd",
) -> "AbstractAsyncContextManager[Scene]":
    from nurture.settings import load_settings
    from nurture.simulation.stage import OWNER, copied, invented
    from nurture.transport.sequence_folder import shipped_sequences

    try:
        settings = load_settings(ctx.obj.config, environ, with_passwords=False)
    except Misconfigured:
        if contacts is None:
            raise
        return invented(sequences or shipped_sequences(), OWNER, contacts, start, crowd)
    if contacts is None:
        return copied(settings, start, crowd)
    account = settings.accounts[0].account if settings.accounts else OWNER
    return invented(sequences or settings.sequences, account, contacts, start, crowd)


def _progress(day: date, end: date) -> None:
    """Where the story stands, on a terminal, once a month."""
    if sys.stderr.isatty() and day.day == 1:
        warn(f"{day:%B %Y} of {end:%B %Y}")


def _show(lines: "list[Line]", zone: str, shape: str) -> None:
    from nurture.simulation.calendar import as_csv, as_icalendar, as_json, as_rows

    if shape == "table":
        headers = ("when", "who", "company", "sequence", "step", "what", "why")
        table(headers, as_rows(lines, zone), empty="nothing would happen")
        return
    write = {"json": as_json, "csv": as_csv, "ics": as_icalendar}[shape]
    click.echo(write(lines), nl=False)
