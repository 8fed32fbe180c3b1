"""`nurture library`: the pieces from which content steps choose."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from nurture.cli.library_add import accept, add, proposed, reject
from nurture.cli.library_feed import feed
from nurture.cli.library_forecast import forecast
from nurture.cli.library_match import match
from nurture.cli.library_outcome import outcome
from nurture.cli.output import json_lines, table

if TYPE_CHECKING:
    from datetime import date

    from nurture.core.library.piece import Piece


@click.group()
def library() -> None:
    """Show and fill the library: what there is to send, and what is missing."""


for command in (match, add, proposed, accept, reject, feed, forecast, outcome):
    library.add_command(command)


@library.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def list_pieces(ctx: click.Context, as_json: bool) -> None:
    """List the pieces with what they are about, the ones that have expired among them."""
    asyncio.run(_list(ctx, as_json=as_json))


async def _list(ctx: click.Context, *, as_json: bool) -> None:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        pieces, today = world.shelf.pieces(), world.clock.now().date()
    if as_json:
        json_lines(_plain(each, today) for each in pieces)
        return
    empty = "the library is empty: put Markdown files into library/ beside your sequences"
    table(("piece", "language", "topics", "expires", ""), _rows(pieces, today), empty)


def _plain(piece: "Piece", today: "date") -> dict[str, object]:
    return {
        "piece": piece.path,
        "language": piece.language,
        "topics": piece.topics,
        "expires": piece.expires,
        "is_expired": piece.has_expired(today),
    }


def _rows(pieces: Iterable["Piece"], today: "date") -> Iterable[tuple[object, ...]]:
    for each in pieces:
        mark = "expired" if each.has_expired(today) else ""
        yield each.path, each.language, ", ".join(each.topics), each.expires, mark
