"""Everything that is stored, in formats that any program opens: CSV, JSON lines, mbox."""

import csv
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, TextIO

from sqlalchemy import Connection, LargeBinary, Table, select

from nurture.core.account.tally import Tally
from nurture.core.contact import Contact
from nurture.core.contact.column import FIELDS
from nurture.core.contact.row import facts_of
from nurture.document.spreadsheet import guarded
from nurture.errors import Misconfigured, Unreachable
from nurture.storage.engine import Database
from nurture.storage.people import page_of
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import drafts, inbound, metadata, quarantine, touches

_MBOXES: Final = (
    ("inbound.mbox", inbound, inbound.c.raw, inbound.c.at),
    ("quarantine.mbox", quarantine, quarantine.c.raw, quarantine.c.at),
    ("drafts.mbox", drafts, drafts.c.wire, drafts.c.made_at),
    ("not-yet-filed.mbox", touches, touches.c.wire, touches.c.begun_at),
)
_BLOCK: Final = 1000
_PAGE: Final = 500


async def export(database: Database, key: bytes, folder: Path) -> tuple[Path, ...]:
    """Writes every table as CSV and as JSON lines, and every kept mail into an mbox.

    `people.csv` has besides everybody who may still be written to, as `nurture contacts import`
    reads them; `key` is that of the suppressions, which tell who that is.  All of it is one
    moment of the database, readable by this user alone.  Raises Misconfigured for a folder that
    holds something already, Unreachable where it cannot be written.
    """
    try:
        return await database.read(_export, Suppressions(key), folder)
    except OSError as error:
        raise Unreachable(f"{folder} cannot be written: {error.strerror}") from error


def _export(connection: Connection, list_: Suppressions, folder: Path) -> tuple[Path, ...]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Misconfigured(f"{folder} is not empty: name a new folder")
    files = [_people(connection, list_, folder / "people.csv")]
    for table in metadata.sorted_tables:
        files += _table(connection, table, folder)
    for name, table, raw, at in _MBOXES:
        query = select(raw, at).select_from(table).where(raw.is_not(None)).order_by(at)
        with _private(folder / name) as file:
            for wire, when in connection.execute(query).yield_per(_BLOCK):
                file.write(_in_mbox(wire, when))
        files.append(folder / name)
    return tuple(files)


def _people(connection: Connection, list_: Suppressions, sheet: Path) -> Path:
    """Whom another installation may import: it would not know who said no to this one."""
    own = {name for each in _willing(connection, list_) for name in facts_of(each)}
    columns = (*FIELDS, *sorted(name for name in own if "." in name))
    with _private(sheet) as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for each in _willing(connection, list_):
            facts = facts_of(each)
            writer.writerow([_joined(facts.get(name, "")) for name in columns])
    return sheet


def _willing(connection: Connection, list_: Suppressions) -> Iterator[Contact]:
    """Everybody who is not suppressed, a page at a time."""
    page = page_of(connection, "", _PAGE)
    while page:
        refused = list_.among(connection, [each.address for each in page])
        yield from (each for each in page if each.address not in refused)
        page = page_of(connection, page[-1].address, _PAGE)


def _joined(value: object) -> object:
    """Several words in one cell, as an import takes them apart."""
    return _cell("; ".join(map(str, value)) if isinstance(value, list) else value)


def _table(connection: Connection, table: Table, folder: Path) -> tuple[Path, Path]:
    columns = [each for each in table.columns if not isinstance(each.type, LargeBinary)]
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
    return guarded(value) if isinstance(value, str) else value


def _marked(line: str) -> str:
    return f">{line}" if line.lstrip(">").startswith("From ") else line


def _in_mbox(wire: bytes, at: datetime) -> str:
    """One mail as mbox has it (RFC 4155), lines that begin with "From " marked (mboxrd)."""
    text = wire.replace(b"\r\n", b"\n").decode("utf-8", "surrogateescape")
    lines = [_marked(each) for each in text.split("\n")]
    head = f"From nurture@localhost {at.astimezone(UTC):%a %b %e %H:%M:%S %Y}"
    return "\n".join([head, *lines, "", ""])
