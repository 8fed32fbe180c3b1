"""`nurture enroll`: start contacts on a sequence."""

import asyncio
from typing import TYPE_CHECKING

import click

from nurture.cli.output import FINDINGS, fail, json_lines, table
from nurture.core.contact import Contact, Relationship
from nurture.core.spelling import did_you_mean
from nurture.errors import Misconfigured, Problem
from nurture.value import frozen

if TYPE_CHECKING:
    from nurture.wiring.world import World

_WOULD = "would be enrolled"


@click.command()
@click.argument("sequence")
@click.argument("emails", nargs=-1)
@click.option(
    "--relationship",
    type=click.Choice([str(each) for each in Relationship]),
    help="Enroll everybody of this relationship.",
)
@click.option("--matching", is_flag=True, help="Enroll everybody whom its entry lets in.")
@click.option("--limit", type=click.IntRange(min=1), help="So many at most, for a start.")
@click.option("--anyway", is_flag=True, help="Also whom the sequence's entry does not let in.")
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
    matching: bool,
    limit: int | None,
    anyway: bool,
    account: str | None,
    reason: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Start contacts on a sequence: by address, all of a relationship, or all that match."""
    if sum((bool(emails), bool(relationship), matching)) != 1:
        fail("name addresses, or --relationship, or --matching")
    wanted = _Wanted(emails, relationship, matching, limit, anyway)
    results = asyncio.run(_enroll(ctx, sequence, wanted, account, reason, write=not dry_run))
    if as_json:
        json_lines(results)
    else:
        rows = [(each["contact"], each["enrollment"] or "-", each["why"]) for each in results]
        table(("contact", "enrollment", "why"), rows, empty="nobody matches")
    if any(each["enrollment"] is None and each["why"] != _WOULD for each in results):
        ctx.exit(FINDINGS)


@frozen
class _Wanted:
    """Whom the command line asks for."""

    emails: tuple[str, ...]
    relationship: str | None
    is_matching: bool
    limit: int | None
    anyway: bool


async def _enroll(
    ctx: click.Context,
    name: str,
    wanted: _Wanted,
    account_name: str | None,
    reason: str,
    *,
    write: bool,
) -> list[dict[str, object]]:
    from nurture.flows.enroll import enroll as start
    from nurture.register import Register
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        sequence = world.shelf.sequences.get(name)
        if sequence is None:
            fail(unknown_sequence(name, world))
        account = world.account(account_name)
        store = world.store
        register = Register(store.outgoing, store.people, world.shelf, world.accounts, world.clock)
        contacts = await _people(world, wanted)
        if wanted.is_matching or wanted.limit:
            would = await start(
                register, contacts, sequence, account, reason=reason, write=False,
                anyway=wanted.anyway,
            )  # fmt: skip
            contacts = [each.contact for each in would if each.why == _WOULD][: wanted.limit]
        results = await start(
            register, contacts, sequence, account, reason=reason, write=write, anyway=wanted.anyway
        )
    return [
        {"contact": each.contact.address, "enrollment": each.enrollment_id, "why": each.why}
        for each in results
    ]


async def _people(world: "World", wanted: _Wanted) -> list[Contact]:
    from nurture.wiring.known import everybody, known_contact

    if wanted.emails:
        return [await known_contact(world, email) for email in wanted.emails]
    found = [each async for each in everybody(world.store.people)]
    if not wanted.relationship:
        return found
    relationship = Relationship(wanted.relationship)
    return [each for each in found if each.relationship is relationship]


def unknown_sequence(name: str, world: "World") -> Misconfigured:
    """What there is instead, and what is wrong with the files that could not be read."""
    known = world.shelf.sequences
    instead = did_you_mean(name, known) or f"; there are: {', '.join(sorted(known)) or 'none'}"
    return Misconfigured(
        [Problem(f"there is no usable sequence {name!r}{instead}"), *world.problems]
    )
