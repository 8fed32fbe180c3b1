"""Everything that is stored, in formats that any program opens: CSV, JSON lines, mbox."""

import csv
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, TextIO

from sqlalchemy import Connection, Table, select

from nurture.core.account.tally import Tally
from nurture.errors import Misconfigured, Unreachable
from nurture.storage.engine import Database
from nurture.storage.tables import inbound, metadata, quarantine, touches

_BYTES: Final = {("inbound", "raw"), ("quarantine", "raw"), ("touches", "wire")}
_MBOXES: Final = (
    ("inbound.mbox", inbound, inbound.c.raw, inbound.c.at),
    ("quarantine.mbox", quarantine, quarantine.c.raw, quarantine.c.at),
    ("not-yet-filed.mbox", touches, touches.c.wire, touches.c.begun_at),
)
_BLOCK: Final = 1000


async def export(database: Database, folder: Path) -> tuple[Path, ...]:
    """Writes every table as CSV and as JSON lines, and every kept mail into an mbox.

    All of it is one moment of the database, readable by this user alone.  Raises Misconfigured
    for a folder that holds something already, Unreachable where it cannot be written.
    """
    try:
        return await database.read(_export, folder)
    except OSError as error:
        raise Unreachable(f"{folder} cannot be written: {error.strerror}") from error


def _export(connection: Connection, folder: Path) -> tuple[Path, ...]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Misconfigured(f"{folder} is not empty: name a new folder")
    files: list[Path] = []
    for table in metadata.sorted_tables:
        files += _table(connection, table, folder)
    for name, table, raw, at in _MBOXES:
        query = select(raw, at).select_from(table).where(raw.is_not(None)).order_by(at)
        with _private(folder / name) as file:
            for wire, when in connection.execute(query).yield_per(_BLOCK):
                file.write(_in_mbox(wire, when))
        files.append(folder / name)
    return tuple(files)


def _table(connection: Connection, table: Table, folder: Path) -> tuple[Path, Path]:
    columns = [each for each in table.columns if (table.name, each.name) not in _BYTES]
    names = [each.name for each in columns]
    sheet, lines = folder / f"{table.name}.csv", folder / f"{table.name}.jsonl"
    query = select(*columns).order_by(*table.primary_key.columns)
    with _private(sheet) as as_csv, _private(lines) as as_json:
        writer = csv.writer(as_csv)
        writer.writerow(names)
        for row in connection.execute(query).yield_per(_BLOCK):
            values = [_plain(each) for each in row]
            writer.writerow([_cell(each) for each in values])
            whole = dict(zip(names, values, strict=True))
            as_json.write(f"{json.dumps(whole, ensure_ascii=False)}\n")
    return sheet, lines


@contextmanager
def _private(path: Path) -> Iterator[TextIO]:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        yield file


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Tally):
        return [list(slot) for slot in value.slots]
    return value


def _cell(value: object) -> object:
    """Lists and maps as JSON; nothing that a spreadsheet would take for a formula."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    is_formula = isinstance(value, str) and value[:1] in {"=", "+", "-", "@"}
    return f"'{value}" if is_formula else value


def _marked(line: str) -> str:
    return f">{line}" if line.lstrip(">").startswith("From ") else line


def _in_mbox(wire: bytes, at: datetime) -> str:
    """One mail as mbox has it (RFC 4155), lines that begin with "From " marked (mboxrd)."""
    text = wire.replace(b"\r\n", b"\n").decode("utf-8", "surrogateescape")
    lines = [_marked(each) for each in text.split("\n")]
    head = f"From nurture@localhost {at.astimezone(UTC):%a %b %e %H:%M:%S %Y}"
    return "\n".join([head, *lines, "", ""])
