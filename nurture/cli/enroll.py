"""`nurture enroll`: start contacts on a sequence."""

import asyncio
from typing import TYPE_CHECKING

import click

from nurture.cli.output import FINDINGS, fail, json_lines, table
from nurture.core.contact import Relationship
from nurture.core.spelling import did_you_mean
from nurture.errors import Misconfigured, Problem

if TYPE_CHECKING:
    from nurture.wiring import World


@click.command()
@click.argument("sequence")
@click.argument("emails", nargs=-1)
@click.option(
    "--relationship",
    type=click.Choice([str(each) for each in Relationship]),
    help="Enroll everybody of this relationship.",
)
@click.option("--account", help="The account that writes [default: the only one].")
@click.option("--reason", default="enrolled by hand", help="Why, for the brief and the ledger.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; store nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def enroll(
    ctx: click.Context,
    sequence: str,
    emails: tuple[str, ...],
    relationship: str | None,
    account: str | None,
    reason: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Start contacts on a sequence: by address, or all of a relationship."""
    if bool(emails) == bool(relationship):
        fail("name either addresses or --relationship")
    results = asyncio.run(
        _enroll(ctx, sequence, emails, relationship, account, reason, write=not dry_run)
    )
    if as_json:
        json_lines(results)
    else:
        rows = [(each["contact"], each["enrollment"] or "-", each["why"]) for each in results]
        table(("contact", "enrollment", "why"), rows, empty="nobody matches")
    if any(each["enrollment"] is None and each["why"] != "would be enrolled" for each in results):
        ctx.exit(FINDINGS)


async def _enroll(
    ctx: click.Context,
    name: str,
    emails: tuple[str, ...],
    relationship: str | None,
    account_name: str | None,
    reason: str,
    *,
    write: bool,
) -> list[dict[str, object]]:
    from nurture.flows.enroll import Register
    from nurture.flows.enroll import enroll as start
    from nurture.wiring import everybody, known_contact, opened

    async with opened(ctx.obj.config) as world:
        sequence = world.shelf.sequences.get(name)
        if sequence is None:
            fail(unknown_sequence(name, world))
        account = world.account(account_name)
        if relationship:
            wanted = Relationship(relationship)
            contacts = [each async for each in everybody(world) if each.relationship is wanted]
        else:
            contacts = [await known_contact(world, email) for email in emails]
        people, outgoing = world.store.people, world.store.outgoing
        register = Register(outgoing, people, world.accounts, world.clock)
        results = await start(register, contacts, sequence, account, reason=reason, write=write)
    return [
        {"contact": each.contact.address, "enrollment": each.enrollment_id, "why": each.why}
        for each in results
    ]


def unknown_sequence(name: str, world: "World") -> Misconfigured:
    """What there is instead, and what is wrong with the files that could not be read."""
    known = world.shelf.sequences
    instead = did_you_mean(name, known) or f"; there are: {', '.join(sorted(known)) or 'none'}"
    return Misconfigured(
        [Problem(f"there is no usable sequence {name!r}{instead}"), *world.problems]
    )
