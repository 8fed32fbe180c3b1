"""The files of the library, where new ones are added and none is ever overwritten."""

import asyncio
import os
import re
from itertools import count
from pathlib import Path
from typing import Final

import nurture.clipping.piece as clipping
from nurture.errors import Unreachable
from nurture.value import frozen

_LIBRARY: Final = "library"
_ATTACHMENTS: Final = "attachments"
_HEAD: Final = 4096
_SOURCE: Final = re.compile(r"^source:[ \t]*[\"']?([^\s\"']+)", re.MULTILINE)


@frozen
class StoredPieces:
    """ports.PieceFolder in the sequences folder."""

    folder: Path

    async def keep(self, title: str, text: str) -> str:
        """See the port."""
        name = clipping.file_name(title)
        return await asyncio.to_thread(self._write, _LIBRARY, name, ".md", text.encode())

    async def attach(self, file_name: str, content: bytes) -> str:
        """See the port."""
        path = Path(file_name)
        name, ending = clipping.file_name(path.stem), path.suffix.lower()
        return await asyncio.to_thread(self._write, _ATTACHMENTS, name, ending, content)

    async def piece_from(self, url: str) -> str:
        """See the port."""
        return await asyncio.to_thread(self._piece_from, url)

    def _write(self, room: str, name: str, ending: str, content: bytes) -> str:
        """The whole file or none: the daemon watches the folder."""
        place = self.folder / room
        try:
            place.mkdir(exist_ok=True)
            unfinished = place / f".{name}.{os.getpid()}.part"
            unfinished.write_bytes(content)
            try:
                return f"{room}/{_named(unfinished, place, name, ending)}"
            finally:
                unfinished.unlink()
        except OSError as error:
            raise Unreachable(f"{place} cannot be written: {error.strerror}") from error

    def _piece_from(self, url: str) -> str:
        for file in sorted(self.folder.glob(f"{_LIBRARY}/**/*.md")):
            try:
                with file.open(encoding="utf-8", errors="replace") as stream:
                    head = stream.read(_HEAD)
            except OSError:
                continue  # `nurture check` says what is wrong with it
            top = head.partition("\n---")[0]
            found = _SOURCE.search(top)
            if found and found[1].rstrip("/") == url.rstrip("/"):
                return file.relative_to(self.folder).as_posix()
        return ""


def _named(unfinished: Path, place: Path, name: str, ending: str) -> str:
    """The first free name; a link is made only where there is no file."""
    for number in count(1):
        free = f"{name}-{number}{ending}" if number > 1 else f"{name}{ending}"
        try:
            (place / free).hardlink_to(unfinished)
        except FileExistsError:
            continue
        return free
    raise AssertionError("numbers have no end")
