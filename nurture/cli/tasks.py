"""`nurture tasks`: what only you can do for somebody."""

import asyncio
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from nurture.cli.output import FINDINGS, fail, in_zone, json_lines, table, warn
from nurture.core.task import Task, TaskMove, TaskState

if TYPE_CHECKING:
    from nurture.core.contact import Contact
    from nurture.wiring import World


@click.group(invoke_without_command=True)
@click.option("--all", "show_all", is_flag=True, help="Settled ones too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def tasks(ctx: click.Context, show_all: bool, as_json: bool) -> None:
    """List what there is to do, the earliest due first."""
    if ctx.invoked_subcommand is None:
        asyncio.run(_list(ctx, show_all=show_all, as_json=as_json))


async def _list(ctx: click.Context, *, show_all: bool, as_json: bool) -> None:
    from nurture.wiring import opened

    async with opened(ctx.obj.config) as world:
        found = await world.store.tasks.tasks(open_only=not show_all)
        today = {name: today_of(world, name) for name in {task.account for task, _ in found}}
    if as_json:
        json_lines(_plain(task, who, today[task.account]) for task, who in found)
        return
    table(
        ("id", "due", "", "what", "contact", "to do", "sequence"),
        (
            (task.id, task.due_on, _mark(task, today[task.account]), task.channel, who.address,
             task.title, task.sequence)
            for task, who in found
        ),
        empty="there is nothing for you to do",
    )  # fmt: skip
    if found:
        click.echo("\nMore: nurture tasks show ID; then: nurture tasks done ID, or skip ID")


def today_of(world: "World", account: str) -> date:
    """The date where the owner of this account is."""
    known = world.accounts.get(account)
    zone = known.owner.zone if known else world.zone
    return world.clock.now().astimezone(ZoneInfo(zone)).date()


def is_overdue(task: Task, today: date) -> bool:
    """Whether its day has gone by and nobody has settled it."""
    return task.state is TaskState.OPEN and task.due_on < today


def _mark(task: Task, today: date) -> str:
    if task.state is not TaskState.OPEN:
        return task.state
    return "overdue" if is_overdue(task, today) else ""


def _plain(task: Task, contact: "Contact", today: date) -> dict[str, object]:
    return {
        "task": task.id,
        "due_on": task.due_on,
        "is_overdue": is_overdue(task, today),
        "state": str(task.state),
        "channel": str(task.channel),
        "contact": contact.address,
        "title": task.title,
        "text": task.text,
        "sequence": task.sequence,
        "step": task.step,
        "blocks": task.blocks,
        "why": task.why,
        "done_at": task.done_at,
        "note": task.note,
    }


@tasks.command("show")
@click.argument("task", type=int)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def show(ctx: click.Context, task: int, as_json: bool) -> None:
    """Show one task in full: the words, who it is for, and why."""
    asyncio.run(_show(ctx, task, as_json=as_json))


async def _show(ctx: click.Context, number: int, *, as_json: bool) -> None:
    from nurture.wiring import opened

    async with opened(ctx.obj.config) as world:
        task = await world.store.tasks.task(number)
        contact = await world.store.people.contact_by_id(task.contact_id) if task else None
        if task is None or contact is None:
            fail(f"there is no task {number}: see `nurture tasks --all`")
        today = today_of(world, task.account)
    if as_json:
        json_lines([_plain(task, contact, today)])
        return
    click.echo(f"{task.title}\n")
    facts = (
        ("for", f"{contact.name} <{contact.address}>"),
        ("phone", contact.phone),
        ("how", task.channel),
        ("due", f"{task.due_on} {_mark(task, today)}"),
        ("sequence", f"{task.sequence}, step {task.step}"),
        ("because", task.why),
        ("waits for it", "the rest of the sequence" if task.blocks else ""),
        ("settled", in_zone(task.done_at, world.zone)),
        ("note", task.note),
    )
    table(("", ""), [(name, said) for name, said in facts if said])
    if task.text != task.title:
        click.echo(f"\n{task.text}")


@tasks.command("done")
@click.argument("task", type=int)
@click.option("--note", default="", help="What came of it, for the ledger.")
@click.pass_context
def done(ctx: click.Context, task: int, note: str) -> None:
    """Say that you did it; what waited for it goes on, and its next wait counts from now."""
    _settle(ctx, task, TaskMove.FINISHED, note)


@tasks.command("skip")
@click.argument("task", type=int)
@click.option("--note", default="", help="Why not, for the ledger.")
@click.pass_context
def skip(ctx: click.Context, task: int, note: str) -> None:
    """Say that it shall not be done; what waited for it goes on all the same."""
    _settle(ctx, task, TaskMove.PASSED_OVER, note)


def _settle(ctx: click.Context, number: int, by: TaskMove, note: str) -> None:
    before, ahead = asyncio.run(_finish(ctx, number, by, note))
    if before is None:
        warn(f"nurture: task {number} is not open: see `nurture tasks --all`")
        ctx.exit(FINDINGS)
    said = "done" if by is TaskMove.FINISHED else "skipped"
    click.echo(f"task {number} is {said}: {before.title}{ahead}")


async def _finish(
    ctx: click.Context, number: int, by: TaskMove, note: str
) -> tuple[Task | None, str]:
    from nurture.flows.finish_task import Workbench, finish_task
    from nurture.wiring import opened

    async with opened(ctx.obj.config) as world:
        store = world.store
        bench = Workbench(
            store.tasks, store.people, store.outgoing, world.shelf, world.accounts, world.clock
        )
        before = await finish_task(bench, number, by, note)
        return before, await _ahead(world, before) if before and before.blocks else ""


async def _ahead(world: "World", task: Task) -> str:
    """What the walk that waited goes on to."""
    walks = await world.store.outgoing.walks([task.contact_id])
    for walk in walks.get(task.contact_id, ()):
        if walk.id == task.enrollment_id and walk.due_at:
            return f"; {task.sequence} goes on with {walk.position!r}"
    return ""
