"""Tables as spreadsheets really write them."""

from pathlib import Path

import pytest

from nurture.errors import Misconfigured
from nurture.transport.csv_file import CsvRow, CsvTable, read_csv

TEXT = "email;Vorname\nzoe@example.org;Zoë\njörg@example.org;Jörg\n"


def read(
    tmp_path: Path, raw: bytes, encoding: str | None = None, delimiter: str | None = None
) -> CsvTable:
    file = tmp_path / "people.csv"
    file.write_bytes(raw)
    return read_csv(file, encoding, delimiter)


def complaint(tmp_path: Path, raw: bytes, encoding: str | None = None) -> str:
    with pytest.raises(Misconfigured) as caught:
        read(tmp_path, raw, encoding)
    return str(caught.value).replace(f"{tmp_path}/", "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marks_and_utf_8_are_understood_unasked(tmp_path: Path, encoding: str) -> None:
    table = read(tmp_path, TEXT.encode(encoding))
    assert table.columns == ("email", "Vorname")
    assert [row.cells["Vorname"] for row in table.rows] == ["Zoë", "Jörg"]


def test_latin_1_is_refused_with_its_line_and_read_when_named(tmp_path: Path) -> None:
    raw = TEXT.encode("cp1252")
    assert complaint(tmp_path, raw) == (
        "people.csv:2:19: byte 0xEB is not UTF-8: spreadsheets on Windows often write cp1252, "
        "so try --encoding cp1252"
    )
    assert read(tmp_path, raw, "cp1252").rows[0].cells["Vorname"] == "Zoë"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_in_the_first_line(tmp_path: Path, delimiter: str) -> None:
    raw = TEXT.replace(";", delimiter).replace("Vorname", '"a,b;c|d\te"').encode()
    assert read(tmp_path, raw).columns == ("email", "a,b;c|d\te")


def test_a_named_delimiter_wins(tmp_path: Path) -> None:
    assert read(tmp_path, b"a,b;c\n1,2;3\n", delimiter=";").columns == ("a,b", "c")


def test_lines_are_counted_through_quoted_line_ends_and_blank_rows(tmp_path: Path) -> None:
    raw = b'email,notes\r\na@example.org,"one\r\ntwo"\r\n\r\n,\r\nb@example.org,"say ""hi"""\r\n'
    assert read(tmp_path, raw).rows == (
        CsvRow(2, {"email": "a@example.org", "notes": "one\r\ntwo"}),
        CsvRow(6, {"email": "b@example.org", "notes": 'say "hi"'}),
    )


def test_a_ragged_row_is_marked_and_the_next_one_read(tmp_path: Path) -> None:
    rows = read(tmp_path, b"a,b\n1\n1,2,3\n1,2,\n1,2\n").rows
    assert [row.fault for row in rows] == [
        "1 cells under 2 columns", "3 cells under 2 columns", "", "",
    ]  # fmt: skip
    assert rows[2].cells == rows[3].cells == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("raw", "encoding", "words"),
    [
        (b'a,b\n1,"2\n3,4\n', None, "people.csv:2:1: the quotes of this row do not close"),
        (b"a,a\n1,2\n", None, "people.csv:1:1: the column 'a' stands twice"),
        ("a,b\n".encode("utf-16-le"), None, "people.csv:1:2: zero bytes in it: if this is UTF-16"),
        (b"a,b\n", "klingon", "no encoding is called 'klingon': try utf-8, cp1252"),
        (b"a\xff\n", "ascii", "people.csv:1:2: byte 0xFF is not ASCII: try another --encoding"),
    ],
)
def test_what_is_no_table_is_refused_in_words(
    tmp_path: Path, raw: bytes, encoding: str | None, words: str
) -> None:
    assert complaint(tmp_path, raw, encoding).startswith(words)


def test_an_empty_file_has_no_columns(tmp_path: Path) -> None:
    assert read(tmp_path, b"") == CsvTable((), ())


def test_the_apostrophe_that_marks_text_is_no_part_of_it(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email,phone,note\na@b.example,'+49 30 1234,'tis 'quoted'\n")
    (row,) = read_csv(file).rows
    assert (row.cells["phone"], row.cells["note"]) == ("+49 30 1234", "'tis 'quoted'")
