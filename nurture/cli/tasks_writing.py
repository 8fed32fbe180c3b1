"""`nurture tasks add, move, offered, accept, reject`: what you give yourself to do."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from nurture.cli.day import read_day, today_of, workdays_of
from nurture.cli.output import FINDINGS, fail, json_lines, table, warn
from nurture.core.task import Channel, own_task

if TYPE_CHECKING:
    from datetime import date

    from nurture.core.contact import Contact
    from nurture.core.promise import Promise
    from nurture.wiring.world import World

_CHANNELS = [str(each) for each in Channel]
_NOT_OPEN = "is not open: see `nurture tasks --all`"


@click.command("add")
@click.argument("email")
@click.argument("text")
@click.option("--due", required=True, metavar="DAY", help="2026-12-01, Friday, 3 business days ...")
@click.option(
    "--as", "channel", type=click.Choice(_CHANNELS), default="task", show_default=True,
    help="What it is; all but a task count as contact when done.",
)  # fmt: skip
@click.pass_context
def add(ctx: click.Context, email: str, text: str, due: str, channel: str) -> None:
    """Give yourself something to do for EMAIL."""
    if not text.strip():
        fail("say what is to be done")
    asyncio.run(_add(ctx, email, text.strip(), due, Channel(channel)))


async def _add(ctx: click.Context, email: str, text: str, due: str, channel: Channel) -> None:
    from nurture.wiring.known import known_contact
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        contact = await known_contact(world, email)
        account = contact.account or next(iter(world.accounts), "")
        day = read_day(due, today_of(world, account), workdays_of(world, account))
        title = text.partition("\n")[0]
        task = own_task(contact, account, title, day, world.clock.now())
        number = await world.store.tasks.add(replace(task, text=text, channel=channel))
    click.echo(f"task {number}, due on {day:%a} {day}: {title}")


@click.command("move")
@click.argument("task", type=int)
@click.argument("day")
@click.option("--why", default="", help="The reason, for the ledger.")
@click.pass_context
def move(ctx: click.Context, task: int, day: str, why: str) -> None:
    """Put a task off, or bring it forward, to DAY: 2026-12-01, Friday, 3 business days."""
    asyncio.run(_move(ctx, task, day, why))


async def _move(ctx: click.Context, number: int, written: str, why: str) -> None:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        task = await world.store.tasks.task(number)
        account = task.account if task else ""
        day = read_day(written, today_of(world, account), workdays_of(world, account))
        moved = await world.store.tasks.move(number, day, why, world.clock.now())
    if not moved:
        warn(f"nurture: task {number} {_NOT_OPEN}")
        ctx.exit(FINDINGS)
    click.echo(f"task {number} is due on {day:%a} {day} now")


@click.command("offered")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def offered(ctx: click.Context, as_json: bool) -> None:
    """List what you promised in your own mail, until you accept or reject it as a task."""
    asyncio.run(_offered(ctx, as_json=as_json))


async def _offered(ctx: click.Context, *, as_json: bool) -> None:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        found = await world.store.promises.promises()
    if as_json:
        json_lines(_plain(promise, who) for promise, who in found)
        return
    table(
        ("id", "due", "contact", "you wrote"),
        (
            (each.id, f"{each.due_on}{'' if each.is_dated else '?'}", who.address, each.sentence)
            for each, who in found
        ),
        empty="no promise of yours waits for a word",
    )
    if found:
        click.echo("\nMore: nurture tasks accept ID, or reject ID; a day with ? is our guess")


def _plain(promise: "Promise", contact: "Contact") -> dict[str, object]:
    return {
        "promise": promise.id,
        "due_on": promise.due_on,
        "is_dated": promise.is_dated,
        "contact": contact.address,
        "sentence": promise.sentence,
        "said_at": promise.said_at,
    }


@click.command("accept")
@click.argument("promise", type=int)
@click.option("--due", metavar="DAY", help="Another day than the one offered.")
@click.pass_context
def accept(ctx: click.Context, promise: int, due: str | None) -> None:
    """Make a task of a promise that `offered` lists."""
    asyncio.run(_accept(ctx, promise, due))


async def _accept(ctx: click.Context, number: int, due: str | None) -> None:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        day = await _day_for(world, number, due) if due else None
        task_id = await world.store.promises.accept(number, day, world.clock.now())
        task = await world.store.tasks.task(task_id) if task_id else None
    if task is None:
        warn(f"nurture: promise {number} is not open: see `nurture tasks offered`")
        ctx.exit(FINDINGS)
    click.echo(f"task {task.id}, due on {task.due_on:%a} {task.due_on}: {task.title}")


async def _day_for(world: "World", number: int, due: str) -> "date":
    found = {each.id: each for each, _ in await world.store.promises.promises()}
    account = found[number].account if number in found else ""
    return read_day(due, today_of(world, account), workdays_of(world, account))


@click.command("reject")
@click.argument("promise", type=int)
@click.pass_context
def reject(ctx: click.Context, promise: int) -> None:
    """Say that a sentence was no promise, or is kept already."""
    if not asyncio.run(_reject(ctx, promise)):
        warn(f"nurture: promise {promise} is not open: see `nurture tasks offered`")
        ctx.exit(FINDINGS)
    click.echo(f"promise {promise} is off the list")


async def _reject(ctx: click.Context, number: int) -> bool:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        return await world.store.promises.reject(number)
