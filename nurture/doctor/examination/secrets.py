"""Nobody else on this machine can read a secret or change what nurture is told."""

import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from nurture.doctor.finding import Finding, fail, ok
from nurture.doctor.patient import Patient
from nurture.storage.backup import sqlite_file_of

NAME = "secrets"
_OTHERS = stat.S_IROTH | stat.S_IWOTH | stat.S_IXOTH


async def examine(patient: Patient) -> AsyncIterator[Finding]:
    """The folder of secrets, the tokens, the database, and who may write the settings."""
    faults = list(_faults(patient))
    for finding in faults:
        yield finding
    if not faults:
        yield ok(NAME, "", "only this user and its group can read the secrets and the database")


def _faults(patient: Patient) -> Iterator[Finding]:
    settings = patient.settings
    private = [settings.tokens, *_files(settings.tokens), *_files(settings.file.parent / "secrets")]
    database = sqlite_file_of(settings.storage_url)
    if database is not None:
        private += [database, *database.parent.glob(f"{database.name}-*")]
    for path in private:
        if path.exists() and path.stat().st_mode & _OTHERS and not _is_behind_a_wall(path):
            mode = "700" if path.is_dir() else "600"
            yield fail(NAME, str(path), "everybody here can read it", f"chmod {mode} {path}")
    if settings.file.exists() and settings.file.stat().st_mode & stat.S_IWOTH:
        seen, remedy = "everybody here can change it", f"chmod 644 {settings.file}"
        yield fail(NAME, str(settings.file), seen, remedy)


def _files(folder: Path) -> list[Path]:
    return [each for each in folder.iterdir() if each.is_file()] if folder.is_dir() else []


def _is_behind_a_wall(path: Path) -> bool:
    """A folder above it that others cannot enter keeps them out, whatever the file says."""
    return any(not parent.stat().st_mode & stat.S_IXOTH for parent in path.absolute().parents)
