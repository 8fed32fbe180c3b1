"""`nurture handoffs take`, `release`, `wait`, `snooze`: who has a conversation, and until when."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING

import click

from nurture.cli.output import FINDINGS, fail, in_zone, warn

if TYPE_CHECKING:
    from nurture.core.handoff import Handoff
    from nurture.flows.work_handoff import Workdesk
    from nurture.ports import Acted

Verb = Callable[["Workdesk", "Handoff", str, datetime], Awaitable["Acted"]]
Words = Callable[["Acted", str], str]

DAY = click.DateTime(["%Y-%m-%d"])
AS = click.option("--as", "who", default="", metavar="NAME", help="Who does it [the owner].")
_HANDOFF = click.argument("handoff", type=int)


def work(ctx: click.Context, handoff: int, who: str, verb: Verb, words: Words) -> None:
    """Does it and says so; what cannot be done is told, with exit code 1 (2 for no such one)."""
    click.echo(asyncio.run(_work(ctx, handoff, who, verb, words)))


async def _work(ctx: click.Context, number: int, who: str, verb: Verb, words: Words) -> str:
    from nurture.wiring.known import workdesk_of
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        desk, now = workdesk_of(world), world.clock.now()
        handoff = await desk.desk.handoff(number)
        if handoff is None:
            fail(f"there is no handoff {number}: see `nurture handoffs --all`")
        account = world.accounts.get(handoff.account)
        name = who or (account.owner.name if account else "the owner")
        acted = await verb(desk, handoff, name, now)
        if acted.objection:
            warn(f"nurture: {acted.objection}; see `nurture handoffs --all`")
            ctx.exit(FINDINGS)
        return words(acted, account.owner.zone if account else world.zone)


def _until(acted: "Acted", zone: str) -> str:
    return in_zone(acted.handoff.until if acted.handoff else None, zone)


@click.command("take")
@_HANDOFF
@AS
@click.pass_context
def take(ctx: click.Context, handoff: int, who: str) -> None:
    """Say that you answer this one; of two who say so, one is told no.

    It is yours for four working hours; your answer, seen in Sent, makes it their turn.
    """
    from nurture.flows.work_handoff import take_handoff

    def words(acted: "Acted", zone: str) -> str:
        close = f"answer them, then `nurture handoffs close {handoff}`"
        return f"handoff {handoff} is yours until {_until(acted, zone)}: {close}"

    work(ctx, handoff, who, lambda desk, it, name, now: take_handoff(desk, it.id, name, now), words)


@click.command("release")
@_HANDOFF
@AS
@click.pass_context
def release(ctx: click.Context, handoff: int, who: str) -> None:
    """Give it back: somebody else has to look."""
    from nurture.flows.work_handoff import give_back_handoff

    work(
        ctx, handoff, who,
        lambda desk, it, name, now: give_back_handoff(desk, it.id, name, now),
        lambda _acted, _zone: f"handoff {handoff} is open again",
    )  # fmt: skip


@click.command("wait")
@_HANDOFF
@click.option("--until", type=DAY, metavar="DATE", help="Bring it back where they stay silent.")
@AS
@click.pass_context
def wait(ctx: click.Context, handoff: int, until: datetime | None, who: str) -> None:
    """Say that you answered by other means than mail: it is their turn.

    An answer by mail is seen in Sent, whatever you wrote it with.
    """
    from nurture.flows.work_handoff import await_contact, morning_of

    async def verb(desk: "Workdesk", it: "Handoff", name: str, now: datetime) -> "Acted":
        end = morning_of(desk, it.account, until.date()) if until else None
        return await await_contact(desk, it.id, name, end, now)

    def words(acted: "Acted", zone: str) -> str:
        end = _until(acted, zone)
        return f"handoff {handoff} waits for them" + (f", until {end} at most" if end else "")

    work(ctx, handoff, who, verb, words)


@click.command("snooze")
@_HANDOFF
@click.argument("date", type=DAY)
@AS
@click.pass_context
def snooze(ctx: click.Context, handoff: int, date: datetime, who: str) -> None:
    """Put it off until DATE, or until they write again."""
    from nurture.flows.work_handoff import morning_of, snooze_handoff

    async def verb(desk: "Workdesk", it: "Handoff", name: str, now: datetime) -> "Acted":
        end = morning_of(desk, it.account, date.date())
        return await snooze_handoff(desk, it.id, name, end, now)

    work(
        ctx, handoff, who, verb,
        lambda acted, zone: f"handoff {handoff} comes back {_until(acted, zone)}",
    )  # fmt: skip
