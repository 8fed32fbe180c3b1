"""`nurture library match EMAIL`: what suits somebody, how well, and why."""

import asyncio
from typing import TYPE_CHECKING

import click

from nurture.cli.output import FINDINGS, json_lines, table

if TYPE_CHECKING:
    from nurture.core.library.piece import Found

_MOST = 10


@click.command("match")
@click.argument("email")
@click.option(
    "--on", "topics", multiple=True, metavar="TOPIC", help="Only on this; again for more."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def match(ctx: click.Context, email: str, topics: tuple[str, ...], as_json: bool) -> None:
    """Show the pieces that could go to EMAIL, the best first, with what speaks for each.

    Left out is what they had, what a colleague had within a year, and what expired. Exit code 1:
    nothing suits them well enough.
    """
    found = asyncio.run(_ranked(ctx, email, topics))
    if as_json:
        json_lines(_plain(each) for each in found)
    else:
        rows = (
            (f"{each.score:.2f}", "" if each.is_enough else "too little", each.why)
            for each in found
        )
        table(("score", "", "piece, and why"), rows, empty=f"nothing is left for {email}")
    if not any(each.is_enough for each in found):
        ctx.exit(FINDINGS)


async def _ranked(ctx: click.Context, email: str, topics: tuple[str, ...]) -> "tuple[Found, ...]":
    from nurture.core.library import Want
    from nurture.wiring.known import known_contact
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        contact, now = await known_contact(world, email), world.clock.now()
        reader = await world.store.outgoing.reader(contact, now)
        owners = {each.name: each.owner.language for each in world.accounts.values()}
        language = owners.get(contact.account) or next(iter(owners.values()), "en")
        # A note of the step may greet: what a piece lacks of that does not matter here.
        anybody = frozenset({language, contact.language})
        want = Want(now.date(), language, topics, introduces=anybody)
        return (await world.shelf.library()).ranked(reader, want, _MOST)


def _plain(found: "Found") -> dict[str, object]:
    return {
        "piece": found.piece.path,
        "score": found.score,
        "is_enough": found.is_enough,
        "why": found.why,
    }
