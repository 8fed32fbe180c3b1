"""`nurture reconnect`: work off a list of people who have not heard from you for too long."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, astuple
from datetime import date
from typing import TYPE_CHECKING

import click

from nurture.cli.enroll import unknown_sequence
from nurture.cli.output import FINDINGS, counting, fail, json_lines, table, warn
from nurture.core.calendar import local_day
from nurture.core.reconnection import Silence, Week, weeks_of
from nurture.value import frozen

if TYPE_CHECKING:
    from nurture.flows.plan_reconnection import Proposal, Wish
    from nurture.wiring.world import World

_Command = Callable[..., None]
_NAMED = 20
_SEQUENCE, _PER_WEEK = "reconnect", 10


def _terms(command: _Command) -> _Command:
    """What a plan depends on: the same for seeing and for accepting it."""
    for option in (
        click.option("--account", help="The account that writes [default: the only one]."),
        click.option(
            "--per-week", type=click.IntRange(1, 1000), default=_PER_WEEK, show_default=True,
            help="How many begin in each working week.",
        ),
        click.option(
            "--sequence", default=_SEQUENCE, show_default=True, help="What they begin."
        ),
    ):  # fmt: skip
        command = option(command)
    return command


@frozen
class _Terms:
    """What the command line says of the plan."""

    sequence: str
    per_week: int
    account: str | None


@click.group()
def reconnect() -> None:
    """Plan so many letters or mails a week until nobody is silent for over six months."""


@reconnect.command()
@_terms
@click.option("--headers", is_flag=True, help="Read INBOX and Sent for the last contact first.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, the sum at the end.")
@click.pass_context
def plan(
    ctx: click.Context,
    sequence: str,
    per_week: int,
    account: str | None,
    headers: bool,
    as_json: bool,
) -> None:
    """Show who would be written to in which week; nothing is stored.

    Whom we can still catch comes first: six to twelve months of silence, then one to two years,
    two to three, more; within each the most valuable. Weeks in which you are away are left out,
    colleagues come two weeks apart, and whoever falls silent meanwhile joins the row.
    """
    if headers:
        from nurture.cli.history import read_headers

        asyncio.run(read_headers(ctx, account))
    asyncio.run(_plan(ctx, _Terms(sequence, per_week, account), as_json=as_json))


async def _plan(ctx: click.Context, terms: _Terms, *, as_json: bool) -> None:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        wish, proposal = await _proposed(world, terms)
    rows = _rows(wish, proposal)
    if as_json:
        json_lines([*rows, _sum(proposal)])
        return
    columns = ("week", "contact", "company", "value", "silence", "last_contact", "first", "missing")
    table(
        ("week of", "contact", "company", "value", "silent", "last contact", "by", "to note first"),
        [[row[name] if row[name] is not None else "-" for name in columns] for row in rows],
        empty="nobody has been silent for six months, or will be before this is worked off",
    )
    for line in _summary(terms, wish, proposal):
        click.echo(line)


async def _proposed(world: "World", terms: _Terms) -> "tuple[Wish, Proposal]":
    from nurture.flows.plan_reconnection import Wish, plan_reconnection
    from nurture.register import Register

    sequence = world.shelf.sequences.get(terms.sequence)
    if sequence is None:
        fail(unknown_sequence(terms.sequence, world))
    account = world.account(terms.account)
    wish = Wish(account, sequence, terms.per_week, is_default=len(world.accounts) == 1)
    store, clock = world.store, world.clock
    register = Register(store.outgoing, store.people, world.shelf, world.accounts, clock)
    with counting("contacts looked at") as show:
        return wish, await plan_reconnection(register, store.tact, wish, show)


def _rows(wish: "Wish", proposal: "Proposal") -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for each in proposal.schedule.appointments:
        person = proposal.people[each.contact_id]
        rows.append(
            {
                "week": each.week,
                "contact": person.contact.address,
                "name": person.contact.name,
                "company": person.contact.company,
                "value": person.contact.value,
                "silence": str(each.silence),
                "last_contact": person.last_on(wish.account.owner.zone),
                "first": proposal.first.get(each.contact_id, ""),
                "missing": proposal.unready.get(each.contact_id, ""),
            }
        )
    return rows


def _sum(proposal: "Proposal") -> dict[str, object]:
    planned = proposal.schedule
    return {
        "appointments": len(planned.appointments),
        "clear_on": planned.clear_on,
        "again_from": planned.again_from,
        "keeps_up": planned.keeps_up,
        "least_per_week": proposal.least,
        "left_out": [
            {"contact": each.contact.address, "why": why} for each, why in proposal.left_out
        ],
    }


def _summary(terms: _Terms, wish: "Wish", proposal: "Proposal") -> Iterable[str]:
    planned = proposal.schedule
    groups = Counter(each.silence for each in planned.appointments)
    if groups:
        yield ""
        yield "; ".join(f"{groups[each]} silent for {each}" for each in Silence if groups[each])
    if planned.clear_on is None:
        yield f"with {wish.per_week} a week this takes more than ten years"
    elif planned.appointments:
        yield f"from {planned.clear_on} on nobody is silent for more than six months"
    if not planned.keeps_up and planned.appointments:
        yield (
            f"but the first of them fall silent again from {planned.again_from} on: "
            f"{proposal.least} a week keep up"
            if proposal.least
            else "no number a week keeps up: the sequence stays in touch for too short a time"
        )
    if proposal.unready:
        yield (
            f"{len(proposal.unready)} cannot begin as they are noted: see `to note first`;"
            " others go before them meanwhile"
        )
    if proposal.left_out:
        yield ""
        yield "left out:"
        for each, why in proposal.left_out[:_NAMED]:
            yield f"  {each.contact.address}: {why}"
        if len(proposal.left_out) > _NAMED:
            yield f"  and {len(proposal.left_out) - _NAMED} more, all of them with --json"
    if planned.appointments:
        yield ""
        yield f"accept it with: nurture reconnect accept{_said(terms)}"


def _said(terms: _Terms) -> str:
    parts = [
        f" --sequence {terms.sequence}" if terms.sequence != _SEQUENCE else "",
        f" --per-week {terms.per_week}" if terms.per_week != _PER_WEEK else "",
        f" --account {terms.account}" if terms.account else "",
    ]
    return "".join(parts)


@reconnect.command()
@_terms
@click.pass_context
def accept(ctx: click.Context, sequence: str, per_week: int, account: str | None) -> None:
    """Let them begin as `plan` shows: the daemon enrolls each week's people.

    It takes the place of an earlier plan of this account; whoever has begun goes on.
    """
    asyncio.run(_accept(ctx, _Terms(sequence, per_week, account)))


async def _accept(ctx: click.Context, terms: _Terms) -> None:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        wish, proposal = await _proposed(world, terms)
        made = proposal.schedule.appointments
        if not made:
            fail("there is nobody to plan for: nobody is silent, or all are left out")
        await world.store.reconnections.accept(
            wish.account.name, wish.sequence.name, wish.per_week, made
        )
    click.echo(f"{len(made)} appointments, from the week of {made[0].week} on")
    if proposal.schedule.clear_on:
        clear = proposal.schedule.clear_on
        click.echo(f"from {clear} on nobody is silent for more than six months")


@reconnect.command()
@click.option("--account", help="The account that writes [default: the only one].")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def progress(ctx: click.Context, account: str | None, as_json: bool) -> None:
    """Show, week by week, how many were to begin and how many have begun."""
    weeks, today = asyncio.run(_progress(ctx, account))
    if as_json:
        json_lines(asdict(each) for each in weeks)
    else:
        table(
            ("week of", "planned", "begun", "dropped", "behind"),
            [astuple(each) for each in weeks],
            empty="no plan is accepted: see `nurture reconnect plan`",
        )
    behind = [each.behind for each in weeks if each.monday <= today]
    if behind and behind[-1]:
        warn(f"{behind[-1]} are behind; they are caught up by half as many again a week")
        ctx.exit(FINDINGS)


async def _progress(ctx: click.Context, name: str | None) -> tuple[tuple[Week, ...], date]:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        account = world.account(name)
        zone = account.owner.zone
        today = local_day(world.clock.now(), zone)
        agenda = await world.store.reconnections.agenda(account.name)
    turns = (
        (
            each.week,
            each.state,
            local_day(each.settled_at, zone) if each.settled_at else None,
        )
        for each in agenda
    )
    return weeks_of(turns, today), today


@reconnect.command()
@click.option("--account", help="The account that writes [default: the only one].")
@click.pass_context
def stop(ctx: click.Context, account: str | None) -> None:
    """Let nobody else begin; whoever has begun goes on."""
    number = asyncio.run(_stop(ctx, account))
    click.echo(f"{number} appointments are called off" if number else "nothing was planned")


async def _stop(ctx: click.Context, account: str | None) -> int:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        return await world.store.reconnections.abandon(world.account(account).name)
