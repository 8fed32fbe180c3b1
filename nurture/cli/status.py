"""`nurture status`: what the owner should know at a glance."""

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from nurture.cli.family import family_rows
from nurture.cli.output import FINDINGS, in_zone, json_lines, table, warn
from nurture.core.account.allowance import cap_on
from nurture.core.enrollment import State
from nurture.core.handoff import HandoffState
from nurture.value import frozen

if TYPE_CHECKING:
    from nurture.core.enrollment import Enrollment
    from nurture.core.halt import Halt
    from nurture.core.sequence import Sequence
    from nurture.intake import Intake
    from nurture.wiring.world import World

Row = dict[str, object]

_MONTH = timedelta(days=30)
_SHOWN = 20  # what is due later is for `nurture why`
_SECTIONS = (
    ("Accounts (times in {zone})", "account",
     {"account": "account", "last read": "read_at", "can send": "can_send",
      "sent in 24 h": "sent", "cap": "cap", "why not": "why"}),
    ("\nFamilies of mailboxes that need time (open: nothing leaves; half open: one mail tries)",
     "family",
     {"to": "family", "from": "sender", "breaker": "state", "until": "until",
      "sent in 24 h": "sent", "cap": "cap", "why": "why"}),
    ("\nNobody begins what needs you before you have caught up, see `nurture tasks`", "intake",
     {"account": "account", "why": "why"}),
    ("\nNext due", "due",
     {"due": "due_at", "contact": "contact", "sequence": "sequence", "step": "step",
      "waits because": "why"}),
    ("\nHeld, and why", "held",
     {"contact": "contact", "sequence": "sequence", "step": "step", "state": "state",
      "why": "why"}),
    ("\nOpen handoffs: somebody waits for you, see `nurture handoffs`", "handoff",
     {"id": "id", "contact": "contact", "state": "state", "since": "since", "why": "why"}),
    ("\nTo check: what does this mail mean? See `nurture verdict`", "to_check",
     {"id": "id", "verdict": "verdict", "why": "why", "subject": "subject"}),
    ("\nUncertain: sent or not? See `nurture uncertain`", "uncertain",
     {"touch": "id", "step": "step", "subject": "subject"}),
)  # fmt: skip


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Show accounts and when they were read, what is due, what is held and why, open handoffs.

    Exit code 1 where something needs a person.
    """
    if asyncio.run(_status(ctx, as_json=as_json)):
        ctx.exit(FINDINGS)


@frozen
class _Glance:
    """All that there is to see; `waiting` is what waits for a person, whatever else does."""

    halts: "tuple[Halt, ...]"
    rows: list[Row]
    waiting: list[Row]
    is_stuck: bool
    tasks: int
    overdue: int
    quarantined: int
    answers: Row

    @property
    def needs_somebody(self) -> bool:
        is_deaf = any(row.get("can_send") is False for row in self.rows)
        is_near = any(row["kind"] == "family" and row["state"] == "closed" for row in self.rows)
        counts = (self.halts, self.waiting, self.overdue, self.quarantined)
        return is_deaf or is_near or self.is_stuck or any(counts)


async def _status(ctx: click.Context, *, as_json: bool) -> bool:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        glance = await _glance(world)
        if as_json:
            _print_lines(glance)
        else:
            _print_tables(glance, world.zone)
        for problem in world.problems:
            warn(f"nurture: {problem}")
        return glance.needs_somebody or bool(world.problems)


async def _glance(world: "World") -> _Glance:
    desk, now = world.store.desk, world.clock.now()
    halts = await world.store.switch.halts()
    rows: list[Row] = [
        {"kind": "halt", "halt": each.kind, "since": each.since, "why": each.why} for each in halts
    ]
    rows += [await _account(world, name) for name in world.accounts]
    rows += await _full_desks(world)
    rows += await family_rows(world.store.accounts, world.accounts.values(), now)
    rows += [_walk(walk, who.address, "due") for walk, who in await desk.upcoming()]
    stopped = await desk.held()
    rows += [_walk(walk, who.address, "held") for walk, who in stopped]
    is_stuck = any(_needs_a_person(walk, now) for walk, _ in stopped)
    waiting, (tasks, overdue) = await _waiting(world), await _tasks(world)
    quarantined, answers = await desk.quarantined(), await _answers(world)
    return _Glance(halts, rows, waiting, is_stuck, tasks, overdue, quarantined, answers)


def _print_lines(glance: _Glance) -> None:
    counts: list[Row] = [
        {"kind": "quarantined", "count": glance.quarantined},
        {"kind": "answers", **glance.answers},
        {"kind": "tasks", "open": glance.tasks, "overdue": glance.overdue},
    ]
    json_lines([*glance.rows, *glance.waiting, *counts])


def _print_tables(glance: _Glance, zone: str) -> None:
    for halt in glance.halts:
        click.echo(f"NOTHING IS SENT: {halt}\n")
    _show([*glance.rows, *glance.waiting], zone)
    if glance.answers["median_seconds"] is not None:
        click.echo(f"\n{_answered_in(glance.answers)}")
    if glance.tasks:
        late = f", {glance.overdue} overdue" if glance.overdue else ""
        click.echo(f"\nTasks for you: {glance.tasks} open{late}, see `nurture tasks`")


async def _answers(world: "World") -> Row:
    """How many first answers you gave in 30 days, and their median in working time."""
    from nurture.core.handoff.digest import median_answer

    answered = await world.store.desk.answer_times(world.clock.now() - _MONTH)
    closed = world.shelf.calendar.away
    offices = {name: each.owner.office(closed) for name, each in world.accounts.items()}
    known = [(each, offices[each.account]) for each in answered if each.account in offices]
    typical = median_answer(known)
    seconds = None if typical is None else int(typical.total_seconds())
    return {"count": len(answered), "median_seconds": seconds}


def _answered_in(answers: Row) -> str:
    from nurture.core.handoff.digest import in_words

    typical = in_words(timedelta(seconds=float(str(answers["median_seconds"]))))
    counted = f"First answers in the last 30 days: {answers['count']}"
    return f"{counted}, half of them within {typical} of working time"


async def _full_desks(world: "World") -> list[Row]:
    """Whoever has too much to do for anybody to begin by themselves."""
    found = await intakes(world)
    return [
        {"kind": "intake", "account": name, "why": each.why}
        for name, each in found.items()
        if each.why
    ]


async def intakes(world: "World") -> dict[str, "Intake"]:
    """What the owner of each account can still take on of what begins by itself, or by a plan."""
    from nurture.core.sequence.entry import Start
    from nurture.intake import intake_of
    from nurture.register import Register

    store = world.store
    register = Register(store.outgoing, store.people, world.shelf, world.accounts, world.clock)
    by_itself = tuple(
        each for each in world.shelf.all_today() if each.entry.start is Start.AUTOMATIC
    )
    is_default = len(world.accounts) == 1
    return {
        name: await intake_of(
            register,
            store.tasks,
            account,
            by_itself + await _reconnected(world, name),
            is_default=is_default,
        )
        for name, account in world.accounts.items()
    }


async def _reconnected(world: "World", account: str) -> tuple["Sequence", ...]:
    """What the people of its accepted plan are still to begin."""
    from nurture.core.reconnection import AppointmentState

    agenda = await world.store.reconnections.agenda(account)
    names = {each.sequence for each in agenda if each.state is AppointmentState.PLANNED}
    return tuple(each for each in world.shelf.all_today() if each.name in names)


async def _tasks(world: "World") -> tuple[int, int]:
    """How many tasks are open, and how many of them are overdue."""
    from nurture.cli.day import today_of
    from nurture.cli.tasks import is_overdue

    found = [task for task, _ in await world.store.tasks.tasks()]
    return len(found), sum(is_overdue(task, today_of(world, task.account)) for task in found)


async def _waiting(world: "World") -> list[Row]:
    """What waits for the owner: conversations, mails to check, mails that may have left."""
    from nurture.wiring.known import conversations

    rows: list[Row] = [
        {
            "kind": "handoff",
            "id": talk.handoff.id,
            "contact": talk.contact.address,
            "state": str(talk.handoff.state),
            "why": talk.handoff.reason,
            "since": talk.handoff.opened_at,
        }
        for talk in await conversations(world)
        if talk.handoff.state in {HandoffState.OPEN, HandoffState.TAKEN}
    ]
    rows += [
        {"kind": "to_check", "id": each.id, "verdict": each.verdict, "why": each.heard.to_check,
         "subject": each.heard.subject}
        for each in await world.store.desk.to_check()
    ]  # fmt: skip
    return rows + [
        {"kind": "uncertain", "id": touch.id, "step": touch.step, "subject": touch.subject}
        for name in world.accounts
        for touch in await world.store.outgoing.uncertain(name)
    ]


async def _account(world: "World", name: str) -> Row:
    from nurture.standing import why_silent

    account, now = world.accounts[name], world.clock.now()
    state = await world.store.accounts.state(name)
    why_not = why_silent(account, state, now)
    return {
        "kind": "account",
        "account": name,
        "address": account.address,
        "read_at": state.read_started_at,
        "can_send": not why_not,
        "sent": state.tally.within_day(now),
        "cap": cap_on(account.limits, state.first_sent_at, now),
        "why": why_not,
        "worker": state.worker,
    }


def _walk(walk: "Enrollment", address: str, kind: str) -> Row:
    return {
        "kind": kind,
        "contact": address,
        "sequence": walk.sequence,
        "step": walk.position,
        "state": str(walk.state),
        "due_at": walk.due_at,
        "why": walk.held_why or walk.reason,
    }


def _needs_a_person(walk: "Enrollment", now: datetime) -> bool:
    """Whether it stays where it is until somebody acts; who is away comes back by the calendar."""
    is_away = walk.held_until is not None and walk.held_until > now
    return walk.state is not State.ACTIVE or not is_away


def _show(rows: list[Row], zone: str) -> None:
    """A table for each kind of which there is any; the first two are never left out."""
    for title, kind, columns in _SECTIONS:
        ours = [row for row in rows if row["kind"] == kind]
        if not ours and kind not in {"account", "due"}:
            continue
        click.echo(title.format(zone=zone))
        shown = ours[:_SHOWN] if kind == "due" else ours
        cells = [[_cell(row[key], zone) for key in columns.values()] for row in shown]
        table(list(columns), cells, empty="nothing is due" if kind == "due" else "none")
        if len(shown) < len(ours):
            click.echo("and more: `nurture why EMAIL` tells when somebody is due")


def _cell(value: object, zone: str) -> str:
    if isinstance(value, datetime):
        return in_zone(value, zone)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
