"""`nurture reload`: asks the daemon to take over the sequences as they are written now."""

import asyncio

import click

from nurture.cli.output import FINDINGS, json_lines, table, warn
from nurture.errors import Misconfigured


@click.command("reload")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def reload(ctx: click.Context, as_json: bool) -> None:
    """Ask the running daemon to read the sequences anew, and show what it will find.

    It watches the folder and does so by itself some seconds after an edit. Exit code 1: a file
    cannot be used, and what it held runs on as it was.
    """
    asyncio.run(_reload(ctx, as_json=as_json))


async def _reload(ctx: click.Context, *, as_json: bool) -> None:
    from nurture.flows.carry_over import Crossing, crossers
    from nurture.transport.folder_watch import ask_for_reading
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        rows = []
        for sequence in world.shelf.all_today():
            account = next(iter(world.accounts.values()), None)
            waiting = 0
            if account is not None:
                crossing = Crossing(world.store.outgoing, world.shelf, account, world.clock)
                waiting = len(await crossers(crossing, sequence))
            plan = f"see `nurture plan {sequence.name}`" if waiting else ""
            rows.append((sequence.name, sequence.revision, waiting, plan))
        folder, problems = world.settings.sequences, world.problems
    try:
        ask_for_reading(folder)
    except OSError as error:
        why = f"{folder} cannot be written ({error.strerror}): say systemctl reload nurture instead"
        raise Misconfigured(why) from error
    if as_json:
        names = ("sequence", "revision", "on_an_older_text")
        json_lines(dict(zip(names, row[:3], strict=True)) for row in rows)
    else:
        headers = ("sequence", "revision", "people on an older text", "")
        table(headers, rows, empty="there is no sequence")
    for problem in problems:
        warn(f"nurture: {problem}")
    if problems:
        ctx.exit(FINDINGS)
