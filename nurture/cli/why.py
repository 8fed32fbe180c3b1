"""`nurture why EMAIL`: everything that happened to one person, with the reasons."""

import asyncio

import click

from nurture.cli.output import in_zone, json_lines, table
from nurture.core.enrollment import Enrollment, State
from nurture.core.permission import Granted, permission
from nurture.core.sequence import Intent


@click.command()
@click.argument("email")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def why(ctx: click.Context, email: str, as_json: bool) -> None:
    """Tell from the ledger why mail was or was not sent to EMAIL, and what comes next."""
    asyncio.run(_why(ctx, email, as_json=as_json))


async def _why(ctx: click.Context, email: str, *, as_json: bool) -> None:
    from nurture.wiring import known_contact, opened

    async with opened(ctx.obj.config) as world:
        contact = await known_contact(world, email)
        ledger = await world.store.desk.ledger(contact.id)
        walks = await world.store.desk.enrollments(contact.id)
        suppressed = await world.store.people.suppressed([contact.address])
        allowed = permission(contact, Intent.GIVE, world.clock.now().date())
    if as_json:
        json_lines(
            {"kind": "event", "at": each.at, "event": each.event, "sequence": each.sequence,
             "step": each.step, "why": each.why}
            for each in ledger
        )  # fmt: skip
        json_lines([{"kind": "permission", "granted": isinstance(allowed, Granted),
                     "until": allowed.until, "why": allowed.why}])  # fmt: skip
        json_lines(
            {"kind": "enrollment", "sequence": each.sequence, "state": str(each.state),
             "next": each.position, "due_at": each.due_at, "why": each.held_why or each.reason}
            for each in walks
        )  # fmt: skip
        return
    click.echo(f"{contact.name} <{contact.address}>: {allowed}")
    rows = ((in_zone(e.at, world.zone), e.event, e.sequence, e.step, e.why) for e in ledger)
    table(("when", "what", "sequence", "step", "why"), rows, empty="nothing has happened yet")
    for address, reason in suppressed.items():
        click.echo(f"\n{address} is suppressed ({reason}): nothing is ever sent there")
    for walk in walks:
        click.echo(f"\n{_standing(walk, world.zone)}")


def _standing(walk: Enrollment, zone: str) -> str:
    """Where a walk stands, in one line; only what is active has something ahead."""
    because = walk.held_why or walk.reason
    standing = f"{walk.sequence} is {str(walk.state).replace('_', ' ')}"
    if walk.state is State.ACTIVE:
        due = f", due {in_zone(walk.due_at, zone)}" if walk.due_at else ""
        standing += f", next {walk.position!r}{due}"
    return f"{standing}: {because}" if because else standing
