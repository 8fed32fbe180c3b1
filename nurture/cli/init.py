"""`nurture init`: a commented folder to begin with."""

import secrets
from importlib.resources import files
from pathlib import Path
from shutil import copytree

import click

from nurture.cli.output import fail
from nurture.transport.sequence_folder import shipped_sequences

_FILES = {
    "nurture.toml": "nurture.toml",
    "contacts.csv": "contacts.csv",
    ".gitignore": "gitignore",
    "secrets/README": "secrets.txt",
}
_KEY = "secrets/nurture.key"

_NEXT = """\
{folder} is ready. Next:
  1. Write who you are and where your mailbox is into {folder}/nurture.toml
  2. Write its password into a file of its own:
     (umask 077; cat > {folder}/secrets/anna.password)
  3. Prove that answers are heard; until then nothing is sent:
     nurture --config {folder}/nurture.toml doctor
  4. Look at who would be imported:
     nurture --config {folder}/nurture.toml contacts import --dry-run {folder}/contacts.csv
The sequences in {folder}/sequences are yours now: read them, and make them sound like you."""


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Write a working folder: settings, sequences, sample contacts and a key.

    Nothing that exists is overwritten.
    """
    existing = [name for name in (*_FILES, _KEY, "sequences") if (folder / name).exists()]
    if existing:
        fail(f"{folder / existing[0]} exists and is not overwritten: choose another folder")
    try:
        _write(folder)
    except OSError as error:
        fail(f"{error.filename or folder}: {error.strerror}: choose a folder you may write to")
    click.echo(_NEXT.format(folder=folder))


def _write(folder: Path) -> None:
    (folder / "secrets").mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "secrets").chmod(0o700)
    start = files("nurture.cli").joinpath("start")
    for name, source in _FILES.items():
        (folder / name).write_text(start.joinpath(source).read_text("utf-8"), "utf-8")
    key = folder / _KEY
    key.touch(mode=0o600, exist_ok=False)
    key.write_text(f"{secrets.token_hex(32)}\n", "ascii")
    copytree(shipped_sequences(), folder / "sequences")
