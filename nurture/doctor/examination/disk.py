"""There is room for the database, its backups, and the copy that a backup is made through."""

import shutil
from collections.abc import AsyncIterator

from nurture.doctor.finding import Finding, fail, ok, warn
from nurture.doctor.patient import Patient
from nurture.storage.backup import sqlite_file_of

NAME = "disk"
_MEGABYTE = 1_000_000
_LEAST = 100 * _MEGABYTE
_ENOUGH = 1_000 * _MEGABYTE


async def examine(patient: Patient) -> AsyncIterator[Finding]:
    """The room beside the database, or beside the settings where the database is a server's."""
    file = sqlite_file_of(patient.settings.storage_url)
    folder = (file or patient.settings.file).parent
    size = file.stat().st_size if file and file.exists() else 0
    free = shutil.disk_usage(folder).free
    seen = f"{free // _MEGABYTE} MB free for a database of {max(size // _MEGABYTE, 1)} MB"
    if free < _LEAST + size:
        remedy = "make room now: a full disk stops sending, and the next backup will not fit"
        yield fail(NAME, str(folder), seen, remedy)
    elif free < _ENOUGH + 2 * size:
        yield warn(NAME, str(folder), seen, "make room before the backups need it")
    else:
        yield ok(NAME, str(folder), seen)
