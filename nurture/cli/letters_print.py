"""`nurture letters print`: letters, labels and envelopes as PDF."""

import asyncio
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from nurture.cli.day import today_of
from nurture.cli.output import FINDINGS, WRONG_INPUT, warn
from nurture.core.post.stationery import ENVELOPES, LABELS, LabelSheet, Paper, paper_in
from nurture.errors import Misconfigured
from nurture.value import frozen

if TYPE_CHECKING:
    from nurture.flows.print_letters import Batch, PrintShop
    from nurture.ports import Press
    from nurture.wiring.world import World

DAY: Final = click.DateTime(["%Y-%m-%d"])
_THIS: Final = "this"
_USUAL: Final = "usual"
_OWN: Final = "own"
_NO_PRESS: Final = (
    "letters are set by typst, which is not installed: pip install 'nurture[letters]'"
)

week_option = click.option(
    "--week",
    metavar="[WEEK]",
    is_flag=False,
    flag_value=_THIS,
    help="Only those due by the end of a week, like 2026-W48; without one, of this week.",
)


@frozen
class _Wishes:
    """What was asked for besides the letters."""

    output: Path
    labels: str | None
    used: int
    envelopes: str | None
    on: date | None
    duplex: bool


@click.command("print")
@click.argument("numbers", metavar="[ID]...", type=int, nargs=-1)
@week_option
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The folder for the PDFs [this one].",
)
@click.option(
    "--labels",
    type=click.Choice([*LABELS, _OWN, _USUAL]),
    is_flag=False,
    flag_value=_USUAL,
    help="Labels too: those usual where you are, or `own` of [letters.label].",
)
@click.option("--used", type=click.IntRange(0), default=0, help="Labels gone from the first sheet.")
@click.option(
    "--envelopes",
    type=click.Choice([*ENVELOPES, _USUAL]),
    is_flag=False,
    flag_value=_USUAL,
    help="Envelopes too, without a window.",
)
@click.option(
    "--paper",
    type=click.Choice([str(each) for each in Paper]),
    help="The only paper you have; else that of each recipient's country.",
)
@click.option("--date", "on", type=DAY, help="Date them anew [the day of their first print].")
@click.option("--duplex", is_flag=True, help="Let each letter begin a sheet of its own.")
@click.pass_context
def print_(
    ctx: click.Context,
    numbers: tuple[int, ...],
    week: str | None,
    output: Path,
    labels: str | None,
    used: int,
    envelopes: str | None,
    paper: str | None,
    on: datetime | None,
    duplex: bool,
) -> None:
    """Print all letters, or those named, into one PDF; nothing moves until they are posted.

    The same letters give the same bytes whenever they are printed. Exits with 1 where one lacks
    something, such as a postal address, and says what to do; the others are printed.
    """
    day = on.date() if on else None
    wishes = _Wishes(output, labels, used, envelopes, day, duplex)
    if asyncio.run(_print(ctx, numbers, week, Paper(paper) if paper else None, wishes)):
        ctx.exit(FINDINGS)


async def _print(
    ctx: click.Context,
    numbers: tuple[int, ...],
    week: str | None,
    paper: Paper | None,
    wishes: _Wishes,
) -> bool:
    """Whether a letter lacks something, or is not there."""
    from nurture.flows.print_letters import print_letters
    from nurture.paper.pile import Standing
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        until = until_of(world, week)
        sheet = _sheet(world, wishes.labels) if wishes.labels else None
        shop = shop_of(world, paper=paper)
        if shop.press is None:
            raise SystemExit(WRONG_INPUT)
        batch = await print_letters(
            shop, shop.press, numbers=numbers, until=until, on=wishes.on, duplex=wishes.duplex
        )
        if batch.printed:
            await asyncio.to_thread(_write_all, world, shop.press, batch, wishes, sheet)
        elif not batch.left_out and not numbers:
            click.echo("there is no letter to print")
    for each in batch.left_out:
        warn(f"letter {each.task.id} to {each.contact.name} is {each.standing}: {each.why}")
    there = {each.task.id for each in (*batch.printed, *batch.left_out)}
    unknown = [number for number in numbers if number not in there]
    for number in unknown:
        warn(f"nurture: there is no letter {number}: see `nurture letters --all`")
    lacking = any(each.standing is Standing.INCOMPLETE for each in batch.left_out)
    return lacking or bool(unknown)


