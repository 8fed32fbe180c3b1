"""`nurture library outcome`: which pieces are followed by answers, and how sure that is."""

import asyncio
from typing import TYPE_CHECKING

import click

from nurture.cli.output import json_lines, table

if TYPE_CHECKING:
    from nurture.core.library.echo import Echo


@click.command("outcome")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def outcome(ctx: click.Context, as_json: bool) -> None:
    """Show what came back on each piece: words within 14 days, before the next mail.

    The last column says between which shares the true one lies, in 95 of 100 cases: with few
    people it is wide. Nothing is tracked; whoever reads and is silent is not known.
    """
    found = asyncio.run(_echoes(ctx))
    if as_json:
        json_lines(_plain(each) for each in found)
        return
    headers = ("piece", "people", "answered", "said no", "of 100 between", "too early")
    rows = (
        (each.piece, each.counted, each.answered, each.said_no, _between(each), each.waiting or "")
        for each in found
    )
    table(headers, rows, empty="no piece of the library was sent yet")


async def _echoes(ctx: click.Context) -> "tuple[Echo, ...]":
    from nurture.core.library.echo import echoes
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        return echoes(await world.store.outgoing.offered(), world.clock.now())


def _between(echo: "Echo") -> str:
    return f"{100 * echo.low:.0f} and {100 * echo.high:.0f}" if echo.counted else "not known yet"


def _plain(echo: "Echo") -> dict[str, object]:
    return {
        "piece": echo.piece,
        "counted": echo.counted,
        "waiting": echo.waiting,
        "answered": echo.answered,
        "said_no": echo.said_no,
        "low": round(echo.low, 4),
        "high": round(echo.high, 4),
    }
