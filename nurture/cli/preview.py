"""`nurture preview`: exactly what would go to somebody, before it goes."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nurture.cli.output import FINDINGS, fail, json_lines, table
from nurture.errors import Misconfigured

if TYPE_CHECKING:
    from nurture.core.contact import Contact
    from nurture.core.sequence import Sequence
    from nurture.preview import Specimen
    from nurture.wiring.world import World

_SHAPES = ("text", "html", "source")


@click.command()
@click.argument("sequence")
@click.argument("step", required=False)
@click.option("--contact", metavar="EMAIL", help="Who it would go to.")
@click.option("--all", "everybody", is_flag=True, help="Everybody: could it go, and if not, why.")
@click.option("--as", "shape", type=click.Choice(_SHAPES), default="text", show_default=True)
@click.option(
    "--into", "folder", type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Also write each mail into this folder, as .eml, and each letter, as .pdf.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def preview(
    ctx: click.Context,
    sequence: str,
    step: str | None,
    contact: str | None,
    everybody: bool,
    shape: str,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Show what SEQUENCE (or only its STEP) would send: the very bytes, text and HTML.

    Nothing is sent or stored. Exit code 1: some mail has a hole and would be held.
    """
    if bool(contact) == everybody:
        fail("say --contact EMAIL, or --all")
    shown = asyncio.run(_preview(ctx, sequence, step, contact, folder))
    if as_json:
        json_lines(_plain(person, each) for person, each in shown)
    elif everybody:
        rows = [(who.name, who.address, each.step, _outcome(each)) for who, each in shown]
        table(("who", "address", "step", "what"), rows, empty="there is nobody to show")
    else:
        for _, each in shown:
            _show(each, shape)
    if any(each.why for _, each in shown):
        ctx.exit(FINDINGS)


async def _preview(
    ctx: click.Context, name: str, step: str | None, email: str | None, folder: Path | None
) -> "list[tuple[Contact, Specimen]]":
    from nurture.pen import Pen
    from nurture.preview import specimens
    from nurture.wiring.known import everybody, known_contact
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        sequence = _sequence(world, name, step)
        people = (
            [await known_contact(world, email)]
            if email
            else [each async for each in everybody(world.store.people)]
        )
        shown = []
        for contact in people:
            account = world.account(contact.account or next(iter(world.accounts), None))
            pen = Pen(account, world.store.outgoing, world.shelf, world.clock, world.key)
            wanted = [step] if step else []
            found = await specimens(pen, contact, sequence, wanted, world.clock.now())
            shown += [(contact, each) for each in found]
        if folder:
            _write(shown, folder)
            _draw(world, shown, folder)
    return shown


def _draw(world: "World", shown: "list[tuple[Contact, Specimen]]", folder: Path) -> None:
    from nurture.core.task import Channel

    orders = ((contact, each.order.task) for contact, each in shown if each.order)
    letters = [(contact, task) for contact, task in orders if task.channel is Channel.LETTER]
    if letters:
        from nurture.cli.preview_letter import draw_letters

        draw_letters(world, letters, folder, world.clock.now())


def _sequence(world: "World", name: str, step: str | None) -> "Sequence":
    sequence = world.shelf.today(name)
    if sequence is None:
        known = ", ".join(sorted(world.shelf.sequences)) or "none"
        raise Misconfigured(f"no sequence is called {name!r}: there are {known}")
    if step and sequence.step(step) is None:
        ids = ", ".join(each.id for each in sequence.all_steps)
        raise Misconfigured(f"{name!r} has no step {step!r}: there are {ids}")
    return sequence


def _outcome(specimen: "Specimen") -> str:
    if specimen.letter:
        return specimen.letter.subject
    return specimen.order.task.title if specimen.order else f"held: {specimen.why}"


def _plain(contact: "Contact", specimen: "Specimen") -> dict[str, object]:
    source = specimen.letter.envelope.wire.decode("utf-8", "replace") if specimen.letter else ""
    return {
        "contact": contact.address,
        "step": specimen.step,
        "subject": specimen.letter.subject if specimen.letter else "",
        "source": source,
        "task": specimen.order.task.text if specimen.order else "",
        "why": specimen.why,
        "because": specimen.because,
    }


def _show(specimen: "Specimen", shape: str) -> None:
    from nurture.mail.read.inbound import read

    click.secho(f"=== {specimen.step}", bold=True)
    if specimen.order:
        task = specimen.order.task
        click.echo(f"for you, by {task.due_on}: {task.channel}\n\n{task.text}\n")
    elif specimen.letter is None:
        click.echo(f"would be held: {specimen.why}\n")
    elif shape == "source":
        click.echo(specimen.letter.envelope.wire.decode("utf-8", "replace").replace("\r\n", "\n"))
    else:
        mail = read(specimen.letter.envelope.wire)
        head = f"From: {mail.sender}\nTo: {', '.join(mail.to)}\nSubject: {mail.subject}\n"
        because = f"(because {specimen.because})\n" if specimen.because else ""
        click.echo(f"{because}{head}\n{mail.html if shape == 'html' else mail.plain}\n")


def _write(shown: "list[tuple[Contact, Specimen]]", folder: Path) -> None:
    for contact, specimen in shown:
        if specimen.letter:
            file = folder / f"{contact.id:06d}-{specimen.step}.eml"
            try:
                file.write_bytes(specimen.letter.envelope.wire)
            except OSError as error:
                raise Misconfigured(f"{file} cannot be written: {error.strerror}") from error
