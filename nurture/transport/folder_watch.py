"""Notices that somebody has edited the sequences folder, and has finished doing so."""

import asyncio
from pathlib import Path

MARK = ".reload"
"""The file in the folder by whose time a person asks for a new reading, edited or not."""

_Signature = frozenset[tuple[str, int, int]]


class FolderWatch:
    """Says once for each edit that the folder is another now, when it has come to rest.

    An edit has come to rest when two looks in a row find the same files of the same size and
    time: an editor that writes in pieces, or a copy of many files, is waited for.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._taken = self._seen = _signature(folder)

    async def has_changed(self) -> bool:
        """Whether there is something new to read since the last time that this was true."""
        found = await asyncio.to_thread(_signature, self._folder)
        is_at_rest, self._seen = found == self._seen, found
        if not is_at_rest or found == self._taken:
            return False
        self._taken = found
        return True


def ask_for_reading(folder: Path) -> None:
    """Whoever watches the folder reads it soon; raises OSError where it cannot be written."""
    mark = folder / MARK
    mark.unlink(missing_ok=True)
    mark.touch()


def _signature(folder: Path) -> _Signature:
    found = set()
    for file in folder.rglob("*"):
        is_editors_own = file.name.startswith(".") or file.name.endswith("~")
        if is_editors_own and file.name != MARK:
            continue
        try:
            state = file.stat()
        except OSError:
            continue  # gone between the listing and the look
        found.add((file.as_posix(), state.st_mtime_ns, state.st_size))
    return frozenset(found)
