"""`nurture uninstall`: takes the service away; settings and database stay."""

from pathlib import Path

import click

from nurture.cli.output import fail


@click.command()
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("/"),
    help="Another root; then no command is run.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--purge", is_flag=True, help="Settings, secrets and the database go, too.")
@click.option("--yes", is_flag=True, help="Do not ask before a purge.")
def uninstall(root: Path, *, dry_run: bool, purge: bool, yes: bool) -> None:
    """Stop the service and remove its units; run it as root.

    What people told you stays: /etc/nurture and /var/lib/nurture are removed with --purge only,
    and then those who said no are forgotten as well.
    """
    from nurture.install.carrying_out import carry_out
    from nurture.install.plan import removing

    if purge and not dry_run and not yes:
        question = "Delete all settings, secrets and the database, with everybody who said no?"
        if not click.confirm(question, default=False):
            fail("nothing was removed")
    for line in carry_out(removing(purge=purge), root, is_dry=dry_run):
        click.echo(line)
