"""`nurture resume`: a human returns a contact, or all sending, to the machine."""

import asyncio
from datetime import date, datetime, time
from typing import TYPE_CHECKING

import click

from nurture.cli.output import FINDINGS, fail, in_zone, warn
from nurture.core.calendar import at_wall_time
from nurture.core.halt import HaltKind

if TYPE_CHECKING:
    from nurture.flows.reconcile import Reconciled
    from nurture.wiring.world import World

_GONE_ANSWERS = (
    "answers that you moved out of the inbox since the backup are not seen: if somebody wrote, "
    "stop them before the next mail is due (nurture status shows when)"
)


@click.command()
@click.argument("email", required=False)
@click.option("--all", "everything", is_flag=True, help="Lift `nurture stop-all`.")
@click.option(
    "--reconcile", is_flag=True,
    help="Read Sent for what a restored database has forgotten, then let it send.",
)  # fmt: skip
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Not before this day [default: now].")
@click.option("--why", default="the owner said so", help="The reason, for the ledger.")
@click.pass_context
def resume(
    ctx: click.Context,
    email: str | None,
    on: datetime | None,
    why: str,
    *,
    everything: bool,
    reconcile: bool,
) -> None:
    """Let the paused and handed-off sequences of EMAIL go on; or all sending.

    After `nurture restore`, or in a copied database, say --reconcile: every mail in Sent that the
    database does not know counts as sent, or pauses its contact for you.
    """
    if sum((email is not None, everything, reconcile)) != 1:
        fail("say one of: nurture resume EMAIL, nurture resume --all, nurture resume --reconcile")
    if on and email is None:
        fail("--on belongs to one EMAIL")
    if email is not None:
        asyncio.run(_resume(ctx, email, on.date() if on else None, why))
    elif everything:
        asyncio.run(_lift(ctx, why))
    else:
        asyncio.run(_reconcile(ctx, why))


async def _resume(ctx: click.Context, email: str, on: date | None, why: str) -> None:
    from nurture.wiring.known import conversations, known_contact
    from nurture.wiring.world import opened

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


async def _lift(ctx: click.Context, why: str) -> None:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        was_stopped = await world.store.switch.lift(HaltKind.STOPPED, why, world.clock.now())
        if not was_stopped:
            warn("nobody had stopped all sending")
        if await _goes_on(world) and was_stopped:
            return
    ctx.exit(FINDINGS)


async def _reconcile(ctx: click.Context, why: str) -> None:
    from nurture.wiring.house import reconcile_all
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config, with_passwords=True) as world:
        since = [
            each.since
            for each in await world.store.switch.halts()
            if each.kind is HaltKind.RESTORED
        ]
        if not since:
            click.echo("the database was not restored: there is nothing to reconcile", err=True)
            ctx.exit(FINDINGS)
        async for name, found in reconcile_all(world, since[0]):
            _show(name, found)
        await world.store.switch.lift(HaltKind.RESTORED, why, world.clock.now())
        warn(f"nurture: {_GONE_ANSWERS}")
        if not await _goes_on(world):
            ctx.exit(FINDINGS)


async def _goes_on(world: "World") -> bool:
    """Whether nothing else keeps nurture from sending; says so, or what does."""
    others = await world.store.switch.halts()
    for halt in others:
        warn(f"nothing is sent all the same: {halt}")
    if not others:
        click.echo("sending goes on")
    return not others


def _show(name: str, found: "Reconciled") -> None:
    click.echo(f"{name}: {found.read} mails in Sent were compared")
    for address in found.recalled:
        click.echo(f"  counts as sent: a mail to {address}")
    for address in found.doubted:
        click.echo(f"  paused, look what they were sent: {address}")
    for address in found.unknown:
        click.echo(f"  written to by nurture, and unknown to this database: {address}")
