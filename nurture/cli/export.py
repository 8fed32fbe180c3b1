"""`nurture export`: everything that is stored, in open formats."""

import asyncio
from pathlib import Path
from shutil import copytree

import click


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.pass_context
def export(ctx: click.Context, folder: Path) -> None:
    """Write all contacts, walks, mails and the ledger into DIR, as CSV, JSON lines and mbox.

    The daemon may run. Your sequences are copied as they are; suppressed addresses are hashes and
    stay so. The files are readable by you alone: they are as private as your mailbox.
    """
    asyncio.run(_export(ctx, folder))


async def _export(ctx: click.Context, folder: Path) -> None:
    from nurture.storage.exporting import export as write_all
    from nurture.wiring import opened

    async with opened(ctx.obj.config) as world:
        files = await write_all(world.store.database, folder)
        if world.settings.sequences.is_dir():
            copytree(world.settings.sequences, folder / "sequences")
    click.echo(f"{len(files)} files and the sequences are in {folder}")
