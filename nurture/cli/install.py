"""`nurture install`: a service of this machine, with everything that belongs to it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nurture.cli.output import warn

if TYPE_CHECKING:
    from nurture.install.plan import Machine

_NEXT = """\
Next:
  1. Write who you are and where your mailbox is into /etc/nurture/nurture.toml
  2. install -m 640 -g nurture /dev/stdin /etc/nurture/secrets/anna.password   (type it, Ctrl-D)
  3. sudo -u nurture {program} --config /etc/nurture/nurture.toml doctor
  4. systemctl start nurture"""


@click.command()
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("/"),
    help="Another root, such as an image being built; then no command is run.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    help="So many workers on one PostgreSQL [default: 1].",
)
@click.option("--packaged", is_flag=True, hidden=True, help="Units and user are a package's.")
def install(root: Path, *, dry_run: bool, workers: int, packaged: bool) -> None:
    """Set nurture up as a systemd service on this machine (Debian, Ubuntu); run it as root.

    Says of every file and command what became of it, and overwrites no setting of yours. Running
    it again after an upgrade renews the units.
    """
    from nurture.install.carrying_out import carry_out
    from nurture.install.fresh_settings import fresh_settings
    from nurture.install.plan import installing
    from nurture.install.plan import packaged as rest

    machine = _machine(root, workers)
    steps = (rest if packaged else installing)(machine, fresh_settings())
    for line in carry_out(steps, root, is_dry=dry_run):
        click.echo(line)
    if packaged:
        return
    if workers > 1 and machine.is_sqlite:
        warn("nurture: several workers need PostgreSQL: write storage.url into nurture.toml")
    if not dry_run:
        click.echo(_NEXT.format(program=machine.program))


def _machine(root: Path, workers: int) -> "Machine":
    from nurture.install.plan import SETTINGS, Machine
    from nurture.install.systemd_version import systemd_version

    settings = root / SETTINGS / "nurture.toml"
    text = settings.read_text("utf-8") if settings.is_file() else ""
    program = str(Path(sys.executable).with_name("nurture"))
    return Machine(systemd_version(), program, workers, "postgres" not in text)