def _write_all(
    world: "World", press: "Press", batch: "Batch", wishes: _Wishes, sheet: LabelSheet | None
) -> None:
    dated_on = batch.dated_on
    count, pages = len(batch.printed), sum(batch.pages.values())
    said = f"{count} letter{'s' * (count != 1)} on {pages} page{'s' * (pages != 1)}"
    click.echo(f"{said}: {_written(wishes.output, f'letters-{dated_on}', batch.pdf)}")
    addresses = [each.postal.lines for each in batch.printed]
    if sheet:
        pdf = press.labels(addresses, sheet, f"Labels of {dated_on}", dated_on, used=wishes.used)
        click.echo(f"labels: {_written(wishes.output, f'labels-{dated_on}', pdf)}")
    if wishes.envelopes:
        from nurture.paper.sheet import sender_lines

        senders = [sender_lines(world.accounts[each.task.account]) for each in batch.printed]
        usual = "10" if _usual_paper(world) is Paper.LETTER else "dl"
        envelope = ENVELOPES[usual if wishes.envelopes == _USUAL else wishes.envelopes]
        pairs = [*zip(senders, addresses, strict=True)]
        pdf = press.envelopes(pairs, envelope, f"Envelopes of {dated_on}", dated_on)
        click.echo(f"envelopes: {_written(wishes.output, f'envelopes-{dated_on}', pdf)}")


def _written(folder: Path, name: str, pdf: bytes) -> Path:
    """The file that holds these bytes now, readable by its owner alone; none is overwritten."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = 1
        while True:
            path = folder / (f"{name}.pdf" if number == 1 else f"{name}-{number}.pdf")
            if not path.exists():
                path.touch(mode=0o600)
                path.write_bytes(pdf)
                return path
            if path.read_bytes() == pdf:
                return path
            number += 1
    except OSError as error:
        raise Misconfigured(f"{folder} cannot be written: {error.strerror}") from error


def _usual_paper(world: "World") -> Paper:
    """What stationers sell where the first owner is."""
    from nurture.paper.sheet import home_of

    home = next((home_of(each) for each in world.accounts.values()), "")
    return paper_in(home[:2])


def _sheet(world: "World", named: str) -> LabelSheet:
    own = world.settings.label
    if named == _OWN:
        if own is None:
            raise Misconfigured("there is no [letters.label] in nurture.toml: write its measures")
        return own
    usual = "5163" if _usual_paper(world) is Paper.LETTER else "l7163"
    return LABELS[usual if named == _USUAL else named]


def shop_of(world: "World", *, sets: bool = True, paper: Paper | None = None) -> "PrintShop":
    """Everything it takes to list letters, and, where it `sets` and typst is there, to print."""
    from nurture.flows.print_letters import PrintShop

    press: Press | None = None
    if sets:
        try:
            from nurture.transport.press import TypstPress
        except ModuleNotFoundError:
            warn(f"nurture: {_NO_PRESS}")
        else:
            press = TypstPress(world.settings.fonts)
    return PrintShop(
        letters=world.store.letters,
        tact=world.store.tact,
        accounts=world.accounts,
        letterheads={each.account.name: each.letterhead for each in world.settings.accounts},
        clock=world.clock,
        press=press,
        paper=paper,
    )


def until_of(world: "World", week: str | None) -> date | None:
    """The last day of the week that was named; None for none."""
    from nurture.paper.pile import last_day_of, week_of

    if week is None:
        return None
    account = next(iter(world.accounts), "")
    try:
        return last_day_of(week_of(today_of(world, account)) if week == _THIS else week)
    except ValueError as error:
        raise Misconfigured(str(error)) from error
