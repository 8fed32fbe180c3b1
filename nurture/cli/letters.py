"""`nurture letters`: letters on paper, from the list to the letter box."""

import asyncio
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

import click

from nurture.cli.day import today_of
from nurture.cli.letters_print import DAY, print_, shop_of, until_of, week_option
from nurture.cli.output import FINDINGS, fail, json_lines, table, warn
from nurture.core.calendar import local_day
from nurture.core.task import Task, TaskMove
from nurture.errors import Misconfigured

if TYPE_CHECKING:
    from nurture.paper.pile import Laid
    from nurture.wiring.world import World

_NOON: Final = time(12)


@click.group(invoke_without_command=True)
@week_option
@click.option("--all", "show_all", is_flag=True, help="Posted and skipped ones too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def letters(ctx: click.Context, week: str | None, show_all: bool, as_json: bool) -> None:
    """List letters that are to be printed or posted, by the week in which they are due.

    Withdrawn are those whose people answered or objected meanwhile: take them out of the pile.
    """
    if ctx.invoked_subcommand is None:
        asyncio.run(_list(ctx, week, show_all=show_all, as_json=as_json))


letters.add_command(print_)


async def _list(ctx: click.Context, week: str | None, *, show_all: bool, as_json: bool) -> None:
    from nurture.flows.print_letters import pile
    from nurture.paper.pile import Standing
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        until = until_of(world, week)
        shop = shop_of(world)
        found = await pile(shop, date.min if show_all else None)
    settled = {Standing.POSTED, Standing.SKIPPED}
    shown = [
        each
        for each in found
        if (show_all or each.standing not in settled)
        and (until is None or each.task.due_on <= until)
    ]
    if as_json:
        json_lines(map(_plain, shown))
        return
    table(
        ("id", "due", "week", "", "to", "country", "dated", "because"),
        map(_row, shown),
        empty="there is no letter to print or to post",
    )
    if any(each.standing.is_for_the_post for each in shown):
        click.echo("\nPrint: nurture letters print; once they are in the post: nurture letters")
        click.echo("posted --all, or posted ID...")


def _row(laid: "Laid") -> tuple[object, ...]:
    from nurture.paper.pile import week_of

    task, who = laid.task, laid.contact.name
    return (
        task.id, task.due_on, week_of(task.due_on), laid.standing, who, laid.postal.country,
        task.dated_on, laid.why,
    )  # fmt: skip


def _plain(laid: "Laid") -> dict[str, object]:
    from nurture.paper.pile import week_of

    task, letter = laid.task, laid.letter
    return {
        "letter": task.id,
        "due_on": task.due_on,
        "week": week_of(task.due_on),
        "standing": str(laid.standing),
        "why": laid.why,
        "contact": laid.contact.address,
        "name": laid.contact.name,
        "address": list(laid.postal.lines),
        "missing": list(laid.postal.missing),
        "country": laid.postal.country,
        "paper": str(letter.layout.paper) if letter else None,
        "dated_on": task.dated_on,
        "posted_at": task.done_at,
        "account": task.account,
        "sequence": task.sequence,
        "step": task.step,
    }


@letters.command()
@click.argument("numbers", metavar="[ID]...", type=int, nargs=-1)
@click.option("--all", "every", is_flag=True, help="All that were printed and not withdrawn.")
@click.option("--on", type=DAY, help="The day on which they were posted [today].")
@click.pass_context
def posted(ctx: click.Context, numbers: tuple[int, ...], every: bool, on: datetime | None) -> None:
    """Say that letters are in the post: they count as contact, and the waits behind them begin.

    Exits with 1 where one of them is not open any more.
    """
    if bool(numbers) == every:
        fail("name either the letters or --all")
    if not asyncio.run(_post(ctx, numbers, on.date() if on else None)):
        ctx.exit(FINDINGS)


async def _post(ctx: click.Context, numbers: tuple[int, ...], on: date | None) -> bool:
    from nurture.flows.print_letters import pile
    from nurture.paper.pile import Standing
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        found = await pile(shop_of(world, sets=False))
        known = {each.task.id: each for each in found}
        if numbers:
            wanted = [known[number] for number in dict.fromkeys(numbers) if number in known]
        else:
            wanted = [each for each in found if each.standing is Standing.PRINTED]
            for each in found:
                if each.standing is Standing.WITHDRAWN and each.task.dated_on:
                    warn(f"nurture: letter {each.task.id} to {each.contact.name} is withdrawn: "
                         f"{each.why}; take it out of the pile")  # fmt: skip
        instants = {each.task.id: _instant(world, each.task, on) for each in wanted}
        done = [await _post_one(world, each, instants[each.task.id]) for each in wanted]
    unknown = [number for number in numbers if number not in known]
    for number in unknown:
        warn(f"nurture: there is no open letter {number}: see `nurture letters --all`")
    if not wanted and not unknown:
        click.echo("no printed letter waits to be posted")
    return all(done) and not unknown


async def _post_one(world: "World", laid: "Laid", at: datetime) -> bool:
    from nurture.flows.finish_task import Workbench, finish_task

    task, store = laid.task, world.store
    bench = Workbench(
        store.tasks, store.people, store.outgoing, world.shelf, world.accounts, world.clock
    )
    if await finish_task(bench, task.id, TaskMove.FINISHED, "", at) is None:
        warn(f"nurture: letter {task.id} to {laid.contact.name} is {laid.standing}: {laid.why}")
        return False
    zone = world.accounts[task.account].owner.zone if task.account in world.accounts else world.zone
    day = local_day(at, zone)
    click.echo(f"letter {task.id} to {laid.contact.name} is posted on {day}")
    return True


def _instant(world: "World", task: Task, on: date | None) -> datetime:
    """When it was posted: now, or at noon of that day, never before it was written."""
    from nurture.core.calendar import at_wall_time

    now, today = world.clock.now(), today_of(world, task.account)
    account = world.accounts.get(task.account)
    zone = account.owner.zone if account else world.zone
    if on is None or on == today:
        return now
    written_on = local_day(task.created_at, zone)
    if on > today:
        raise Misconfigured(f"{on} is still to come: say it when the letter is in the post")
    if on < written_on:
        raise Misconfigured(f"letter {task.id} was written on {written_on}, after {on}")
    return max(task.created_at, at_wall_time(on, _NOON, zone))
