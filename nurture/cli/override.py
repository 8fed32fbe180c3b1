"""`nurture override`: what you decide about one step of one person, whatever the file says."""

import asyncio
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nurture.cli.output import FINDINGS, fail, json_lines, table, warn
from nurture.core.override import Overridden, Override

if TYPE_CHECKING:
    from nurture.core.contact import Contact
    from nurture.core.sequence import Sequence
    from nurture.wiring.world import World


@click.command()
@click.argument("email")
@click.argument("sequence", required=False)
@click.argument("step", required=False)
@click.option("--skip", is_flag=True, help="It is left out the next time it comes round.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Not before this day of theirs.")
@click.option(
    "--reword", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
    help="Send this mail in its place: front matter with the subject, then the text.",
)  # fmt: skip
@click.option("--piece", metavar="PATH", help="Send this piece of the library in its place.")
@click.option("--why", default="", help="The reason, for the ledger.")
@click.option("--forget", is_flag=True, help="Let the file decide again.")
@click.option("--list", "listing", is_flag=True, help="Show what you decided about EMAIL.")
@click.option("--json", "as_json", is_flag=True, help="With --list: one JSON object a line.")
@click.pass_context
def override(
    ctx: click.Context,
    email: str,
    sequence: str | None,
    step: str | None,
    skip: bool,
    on: datetime | None,
    reword: Path | None,
    piece: str | None,
    why: str,
    forget: bool,
    listing: bool,
    as_json: bool,
) -> None:
    """Skip, move or reword STEP of SEQUENCE for EMAIL alone; it counts once.

    Everybody else gets what the file says.
    """
    if listing:
        asyncio.run(_list(ctx, email, as_json=as_json))
        return
    if sequence is None or step is None:
        fail("say which step: nurture override EMAIL SEQUENCE STEP --skip; or EMAIL --list")
    if sum((skip, on is not None, reword is not None, piece is not None, forget)) != 1:
        fail("say one of: --skip, --on DATE, --reword FILE, --piece PATH, --forget")
    if forget:
        asyncio.run(_forget(ctx, email, sequence, step))
        return
    day = on.date() if on else None
    text = _read(reword) if reword else piece or ""
    what = _what(skip=skip, is_moved=day is not None, is_chosen=piece is not None)
    asyncio.run(_decide(ctx, email, Override(0, sequence, step, what, day, text, why)))


def _what(*, skip: bool, is_moved: bool, is_chosen: bool) -> Overridden:
    if skip:
        return Overridden.SKIPPED
    if is_chosen:
        return Overridden.CHOSEN
    return Overridden.MOVED if is_moved else Overridden.REWORDED


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{file}: cannot be read as UTF-8: {error}")


async def _decide(ctx: click.Context, email: str, wanted: Override) -> None:
    from dataclasses import replace

    from nurture.wiring.known import known_contact
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        contact, now = await known_contact(world, email), world.clock.now()
        sequence = await _walked(world, contact, wanted.sequence)
        _check(sequence, wanted, now.date())
        if wanted.what is Overridden.CHOSEN:
            await _look_up(world, contact, wanted.text)
        elif wanted.text:
            _try(world, contact, sequence, wanted.text)
        await world.store.tact.override(replace(wanted, contact_id=contact.id), now)
    said = {
        Overridden.SKIPPED: "will be left out",
        Overridden.MOVED: f"will not go before {wanted.to}",
        Overridden.REWORDED: "will go in your words",
        Overridden.CHOSEN: f"will send {wanted.text}",
    }[wanted.what]
    click.echo(f"{contact.address}: {wanted.step!r} of {wanted.sequence} {said}, this once")


async def _walked(world: "World", contact: "Contact", name: str) -> "Sequence":
    """The text that this person is on; ends the command where they walk through no such one."""
    from nurture.core.enrollment import State

    walks = (await world.store.outgoing.walks([contact.id])).get(contact.id, ())
    live = [walk for walk in walks if walk.state is not State.ENDED]
    revision = next((walk.revision for walk in live if walk.sequence == name), "")
    found = await world.shelf.sequence(name, revision)
    if found is None:
        names = ", ".join(dict.fromkeys(walk.sequence for walk in live)) or "no sequence"
        fail(f"{contact.address} is not in {name!r}; they are in: {names}")
    return found


def _check(sequence: "Sequence", wanted: Override, today: date) -> None:
    from nurture.core.spelling import did_you_mean
    from nurture.steps import Mailing

    step = sequence.step(wanted.step)
    if step is None:
        hint = did_you_mean(wanted.step, [each.id for each in sequence.all_steps])
        fail(f"{sequence.name} has no step {wanted.step!r}{hint}")
    if wanted.what is Overridden.REWORDED and not isinstance(step, Mailing):
        fail(f"{wanted.step!r} is no mail ({step.kind}): only a mail can be reworded")
    if wanted.what is Overridden.CHOSEN and step.kind != "content":
        fail(f"{wanted.step!r} sends no piece of the library ({step.kind}): see --reword")
    if wanted.to and wanted.to <= today:
        fail(f"--on {wanted.to} is not ahead")


async def _look_up(world: "World", contact: "Contact", path: str) -> None:
    """Ends the command where there is no such piece, or it can never go to this person."""
    from nurture.core.library import Want
    from nurture.core.spelling import did_you_mean

    library, now = await world.shelf.library(), world.clock.now()
    piece = library.piece(path)
    if piece is None:
        hint = did_you_mean(path, [each.path for each in library.pieces])
        fail(f"there is no piece {path!r}{hint}; see `nurture library list`")
    reader = await world.store.outgoing.reader(contact, now)
    if why := library.barred(piece, reader, Want(now.date(), piece.language)):
        fail(f"{path} cannot go to {contact.address}: {why}")


def _try(world: "World", contact: "Contact", sequence: "Sequence", text: str) -> None:
    """Ends the command where these words cannot be sent to this person."""
    from nurture.core.merge_field import values_for
    from nurture.document.template_text import read_template
    from nurture.mail.write.template import Hole

    account = world.account(contact.account or None)
    try:
        read_template(text, "your words").render(values_for(contact, account, sequence))
    except Hole as hole:
        fail(f"{hole}")


async def _forget(ctx: click.Context, email: str, sequence: str, step: str) -> None:
    from nurture.wiring.known import known_contact
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        contact = await known_contact(world, email)
        was_there = await world.store.tact.forget(contact.id, sequence, step)
    if not was_there:
        warn(f"nurture: nothing was decided about {step!r} of {sequence}: see --list")
        ctx.exit(FINDINGS)
    click.echo(f"{contact.address}: {step!r} of {sequence} is what the file says again")


async def _list(ctx: click.Context, email: str, *, as_json: bool) -> None:
    from nurture.wiring.known import known_contact
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        contact = await known_contact(world, email)
        found = await world.store.tact.overrides(contact.id)
    if as_json:
        json_lines(
            {"contact": contact.address, "sequence": each.sequence, "step": each.step,
             "what": str(each.what), "to": each.to, "text": each.text, "why": each.why}
            for each in found
        )  # fmt: skip
        return
    table(
        ("sequence", "step", "what", "to", "why"),
        ((each.sequence, each.step, each.what, each.to, each.why) for each in found),
        empty=f"nothing was decided about the steps of {contact.address}",
    )
