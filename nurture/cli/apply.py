"""`nurture apply`: brings people under way to today's text of their sequence."""

import asyncio

import click

from nurture.errors import Misconfigured


@click.command()
@click.argument("sequence")
@click.option("--to", "revision", required=True, help="The revision that `nurture plan` showed.")
@click.pass_context
def apply(ctx: click.Context, sequence: str, revision: str) -> None:
    """Accept what `nurture plan` showed for SEQUENCE.

    Places are carried over by the ids of steps: nobody gets a step twice.
    """
    click.echo(asyncio.run(_apply(ctx, sequence, revision)))


async def _apply(ctx: click.Context, name: str, revision: str) -> str:
    from nurture.flows.carry_over import Crossing, carry_over
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        sequence = world.shelf.today(name)
        if sequence is None:
            raise Misconfigured(f"there is no usable sequence {name!r}: see `nurture check`")
        if sequence.revision != revision:
            raise Misconfigured(
                f"{name} was edited since: it is {sequence.revision} now. See `nurture plan {name}`"
            )
        account = next(iter(world.accounts.values()))
        crossing = Crossing(world.store.outgoing, world.shelf, account, world.clock)
        count = await carry_over(crossing, sequence)
    return f"{count} people go on by {name} as it is written now"
