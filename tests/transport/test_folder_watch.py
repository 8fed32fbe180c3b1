"""An edit is taken over once, and only when it has come to rest."""

from pathlib import Path

from nurture.transport.folder_watch import FolderWatch, ask_for_reading


async def test_what_lies_there_at_the_start_is_no_edit(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("one")
    watch = FolderWatch(tmp_path)
    assert [await watch.has_changed() for _ in range(3)] == [False] * 3


async def test_an_edit_is_told_once_when_it_rests(tmp_path: Path) -> None:
    watch = FolderWatch(tmp_path)
    (tmp_path / "a.yaml").write_text("one")
    assert [await watch.has_changed() for _ in range(3)] == [False, True, False]


async def test_who_still_writes_is_waited_for(tmp_path: Path) -> None:
    watch, file, told = FolderWatch(tmp_path), tmp_path / "mail.md", []
    for text in ("a", "ab", "abc"):
        file.write_text(text)
        told.append(await watch.has_changed())
    assert told == [False, False, False]
    assert await watch.has_changed()


async def test_a_file_that_goes_is_an_edit_and_an_editors_own_is_none(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "a.md").write_text("one")
    watch = FolderWatch(tmp_path)
    (tmp_path / ".a.md.swp").write_text("x")
    (tmp_path / "a.md~").write_text("x")
    assert [await watch.has_changed() for _ in range(3)] == [False] * 3
    (tmp_path / "mail" / "a.md").unlink()
    assert [await watch.has_changed() for _ in range(2)] == [False, True]


async def test_who_asks_for_a_reading_gets_one_though_nothing_was_edited(tmp_path: Path) -> None:
    watch = FolderWatch(tmp_path)
    for _ in range(2):
        ask_for_reading(tmp_path)
        assert [await watch.has_changed() for _ in range(3)] == [False, True, False]
