"""`nurture tasks`: what only you can do for somebody."""

import asyncio
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nurture.cli import tasks_writing
from nurture.cli.day import today_of
from nurture.cli.output import FINDINGS, fail, in_zone, json_lines, table, warn
from nurture.core.task import Task, TaskMove, TaskState, whereabouts

if TYPE_CHECKING:
    from nurture.core.contact import Contact
    from nurture.wiring.world import World


@click.group(invoke_without_command=True)
@click.option("--all", "show_all", is_flag=True, help="Settled ones too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option(
    "--ics", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="FILE",
    help="Write them as iCalendar instead, - for stdout.",
)  # fmt: skip
@click.option("--as-days", is_flag=True, help="With --ics: days of the calendar, not to-dos.")
@click.option("--url", is_flag=True, help="Show where the running daemon has that calendar.")
@click.pass_context
def tasks(
    ctx: click.Context, show_all: bool, as_json: bool, ics: Path | None, as_days: bool, url: bool
) -> None:
    """List what there is to do, the earliest due first."""
    if ctx.invoked_subcommand is not None:
        return
    if url:
        asyncio.run(_urls(ctx))
    elif ics is not None:
        text = asyncio.run(_calendar(ctx, show_all=show_all, as_days=as_days))
        _put(text, ics)
    else:
        asyncio.run(_list(ctx, show_all=show_all, as_json=as_json))


for each in ("add", "move", "offered", "accept", "reject"):
    tasks.add_command(getattr(tasks_writing, each))


async def _calendar(ctx: click.Context, *, show_all: bool, as_days: bool) -> str:
    from nurture.agenda import calendar_of
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        return await calendar_of(world, show_all=show_all, as_days=as_days)


def _put(text: str, file: Path) -> None:
    if str(file) == "-":
        click.echo(text.encode(), nl=False)
        return
    try:
        file.write_bytes(text.encode())
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}")
    click.echo(f"{file} is written: {text.count('BEGIN:V') - 1} tasks")


async def _urls(ctx: click.Context) -> None:
    from nurture.agenda import paths_of
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        listen = world.settings.watch
        paths = paths_of(world)
    if not listen:
        fail('nowhere: write `[watch] listen = "127.0.0.1:9478"` into nurture.toml')
    for path in paths:
        click.echo(f"http://{listen}{path}")
    click.echo("whoever has this address reads your tasks: keep it to yourself", err=True)


async def _list(ctx: click.Context, *, show_all: bool, as_json: bool) -> None:
    from nurture.wiring.world import opened

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
        "phone": contact.phone,
        "address": whereabouts(contact),
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
    from nurture.wiring.world import opened

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
        ("address", whereabouts(contact)),
        ("how", task.channel),
        ("due", f"{task.due_on} {_mark(task, today)}"),
        ("sequence", f"{task.sequence}, step {task.step}" if task.sequence else ""),
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
    from nurture.wiring.world import opened

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
