"""`nurture restore`: a backup takes the place of the database, and sends nothing until told so."""

import asyncio
from os import environ
from pathlib import Path

import click

from nurture.cli.output import warn


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def restore(ctx: click.Context, file: Path) -> None:
    """Put a backup FILE in the place of the database; nothing is sent until you say so.

    Stop `nurture run` first. The database that stood there is kept beside it.
    """
    from nurture.settings import load_settings
    from nurture.storage.restoring import restore as put_back
    from nurture.transport.clock import SystemClock

    settings = load_settings(ctx.obj.config, environ, with_passwords=False)
    done = asyncio.run(put_back(settings.storage_url, file, settings.key, SystemClock().now()))
    click.echo(f"{done.database} is the backup of {done.taken} now")
    if done.replaced:
        click.echo(f"what stood there is kept as {done.replaced}")
    if done.noes is None:
        warn(
            "nurture: it cannot be read, so whoever said no since the backup by a link or through "
            "you is not known any more: `nurture contacts suppress` them once more"
        )
    elif done.noes:
        click.echo(f"{done.noes} who said no since then stay suppressed")
    warn(
        "nurture: nothing is sent until `nurture resume --reconcile` has read your Sent folder for "
        "what was sent since"
    )
