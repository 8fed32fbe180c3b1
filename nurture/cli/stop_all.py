"""`nurture stop-all`: nothing is sent any more, whatever runs and whatever is started again."""

import asyncio

import click

from nurture.core.halt import HaltKind


@click.command("stop-all")
@click.option("--why", default="the owner said so", help="The reason, for status and ledger.")
@click.pass_context
def stop_all(ctx: click.Context, why: str) -> None:
    """Stop all sending at once, on every worker, until `nurture resume --all`.

    What is on the wire this very second cannot be called back. Answers are still heard and told.
    """
    asyncio.run(_stop(ctx, why))


async def _stop(ctx: click.Context, why: str) -> None:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        now = world.clock.now()
        is_new = await world.store.switch.halt(HaltKind.STOPPED, why, now)
        halts = await world.store.switch.halts()
    if not is_new:
        click.echo("sending was stopped before", err=True)
    for halt in halts:
        click.echo(f"nothing is sent: {halt}")
