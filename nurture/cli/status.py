"""`nurture status`: what the owner should know at a glance."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

import click

from nurture.cli.output import FINDINGS, in_zone, json_lines, table, warn

if TYPE_CHECKING:
    from nurture.core.enrollment import Enrollment
    from nurture.wiring import World

_SHOWN = 20  # what is due later is for `nurture why`


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Show accounts and when they were read, what is due, what is held and why, open handoffs.

    Exit code 1 where something needs a person.
    """
    if asyncio.run(_status(ctx, as_json=as_json)):
        ctx.exit(FINDINGS)


async def _status(ctx: click.Context, *, as_json: bool) -> bool:
    from nurture.wiring import opened

    async with opened(ctx.obj.config) as world:
        accounts = [await _account(world, name) for name in world.accounts]
        desk = world.store.desk
        due = [_walk(walk, who.address, "due") for walk, who in await desk.upcoming()]
        held = [_walk(walk, who.address, "held") for walk, who in await desk.held()]
        handoffs = [
            {"kind": "handoff", "id": each.id, "state": str(each.state), "why": each.reason,
             "since": each.opened_at}
            for each in await desk.handoffs()
        ]  # fmt: skip
        uncertain = [
            {"kind": "uncertain", "id": touch.id, "step": touch.step, "subject": touch.subject}
            for name in world.accounts
            for touch in await world.store.outgoing.uncertain(name)
        ]
        quarantined = await desk.quarantined()
        if as_json:
            json_lines([*accounts, *due, *held, *handoffs, *uncertain])
            json_lines([{"kind": "quarantined", "count": quarantined}])
        else:
            _show(world.zone, accounts, due, held, handoffs, uncertain)
            if quarantined:
                click.echo(f"\n{quarantined} mails could not be read and wait for a person")
        for problem in world.problems:
            warn(f"nurture: {problem}")
        deaf = any(not each["can_send"] for each in accounts)
        return bool(held or handoffs or uncertain or quarantined or world.problems or deaf)


async def _account(world: "World", name: str) -> dict[str, object]:
    account, now = world.accounts[name], world.clock.now()
    state = await world.store.accounts.state(name)
    can_send, why = True, ""
    if state.read_started_at is None:
        can_send, why = False, "its inbox was never read: is `nurture run` running?"
    elif now - state.read_started_at > account.limits.unheard_after * 2:
        can_send, why = False, "its inbox was not read lately, so nothing is sent"
    elif state.resting_until and state.resting_until > now:
        can_send, why = False, state.resting_why
    return {
        "kind": "account",
        "account": name,
        "address": account.address,
        "read_at": state.read_started_at,
        "can_send": can_send,
        "why": why,
        "worker": state.worker,
    }


def _walk(walk: "Enrollment", address: str, kind: str) -> dict[str, object]:
    return {
        "kind": kind,
        "contact": address,
        "sequence": walk.sequence,
        "step": walk.position,
        "state": str(walk.state),
        "due_at": walk.due_at,
        "why": walk.held_why,
    }


def _show(
    zone: str,
    accounts: list[dict[str, object]],
    due: list[dict[str, object]],
    held: list[dict[str, object]],
    handoffs: list[dict[str, object]],
    uncertain: list[dict[str, object]],
) -> None:
    def when(at: object) -> str:
        return in_zone(at, zone) if isinstance(at, datetime) else ""

    click.echo(f"Accounts (times in {zone})")
    table(
        ("account", "last read", "can send", "why not"),
        (
            (each["account"], when(each["read_at"]), "yes" if each["can_send"] else "no",
             each["why"])
            for each in accounts
        ),
    )  # fmt: skip
    click.echo("\nNext due")
    table(
        ("due", "contact", "sequence", "step", "waits because"),
        (
            (when(e["due_at"]), e["contact"], e["sequence"], e["step"], e["why"])
            for e in due[:_SHOWN]
        ),
        empty="nothing is due",
    )
    if held:
        click.echo("\nHeld, and why")
        table(
            ("contact", "sequence", "step", "state", "why"),
            ((e["contact"], e["sequence"], e["step"], e["state"], e["why"]) for e in held),
        )
    if handoffs:
        click.echo("\nOpen handoffs: somebody waits for you")
        table(
            ("id", "state", "since", "why"),
            ((e["id"], e["state"], when(e["since"]), e["why"]) for e in handoffs),
        )
    if uncertain:
        click.echo("\nUncertain: sent or not? See `nurture uncertain`")
        table(("touch", "step", "subject"), ((e["id"], e["step"], e["subject"]) for e in uncertain))
