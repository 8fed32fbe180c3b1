"""Tables that spreadsheets write: their encoding and their delimiter found out, or asked for."""

import codecs
import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from nurture.document.spreadsheet import unguarded
from nurture.document.tree import place_at
from nurture.errors import Misconfigured, Place, Problem
from nurture.value import frozen

_DELIMITERS = ",;\t|"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LONGEST_CELL = 100_000


@frozen
class CsvRow:
    """One row by the headings; `line` is where it starts, `fault` why it has no cells."""

    line: int
    cells: dict[str, str]
    fault: str = ""


@frozen
class CsvTable:
    """A file's headings and its rows without the blank ones."""

    columns: tuple[str, ...]
    rows: tuple[CsvRow, ...]


def read_csv(path: Path, encoding: str | None = None, delimiter: str | None = None) -> CsvTable:
    """The table in a file: UTF-8, or UTF-16 with its mark, unless `encoding` says otherwise.

    The delimiter is the one that occurs most in the first line.  Raises Misconfigured, with the
    line, for a file that cannot be decoded or is no table; a ragged row is only marked.
    """
    try:
        text = _decoded(path.read_bytes(), str(path), encoding)
    except OSError as error:
        raise Misconfigured([Problem(f"cannot be read: {error.strerror}", Place(str(path)))]) from (
            error
        )
    records = _records(text, str(path), delimiter or _sniffed(text))
    _, head = next(records, (0, []))
    columns = tuple(name.strip() for name in head)
    if twice := {name for name in columns if name and columns.count(name) > 1}:
        words = f"the column {min(twice)!r} stands twice"
        raise Misconfigured([Problem(words, Place(str(path), 1, 1))])
    return CsvTable(columns, tuple(_row(line, cells, columns) for line, cells in records))


def _decoded(raw: bytes, file: str, encoding: str | None) -> str:
    marked = next((name for mark, name in _MARKS if raw.startswith(mark)), None)
    chosen = encoding or marked or "utf-8"
    try:
        text = raw.decode(chosen)
    except LookupError as error:
        words = f"no encoding is called {chosen!r}: try utf-8, cp1252 or iso-8859-15"
        raise Misconfigured([Problem(words)]) from error
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode(chosen, "replace")
        place = place_at(before, len(before), file)
        advice = (
            "try another --encoding"
            if encoding
            else "spreadsheets on Windows often write cp1252, so try --encoding cp1252"
        )
        words = f"byte 0x{raw[error.start]:02X} is not {chosen.upper()}: {advice}"
        raise Misconfigured([Problem(words, place)]) from error
    if "\0" in text:
        words = "zero bytes in it: if this is UTF-16, try --encoding utf-16"
        raise Misconfigured([Problem(words, place_at(text, text.index("\0"), file))])
    return text


def _sniffed(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(part for index, part in enumerate(first.split('"')) if index % 2 == 0)
    return max(_DELIMITERS, key=bare.count)


def _records(text: str, file: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Every record that is not blank, with the line in which it starts."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        words = f"the quotes of this row do not close as a table's do ({error})"
        raise Misconfigured([Problem(words, Place(file, line, 1))]) from error


def _row(line: int, cells: list[str], columns: tuple[str, ...]) -> CsvRow:
    surplus = [cell for cell in cells[len(columns) :] if cell.strip()]
    if len(cells) < len(columns) or surplus:
        return CsvRow(line, {}, f"{len(cells)} cells under {len(columns)} columns")
    return CsvRow(line, dict(zip(columns, map(unguarded, cells), strict=False)))
