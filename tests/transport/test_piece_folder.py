"""Files are added to the library whole, and none is overwritten."""

from pathlib import Path

import pytest

from nurture.errors import Unreachable
from nurture.transport.piece_folder import StoredPieces

TEXT = '---\ntitle: A\nsource: "https://blog.example/a"\n---\nWords of https://blog.example/b\n'


async def test_a_second_file_of_that_name_gets_a_number(tmp_path: Path) -> None:
    pieces = StoredPieces(tmp_path)
    assert await pieces.keep("A title", "one") == "library/a-title.md"
    assert await pieces.keep("A title", "two") == "library/a-title-2.md"
    assert await pieces.attach("My Report.PDF", b"%PDF-") == "attachments/my-report.pdf"
    assert (tmp_path / "library/a-title.md").read_text() == "one"
    names = sorted(path.name for path in tmp_path.rglob("*.*"))
    assert names == ["a-title-2.md", "a-title.md", "my-report.pdf"]


@pytest.mark.parametrize("written", ['"https://blog.example/a"', "https://blog.example/a/"])
async def test_a_piece_is_found_by_its_source(tmp_path: Path, written: str) -> None:
    pieces = StoredPieces(tmp_path)
    await pieces.keep("A", TEXT.replace('"https://blog.example/a"', written))
    assert await pieces.piece_from("https://blog.example/a") == "library/a.md"
    assert await pieces.piece_from("https://blog.example/b") == ""


async def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "library").write_text("a file")
    with pytest.raises(Unreachable, match="library cannot be written"):
        await StoredPieces(tmp_path).keep("A", "one")
