"""`nurture backup`: a copy of the database that is whole, checked and private."""

from os import environ
from pathlib import Path

import click


@click.command()
@click.argument("target", metavar="[FILE]", type=click.Path(path_type=Path), required=False)
@click.option("--keep", type=click.IntRange(1), help="Delete older backups of that folder but N.")
@click.pass_context
def backup(ctx: click.Context, target: Path | None, keep: int | None) -> None:
    """Copy the database to FILE, or into the folder FILE [default: backups, beside it].

    The daemon may run. The copy is checked and on disk before this returns. Keep the key file with
    it: without the key nobody knows who said no.
    """
    from nurture.settings import load_settings
    from nurture.storage.backup import back_up, forget_oldest
    from nurture.transport.clock import SystemClock

    settings = load_settings(ctx.obj.config, environ, with_passwords=False)
    made = back_up(settings.storage_url, target, SystemClock().now())
    click.echo(f"backed up to {made}")
    if keep:
        for old in forget_oldest(made.parent, keep):
            click.echo(f"deleted {old}")
