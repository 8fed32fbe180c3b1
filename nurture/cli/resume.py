"""`nurture resume EMAIL`: a human returns a contact to the machine."""

import asyncio
from datetime import date, datetime, time

import click

from nurture.cli.output import FINDINGS, in_zone, warn
from nurture.core.calendar import at_wall_time


@click.command()
@click.argument("email")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Not before this day [default: now].")
@click.option("--why", default="the owner said so", help="The reason, for the ledger.")
@click.pass_context
def resume(ctx: click.Context, email: str, on: datetime | None, why: str) -> None:
    """Let the paused and handed-off sequences of EMAIL go on."""
    asyncio.run(_resume(ctx, email, on.date() if on else None, why))


async def _resume(ctx: click.Context, email: str, on: date | None, why: str) -> None:
    from nurture.wiring import conversations, known_contact, opened

    async with opened(ctx.obj.config) as world:
        contact, now = await known_contact(world, email), world.clock.now()
        start = max(at_wall_time(on, time(0), world.zone), now) if on else now
        count = await world.store.desk.resume(contact.id, start, why, now)
        waiting = [
            talk.handoff.id for talk in await conversations(world) if talk.contact.id == contact.id
        ]
    if not count:
        warn(f"nurture: nothing of {contact.address} is paused or handed off")
        ctx.exit(FINDINGS)
    click.echo(f"{contact.address}: {count} resumed, from {in_zone(start, world.zone)}")
    for handoff in waiting:
        click.echo(f"handoff {handoff} is still open: nurture handoffs close {handoff}")
