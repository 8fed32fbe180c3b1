"""`nurture handoffs`: the conversations that belong to a person."""

import asyncio

import click

from nurture.cli.output import FINDINGS, fail, in_zone, json_lines, table
from nurture.core.handoff import Handoff, Outcome


@click.group(invoke_without_command=True)
@click.option("--all", "show_all", is_flag=True, help="Closed ones too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def handoffs(ctx: click.Context, show_all: bool, as_json: bool) -> None:
    """List who waits for a human answer, the longest wait first."""
    if ctx.invoked_subcommand is None:
        asyncio.run(_list(ctx, show_all=show_all, as_json=as_json))


async def _list(ctx: click.Context, *, show_all: bool, as_json: bool) -> None:
    from nurture.wiring import opened

    async with opened(ctx.obj.config) as world:
        rows = []
        for each in await world.store.desk.handoffs(open_only=not show_all):
            contact = await world.store.people.contact_by_id(each.contact_id)
            rows.append((each, contact.address if contact else "(erased)"))
    if as_json:
        json_lines(_plain(each, address) for each, address in rows)
        return
    table(
        ("id", "contact", "state", "since", "why", "outcome"),
        (
            (e.id, address, e.state, in_zone(e.opened_at, world.zone), e.reason, e.outcome or "")
            for e, address in rows
        ),
        empty="nobody waits for you",
    )


def _plain(each: Handoff, address: str) -> dict[str, object]:
    return {
        "handoff": each.id,
        "contact": address,
        "state": str(each.state),
        "why": each.reason,
        "opened_at": each.opened_at,
        "outcome": str(each.outcome or ""),
    }


@handoffs.command("take")
@click.argument("handoff", type=int)
@click.pass_context
def take(ctx: click.Context, handoff: int) -> None:
    """Say that you answer this one; of two who say so, one is told no."""
    if not asyncio.run(_take(ctx, handoff)):
        click.echo(f"handoff {handoff} is not open: see `nurture handoffs`", err=True)
        ctx.exit(FINDINGS)
    click.echo(f"handoff {handoff} is yours")


async def _take(ctx: click.Context, handoff: int) -> bool:
    from nurture.wiring import opened

    async with opened(ctx.obj.config) as world:
        return await world.store.desk.take(handoff, world.clock.now())


@handoffs.command("close")
@click.argument("handoff", type=int)
@click.option(
    "--outcome", type=click.Choice([str(each) for each in Outcome]), default="done",
    help="How it ended.",
)  # fmt: skip
@click.pass_context
def close(ctx: click.Context, handoff: int, outcome: str) -> None:
    """Close a handoff; no mail goes out by itself (`nurture resume` returns the contact)."""
    if not asyncio.run(_close(ctx, handoff, Outcome(outcome))):
        fail(f"there is no open handoff {handoff}: see `nurture handoffs`")
    click.echo(f"handoff {handoff} is closed: {outcome.replace('_', ' ')}")


async def _close(ctx: click.Context, handoff: int, outcome: Outcome) -> bool:
    from nurture.wiring import opened

    async with opened(ctx.obj.config) as world:
        desk, now = world.store.desk, world.clock.now()
        talk = await desk.conversation(handoff)
        if outcome is Outcome.OPTED_OUT and talk:
            await world.store.people.suppress(talk.contact.address, "opted out", now)
        return await desk.close(handoff, outcome, now)
