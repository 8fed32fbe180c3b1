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
    warn(
        "nurture: nothing is sent until `nurture resume --reconcile` has read your Sent folder for "
        "what was sent since"
    )
