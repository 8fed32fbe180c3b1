"""`nurture why EMAIL`: everything that happened to one person, with the reasons."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import click

from nurture.cli.output import in_zone, json_lines, table
from nurture.core.calendar import local_day
from nurture.core.enrollment import Enrollment, State
from nurture.core.permission import Granted, permission
from nurture.core.sequence import Intent
from nurture.prospect import prospect

if TYPE_CHECKING:
    from nurture.core.contact import Contact
    from nurture.ports import LedgerEntry
    from nurture.wiring.world import World


@click.command()
@click.argument("email")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Only what was known by this day.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def why(ctx: click.Context, email: str, on: datetime | None, as_json: bool) -> None:
    """Tell from the ledger why mail was or was not sent to EMAIL, and what comes next."""
    asyncio.run(_why(ctx, email, on, as_json=as_json))


async def _why(ctx: click.Context, email: str, on: datetime | None, *, as_json: bool) -> None:
    from nurture.wiring.known import known_contact
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        contact = await known_contact(world, email)
        ledger = [
            line
            for line in await world.store.desk.ledger(contact.id)
            if on is None or local_day(line.at, world.zone) <= on.date()
        ]
        # What stands and comes is known of now alone.
        walks = () if on else await world.store.desk.enrollments(contact.id)
        ahead = [] if on else [*await _ahead(world, contact), *await _next(world, contact)]
        allowed = permission(contact, Intent.GIVE, world.clock.now().date())
    if as_json:
        json_lines([{"kind": "permission", "granted": isinstance(allowed, Granted),
                     "until": allowed.until, "why": allowed.why}])  # fmt: skip
        json_lines(_plain(ledger, walks))
        json_lines({"kind": kind, "why": said} for kind, said in ahead)
        return
    click.echo(f"{contact.name} <{contact.address}>: {allowed}")
    rows = ((in_zone(e.at, world.zone), e.event, e.sequence, e.step, e.why) for e in ledger)
    empty = "nothing had happened by then" if on else "nothing has happened yet"
    table(("when", "what", "sequence", "step", "why"), rows, empty=empty)
    for _, said in ahead:
        click.echo(f"\n{said}")
    still = (walk for walk in walks if walk.state is not State.ACTIVE)
    for line in dict.fromkeys(_standing(walk) for walk in still):
        click.echo(f"\n{line}")


def _plain(
    ledger: Iterable["LedgerEntry"], walks: Iterable[Enrollment]
) -> Iterable[dict[str, object]]:
    for each in ledger:
        yield {
            "kind": "event", "at": each.at, "event": each.event, "sequence": each.sequence,
            "step": each.step, "why": each.why,
        }  # fmt: skip
    for walk in walks:
        yield {
            "kind": "enrollment", "sequence": walk.sequence, "state": str(walk.state),
            "next": walk.position, "occurrence": walk.occurrence if walk.lane else "",
            "due_at": walk.due_at, "why": walk.held_why or walk.reason,
        }  # fmt: skip


async def _ahead(world: "World", contact: "Contact") -> list[tuple[str, str]]:
    """What keeps mail from this person, or changes it, besides the sequences: kind and words."""
    store, now = world.store, world.clock.now()
    noes = await store.people.suppressed([contact.address])
    found = [
        ("suppressed", f"{address} is suppressed ({reason}): nothing is ever sent there")
        for address, reason in noes.items()
    ]
    found += [
        ("hush", f"nothing is sent before {in_zone(hush.until, world.zone)}: {hush.why}")
        for hush in await store.tact.hushes(now)
        if hush.covers(contact)
    ]
    found += [
        ("override", _decided(each.sequence, each.step, each.what, each.to, each.why))
        for each in await store.tact.overrides(contact.id)
    ]
    found += [("intake", why) for why in await _waits_outside(world, contact)]
    found += [
        ("note", f"you noted for {cue.on or 'some time'}: {cue.text} (nurture note --list)")
        for cue, _ in await store.cues.cues(contact.id)
    ]
    found += [
        ("task", f"you have to do by {task.due_on}: {task.title} (nurture tasks show {task.id})")
        for task, _ in await store.tasks.tasks()
        if task.contact_id == contact.id
    ]
    return found


async def _waits_outside(world: "World", contact: "Contact") -> list[str]:
    """Sequences that they would begin by themselves, had their owner less to do."""
    from nurture.cli.status import intakes
    from nurture.core.sequence.entry import Start
    from nurture.intake import needs_owner
    from nurture.register import Known, Register, objection

    store, now = world.store, world.clock.now()
    account = world.accounts.get(contact.account or next(iter(world.accounts), ""))
    full = (await intakes(world))[account.name].why if account else ""
    if account is None or not full:
        return []
    register = Register(store.outgoing, store.people, world.shelf, world.accounts, world.clock)
    known = await Known.of(register, [contact])
    return [
        f"{each.name} would begin, but {full}"
        for each in world.shelf.all_today()
        if each.entry.start is Start.AUTOMATIC
        and needs_owner(each)
        and not objection(register, known, contact, each, account, now)
    ]


def _decided(sequence: str, step: str, what: str, to: object, why: str) -> str:
    moved = f" to {to}" if to else ""
    return f"you decided that {step!r} of {sequence} is {what}{moved}" + (f": {why}" if why else "")


def _standing(walk: Enrollment) -> str:
    """Where a walk stands that has nothing ahead, in one line."""
    because = walk.held_why or walk.reason
    standing = f"{walk.sequence} is {str(walk.state).replace('_', ' ')}"
    return f"{standing}: {because}" if because else standing


async def _next(world: "World", contact: "Contact") -> list[tuple[str, str]]:
    """For every lane that goes on: what comes next, when, and what could hold it."""
    from nurture.pen import Pen

    store, now, found = world.store, world.clock.now(), []
    for due in await store.outgoing.ahead(contact.id, now):
        walk, account = due.enrollment, world.accounts.get(due.enrollment.account)
        what = f"{walk.sequence} is active, next {walk.position!r}"
        if account is None:
            found.append(("next", f"{what}: account {walk.account!r} is not configured"))
            continue
        pen = Pen(account, store.outgoing, world.shelf, world.clock, world.key)
        seen = await prospect(pen, due, now)
        at = f", due {in_zone(seen.at, world.zone)}" if seen.at else ""
        found.append(("next", f"{what}{at}: {seen.why}"))
    return found
