"""`nurture forecast`: by when everything will have left within the caps."""

import asyncio
from typing import TYPE_CHECKING

import click

from nurture.cli.enroll import unknown_sequence
from nurture.cli.output import counting, fail, json_lines, table

if TYPE_CHECKING:
    from nurture.core.account.forecast import Course
    from nurture.flows.foresee import Foreseen, Newcomers
    from nurture.wiring.world import World

Row = dict[str, object]

_MOST_SHOWN = 20
_HEADS = ("mails", "from", "to", "busiest day", "cap of 24 h")
_KEYS = ("name", "mails", "first_on", "last_on", "busiest", "cap")
_ASSUMES = (
    "everybody gets every mail of their sequence: answers, opt-outs and conditions make it shorter",
    "nurture runs all day and you write nothing yourself: your own mails make it longer",
    "nobody backs us off, and no two people are of one company: else it takes longer",
    "a day's cap begins anew at midnight of your own clock",
)


@click.command()
@click.argument("sequence", required=False)
@click.option(
    "--people",
    type=click.IntRange(min=1),
    help="So many people in SEQUENCE [default: as many as are known].",
)
@click.option("--account", help="The account that writes to them [default: the only one].")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def forecast(
    ctx: click.Context,
    sequence: str | None,
    people: int | None,
    account: str | None,
    as_json: bool,
) -> None:
    """Tell by when all that is under way will have left, within the caps.

    With SEQUENCE: and what so many more people in it would come to, behind the others.
    """
    if sequence is None and (people or account):
        fail("--people and --account belong to a SEQUENCE: name it")
    asyncio.run(_forecast(ctx, sequence, people, account, as_json=as_json))


async def _forecast(
    ctx: click.Context, name: str | None, people: int | None, account: str | None, *, as_json: bool
) -> None:
    from nurture.flows.foresee import Glass, foresee
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        newcomers = _newcomers(world, name, people, account) if name else None
        store = world.store
        with counting("enrollments read") as told:
            glass = Glass(
                ours=world.accounts,
                accounts=store.accounts,
                outgoing=store.outgoing,
                people=store.people,
                catalog=world.shelf,
                clock=world.clock,
                zone=world.zone,
                told=told,
            )
            foreseen = await foresee(glass, newcomers)
        rows = _rows(world, foreseen)
        if as_json:
            json_lines([*rows, _whole(foreseen)])
        else:
            _show(rows, foreseen, name, world.zone)


def _newcomers(world: "World", name: str, people: int | None, account: str | None) -> "Newcomers":
    from nurture.flows.foresee import Newcomers

    sequence = world.shelf.sequences.get(name)
    if sequence is None:
        fail(unknown_sequence(name, world))
    return Newcomers(sequence, world.account(account), people)


def _rows(world: "World", foreseen: "Foreseen") -> list[Row]:
    """Accounts and families, whoever has the most to send or to get first."""
    from nurture.core.account.allowance import cap_of

    told = foreseen.forecast
    limits = {each.sends_as: each.limits for each in world.accounts.values()}
    rows: list[Row] = []
    for each in _largest(told.accounts):
        cap = world.accounts[each.name].limits.per_day
        rows.append({"kind": "account", "name": each.name, **_course(each), "cap": cap})
    for each in _largest(told.families):
        sender, _, family = each.name.rpartition(">")
        named = {"name": family or "all others", "sender": sender}
        room = cap_of(each.name, limits[sender]) if family else None
        rows.append({"kind": "family", **named, **_course(each), "cap": room})
    return rows


def _largest(courses: "tuple[Course, ...]") -> "list[Course]":
    return sorted(courses, key=lambda course: (-course.mails, course.name))


def _course(course: "Course") -> Row:
    return {
        "mails": course.mails,
        "first_on": course.first_on,
        "last_on": course.last_on,
        "busiest": course.busiest,
    }


def _whole(foreseen: "Foreseen") -> Row:
    told = foreseen.forecast
    return {
        "kind": "forecast",
        "under_way": foreseen.under_way,
        "newcomers": foreseen.newcomers,
        "overdue_until": told.overdue_until,
        "begun_by": told.begun_by,
        "ends_on": told.ends_on,
        "left_over": told.left_over,
        "unread": foreseen.unread,
        "assumes": _ASSUMES,
    }


def _show(rows: list[Row], foreseen: "Foreseen", sequence: str | None, zone: str) -> None:
    for kind in ("account", "family"):
        cells = [[row[key] for key in _KEYS] for row in rows if row["kind"] == kind]
        if cells:
            table((kind, *_HEADS), cells[:_MOST_SHOWN])
            click.echo()
        if len(cells) > _MOST_SHOWN:
            click.echo(f"and {len(cells) - _MOST_SHOWN} more: see --json\n")
    for line in _lines(foreseen, sequence, zone):
        click.echo(line)


def _lines(foreseen: "Foreseen", sequence: str | None, zone: str) -> list[str]:
    told = foreseen.forecast
    lines = [f"Under way: {foreseen.under_way} people. Days are those of {zone}."]
    if not told.accounts:
        lines.append("Nothing is to be sent.")
    if told.overdue_until:
        lines.append(f"What is due today will have left by {told.overdue_until}.")
    if sequence and told.begun_by:
        who = f"{foreseen.newcomers} people in {sequence!r}"
        lines.append(f"{who}: the last of them gets the first mail on {told.begun_by}.")
    if told.ends_on:
        lines.append(f"The last mail of all leaves on {told.ends_on}.")
    if told.left_over:
        lines.append(f"{told.left_over} people wait for more than 20 years: see limits, windows.")
    if foreseen.unread:
        lines.append(f"{foreseen.unread} people stand in texts that are gone: not reckoned with.")
    return [*lines, "", "Assumed:", *(f"- {each}" for each in _ASSUMES)]
