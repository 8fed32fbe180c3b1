"""`nurture silence`: who has not heard from us, and since when."""

import asyncio
from datetime import UTC, date, datetime, time

import click

from nurture.cli.output import FINDINGS, counting, fail, json_lines, table
from nurture.core.calendar import Wait, local_day
from nurture.core.calendar.stretch import read_wait

_HALF_A_YEAR = "6 months"


@click.command()
@click.option(
    "--longer-than",
    metavar="STRETCH",
    default=_HALF_A_YEAR,
    show_default=True,
    help="Only who has been silent for longer, as 3 months or 2 years.",
)
@click.option("--limit", type=click.IntRange(min=1), help="So many at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def silence(ctx: click.Context, longer_than: str, limit: int | None, *, as_json: bool) -> None:
    """List who neither wrote nor heard from us for six months: by silence, then by value.

    Calls, visits, letters and the owner's own mail count as much as what nurture sends. Exits
    with 1 where there is anybody. What to do about it: `nurture reconnect plan`.
    """
    try:
        wait = read_wait(longer_than)
    except ValueError as error:
        fail(f"--longer-than: {error}")
    rows = asyncio.run(_silence(ctx, wait))[:limit]
    if as_json:
        json_lines(rows)
    else:
        columns = ("contact", "name", "company", "value", "last_contact", "silent_for", "now_in")
        table(
            ("contact", "name", "company", "value", "last contact", "silent for", "now in"),
            [[row[name] or "-" for name in columns] for row in rows],
            empty=f"nobody has been silent for longer than {wait}",
        )
    if rows:
        ctx.exit(FINDINGS)


async def _silence(ctx: click.Context, wait: Wait) -> list[dict[str, object]]:
    from nurture.register import Register
    from nurture.survey import survey_silence
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        store, clock = world.store, world.clock
        register = Register(store.outgoing, store.people, world.shelf, world.accounts, clock)
        with counting("contacts looked at") as show:
            everybody = await survey_silence(register, show)
        zone = world.zone
        today = local_day(clock.now(), zone)
    found = [
        (each, last)
        for each in everybody
        if not each.refused and _is_longer(last := each.last_on(zone), wait, today)
    ]
    found.sort(key=lambda pair: (pair[1] or date.min, -pair[0].contact.value, pair[0].contact.id))
    return [
        {
            "contact": each.contact.address,
            "name": each.contact.name,
            "company": each.contact.company,
            "value": each.contact.value,
            "last_contact": last.isoformat() if last else None,
            "silent_for": f"{(today - last).days // 30} months" if last else "no contact known",
            "now_in": ", ".join(each.sequences),
        }
        for each, last in found
    ]


def _is_longer(last: date | None, wait: Wait, today: date) -> bool:
    if last is None:
        return True
    since = datetime.combine(last, time(12), UTC)
    return wait.after(since, "UTC").date() < today
