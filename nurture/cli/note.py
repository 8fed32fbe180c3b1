"""`nurture note`: why to get in touch with somebody, as one writes it on the back of their card."""

import asyncio
from datetime import date
from typing import TYPE_CHECKING

import click

from nurture.cli.day import read_day, today_of, workdays_of
from nurture.cli.output import FINDINGS, fail, json_lines, table, warn
from nurture.core.account.workday import Workdays
from nurture.core.calendar import Unit, Wait
from nurture.core.calendar.stretch import read_wait
from nurture.core.cue import Cue, channel_of, later
from nurture.core.task import Channel
from nurture.mail.words.due import find_noted

if TYPE_CHECKING:
    from nurture.core.contact import Contact
    from nurture.wiring.world import World

_KINDS = [str(each) for each in Channel]


@click.command()
@click.argument("email", required=False)
@click.argument("text", required=False)
@click.option("--on", metavar="DAY", help="The day: 2027-03-01, next March, in two weeks.")
@click.option("--every", metavar="STRETCH", help='Again and again, as in "6 months".')
@click.option("--sequence", metavar="NAME", help="Begin this sequence then, or now without a day.")
@click.option("--as", "channel", type=click.Choice(_KINDS), help="What it is to be done as.")
@click.option("--remove", type=int, metavar="ID", help="Take a note off.")
@click.option("--list", "listing", is_flag=True, help="Show the notes, those of EMAIL alone.")
@click.option("--json", "as_json", is_flag=True, help="With --list: one JSON object a line.")
@click.pass_context
def note(
    ctx: click.Context,
    email: str | None,
    text: str | None,
    on: str | None,
    every: str | None,
    sequence: str | None,
    channel: str | None,
    remove: int | None,
    listing: bool,
    as_json: bool,
) -> None:
    """Note on EMAIL's card why to get in touch: "call when the new office opens, March".

    A day, in the text or by --on or --every, makes it a task of yours then, or the beginning of
    a sequence.  Mails and tasks may say it: {{ note }} is the latest.  Without TEXT, the list.
    """
    if remove is not None:
        asyncio.run(_remove(ctx, remove))
    elif listing or not email or not text:
        asyncio.run(_list(ctx, email, as_json=as_json))
    elif not text.strip():
        fail('say what: nurture note EMAIL "call when the new office opens, March"')
    else:
        wait = _wait(every) if every else None
        kind = Channel(channel) if channel else channel_of(text)
        asyncio.run(_note(ctx, email, text.strip(), on, wait, sequence or "", kind))


def _wait(written: str) -> Wait:
    try:
        wait = read_wait(written)
    except ValueError as error:
        fail(f"--every: {error}")
    if wait.unit is Unit.HOURS:
        fail("--every: a note comes round by days, not by hours")
    return wait


async def _note(
    ctx: click.Context,
    email: str,
    text: str,
    on: str | None,
    every: Wait | None,
    sequence: str,
    channel: Channel,
) -> None:
    from nurture.wiring.known import known_contact
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        contact = await known_contact(world, email)
        account = contact.account or next(iter(world.accounts), "")
        today, now = today_of(world, account), world.clock.now()
        if sequence:
            _check(world, sequence)
        day = _day(text, on, every, today, workdays_of(world, account))
        begins_now = bool(sequence) and day is None
        day = today if begins_now else day
        cue = Cue(0, contact.id, account, text, now, day, every, sequence, channel)
        number = await world.store.cues.add(cue)
    click.echo(f"note {number} on {contact.address}: {_ahead(cue)}")


def _check(world: "World", name: str) -> None:
    from nurture.core.spelling import did_you_mean

    names = [each.name for each in world.shelf.all_today()]
    if name not in names:
        fail(f"there is no sequence {name!r}{did_you_mean(name, names)}")


def _day(
    text: str, on: str | None, every: Wait | None, today: date, workdays: Workdays
) -> date | None:
    """The day by option, else by the text; of a month or a week the first working day."""
    if on:
        return read_day(on, today, workdays)
    if every:
        return later(today, every)
    found = find_noted(text, today)
    return workdays.from_day(max(found.first, today)) if found else None


def _ahead(cue: Cue) -> str:
    if cue.on is None:
        return "no day is named; mails may say it as {{ note }}"
    what = f"{cue.sequence} begins" if cue.sequence else f"a task for you ({cue.channel})"
    again = f", then every {cue.every}" if cue.every else ""
    return f"{what} on {cue.on:%a} {cue.on}{again}"


async def _list(ctx: click.Context, email: str | None, *, as_json: bool) -> None:
    from nurture.wiring.known import known_contact
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        contact = await known_contact(world, email) if email else None
        found = await world.store.cues.cues(contact.id if contact else None)
    if as_json:
        json_lines(_plain(cue, who) for cue, who in found)
        return
    table(
        ("id", "on", "every", "contact", "note", "becomes"),
        ((cue.id, cue.on, cue.every, who.address, cue.text, _becomes(cue)) for cue, who in found),
        empty="nothing is noted",
    )


def _becomes(cue: Cue) -> str:
    return cue.sequence or (str(cue.channel) if cue.on else "")


def _plain(cue: Cue, contact: "Contact") -> dict[str, object]:
    return {
        "note": cue.id,
        "contact": contact.address,
        "text": cue.text,
        "on": cue.on,
        "every": str(cue.every or ""),
        "sequence": cue.sequence,
        "channel": str(cue.channel),
        "created_at": cue.created_at,
    }


async def _remove(ctx: click.Context, number: int) -> None:
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        was_there = await world.store.cues.remove(number, world.clock.now())
    if not was_there:
        warn(f"nurture: there is no note {number}: see `nurture note --list`")
        ctx.exit(FINDINGS)
    click.echo(f"note {number} is off")
