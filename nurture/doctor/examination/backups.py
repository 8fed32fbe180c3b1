"""There is a backup, and it is of these days."""

from collections.abc import AsyncIterator

from nurture.doctor.finding import Finding, ok, warn
from nurture.doctor.patient import Patient
from nurture.flows.warn_backup import LATE
from nurture.storage.backup import newest_backup, sqlite_file_of

NAME = "backups"


async def examine(patient: Patient) -> AsyncIterator[Finding]:
    """The newest one beside the database; a server's operator has their own."""
    url = patient.settings.storage_url
    file = sqlite_file_of(url)
    if file is None:
        yield ok(NAME, "", "a server's: its operator takes a pg_dump daily, and keeps the key file")
        return
    newest = newest_backup(url)
    daily = "run `nurture backup --keep 14` every day (nurture-backup.timer does)"
    if newest is None:
        yield warn(NAME, str(file.parent), "no backup lies beside the database", daily)
    elif patient.clock.now() - newest >= LATE:
        seen = f"the newest backup is of {newest:%Y-%m-%d}"
        yield warn(NAME, str(file.parent), seen, f"{daily}; `systemctl status nurture-backup`")
    else:
        yield ok(NAME, str(file.parent), f"the newest backup is of {newest:%Y-%m-%d %H:%M} UTC")
