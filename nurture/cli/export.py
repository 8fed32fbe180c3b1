"""`nurture export`: everything that is stored, in open formats."""

import asyncio
from pathlib import Path
from shutil import copy2, copytree

import click


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.pass_context
def export(ctx: click.Context, folder: Path) -> None:
    """Write all contacts, walks, mails and the ledger into DIR, as CSV, JSON lines and mbox.

    The daemon may run. Your settings, sequences and corrected samples are copied as they are;
    people.csv is what `nurture contacts import` reads elsewhere, without those who said no:
    suppressed addresses are hashes and stay so. All is as private as your mailbox.
    """
    asyncio.run(_export(ctx, folder))


async def _export(ctx: click.Context, folder: Path) -> None:
    from nurture.storage.exporting import export as write_all
    from nurture.transport.sample_folder import samples_of
    from nurture.wiring.world import opened

    async with opened(ctx.obj.config) as world:
        settings = world.settings
        files = await write_all(world.store.database, settings.key, folder)
        _copy_settings(settings.file, folder)
        own = {"sequences": settings.sequences, "corrections": samples_of(settings.file)}
        for name, place in own.items():
            if place.is_dir():
                copytree(place, folder / name)
    click.echo(f"{len(files)} files, the settings and the sequences are in {folder}")


def _copy_settings(file: Path, folder: Path) -> None:
    Path(copy2(file, folder)).chmod(0o600)
