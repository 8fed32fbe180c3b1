"""`nurture handoffs`: the conversations that belong to a person."""

import asyncio
from textwrap import shorten
from typing import TYPE_CHECKING

import click

from nurture.cli.output import FINDINGS, fail, in_zone, json_lines, table, warn
from nurture.core.handoff import Outcome

if TYPE_CHECKING:
    from nurture.ports import Conversation

_GLIMPSE = 60  # letters of their words; the brief, and --json, hold all


@click.group(invoke_without_command=True)
@click.option("--all", "show_all", is_flag=True, help="Closed ones too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def handoffs(ctx: click.Context, show_all: bool, as_json: bool) -> None:
    """List who waits for a human answer, the longest wait first."""
    if ctx.invoked_subcommand is None:
        asyncio.run(_list(ctx, show_all=show_all, as_json=as_json))


async def _list(ctx: click.Context, *, show_all: bool, as_json: bool) -> None:
    from nurture.wiring import conversations, opened

    async with opened(ctx.obj.config) as world:
        talks = await conversations(world, open_only=not show_all)
    if as_json:
        json_lines(_plain(talk) for talk in talks)
        return
    table(
        ("id", "contact", "state", "since", "why", "they wrote", "outcome"),
        (
            (
                talk.handoff.id,
                talk.contact.address,
                talk.handoff.state,
                in_zone(talk.handoff.opened_at, world.zone),
                talk.handoff.reason,
                shorten(talk.inbound_text, _GLIMPSE, placeholder=" ..."),
                talk.handoff.outcome or "",
            )
            for talk in talks
        ),
        empty="nobody waits for you",
    )


def _plain(talk: "Conversation") -> dict[str, object]:
    return {
        "handoff": talk.handoff.id,
        "contact": talk.contact.address,
        "state": str(talk.handoff.state),
        "why": talk.handoff.reason,
        "subject": talk.inbound_subject,
        "text": talk.inbound_text,
        "opened_at": talk.handoff.opened_at,
        "outcome": str(talk.handoff.outcome or ""),
    }


@handoffs.command("take")
@click.argument("handoff", type=int)
@click.pass_context
def take(ctx: click.Context, handoff: int) -> None:
    """Say that you answer this one; of two who say so, one is told no."""
    if not asyncio.run(_take(ctx, handoff)):
        warn(f"nurture: handoff {handoff} is not open: see `nurture handoffs --all`")
        ctx.exit(FINDINGS)
    click.echo(f"handoff {handoff} is yours: answer them, then `nurture handoffs close {handoff}`")


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
    ends = "; their sequences have ended" if outcome == Outcome.WON else ""
    click.echo(f"handoff {handoff} is closed: {outcome.replace('_', ' ')}{ends}")


async def _close(ctx: click.Context, handoff: int, outcome: Outcome) -> bool:
    from nurture.wiring import opened

    async with opened(ctx.obj.config) as world:
        desk, now = world.store.desk, world.clock.now()
        talk = await desk.conversation(handoff)
        if outcome is Outcome.OPTED_OUT and talk:
            await world.store.people.suppress(talk.contact.address, "opted out", now)
        return await desk.close(handoff, outcome, now)
