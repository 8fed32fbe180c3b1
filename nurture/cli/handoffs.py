"""`nurture handoffs`: the conversations that belong to a person."""

import asyncio
from textwrap import shorten
from typing import TYPE_CHECKING

import click

from nurture.cli.handoffs_close import close
from nurture.cli.handoffs_work import release, snooze, take, wait
from nurture.cli.output import fail, in_zone, json_lines, table

if TYPE_CHECKING:
    from nurture.ports import Conversation

_GLIMPSE = 60  # letters of their words; the brief, and --json, hold all
_ALL = click.option("--all", "show_all", is_flag=True, help="Closed ones too.")
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


@click.group(invoke_without_command=True)
@_ALL
@_JSON
@click.pass_context
def handoffs(ctx: click.Context, show_all: bool, as_json: bool) -> None:
    """List who waits for a human answer, the longest wait first; work on one by its id."""
    if ctx.invoked_subcommand is None:
        asyncio.run(_list(ctx, show_all=show_all, as_json=as_json))


for command in (take, release, wait, snooze, close):
    handoffs.add_command(command)


@handoffs.command("list")
@_ALL
@_JSON
@click.pass_context
def list_(ctx: click.Context, show_all: bool, as_json: bool) -> None:
    """The same as without a word."""
    asyncio.run(_list(ctx, show_all=show_all, as_json=as_json))


@handoffs.command("show")
@click.argument("handoff", type=int)
@_JSON
@click.pass_context
def show(ctx: click.Context, handoff: int, as_json: bool) -> None:
    """Show the brief: their words, who they are, and what was said before."""
    asyncio.run(_show(ctx, handoff, as_json=as_json))


async def _list(ctx: click.Context, *, show_all: bool, as_json: bool) -> None:
    from nurture.wiring.known import conversations
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        talks = await conversations(world, open_only=not show_all)
    if as_json:
        json_lines(_plain(talk) for talk in talks)
        return
    table(
        ("id", "contact", "state", "since", "who", "until", "why", "they wrote", "outcome"),
        (
            (
                talk.handoff.id,
                talk.contact.address,
                talk.handoff.state,
                in_zone(talk.handoff.opened_at, world.zone),
                talk.handoff.taken_by,
                in_zone(talk.handoff.until or talk.handoff.remind_at, world.zone),
                talk.handoff.reason,
                shorten(talk.inbound_text, _GLIMPSE, placeholder=" ..."),
                _outcome(talk),
            )
            for talk in talks
        ),
        empty="nobody waits for you",
    )


async def _show(ctx: click.Context, number: int, *, as_json: bool) -> None:
    from nurture.flows.tell import brief_of
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        talk = await world.store.desk.conversation(number)
        if talk is None:
            fail(f"there is no handoff {number}: see `nurture handoffs --all`")
        account = world.account(talk.handoff.account)
        if as_json:
            json_lines([_plain(talk)])
            return
        click.echo(brief_of(account, talk, world.clock.now()), nl=False)


def _outcome(talk: "Conversation") -> str:
    handoff = talk.handoff
    if handoff.outcome is None or not handoff.is_finished:
        return ""
    amount = "" if handoff.amount is None else f" {handoff.amount}"
    return f"{handoff.outcome}{amount}"


def _plain(talk: "Conversation") -> dict[str, object]:
    handoff = talk.handoff
    return {
        "handoff": handoff.id,
        "contact": talk.contact.address,
        "state": str(handoff.state),
        "why": handoff.reason,
        "urgency": str(handoff.urgency),
        "subject": talk.inbound_subject,
        "text": talk.inbound_text,
        "opened_at": handoff.opened_at,
        "asked_at": handoff.asked_at,
        "answered_at": handoff.answered_at,
        "who": handoff.taken_by,
        "until": handoff.until,
        "closed_at": handoff.closed_at,
        "outcome": str(handoff.outcome or ""),
        "amount": handoff.amount,
        "note": handoff.note,
        "remind_at": handoff.remind_at,
        "follows": handoff.follows,
    }
