"""An account's IMAP store in memory, in the time of a given clock."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from nurture.errors import Unreachable
from nurture.mail.cursor import SPARING_BYTES, Cursor, Fetched, Folder
from nurture.mail.read.heading import Heading, heading_of
from nurture.ports import Clock


@dataclass(slots=True)
class Stored:
    """One message of the fake."""

    uid: int
    raw: bytes
    at: datetime
    flags: frozenset[str] = frozenset()
    thread: str = ""


@dataclass(slots=True)
class Shelf:
    """One folder of the fake."""

    uidvalidity: int
    messages: list[Stored] = field(default_factory=list)
    next_uid: int = 1


class FakeMailbox:
    """The port Mailbox without a server.

    `deliver` is what others do; `fail_next` lets the coming calls raise; while frozen every call
    raises Unreachable at once, as the real one does when its deadline is over.
    """

    def __init__(
        self,
        clock: Clock,
        folders: Iterable[Folder] = tuple(Folder),
        max_message_bytes: int = 8 << 20,
    ) -> None:
        self.is_open = False
        self.is_sparing = False
        self._clock = clock
        self._cap = max_message_bytes
        self._shelves = {folder: Shelf(uidvalidity=1) for folder in folders}
        self._faults: list[tuple[str, Exception]] = []
        self._is_frozen = False
        self._stirred = asyncio.Event()
        self._inbox_end = Cursor(1, 0)
        self._is_woken = False

    def deliver(
        self, folder: Folder, raw: bytes, at: datetime | None = None, thread: str = ""
    ) -> int:
        """Mail arrives; its UID."""
        uid = self._store(folder, raw, at or self._clock.now(), frozenset())
        self._shelves[folder].messages[-1].thread = thread
        if folder is Folder.INBOX:
            self._stirred.set()
        return uid

    def fail_next(self, method: str = "", error: Exception | None = None, times: int = 1) -> None:
        """The next calls of this method (of any, where empty) raise and lose the connection."""
        fault = error or Unreachable("the fake was told to fail")
        self._faults += [(method, fault)] * times
        self._stirred.set()

    def freeze(self) -> None:
        """From now on nobody answers."""
        self._is_frozen = True
        self._stirred.set()

    def thaw(self) -> None:
        """Answers again; the connection has to be opened anew."""
        self._is_frozen = False

    def expunge(self, folder: Folder, uid: int) -> None:
        """Somebody deletes a message for good; harmless where it is gone."""
        shelf = self._shelves[folder]
        shelf.messages = [one for one in shelf.messages if one.uid != uid]

    def uids(self, folder: Folder) -> tuple[int, ...]:
        """The UIDs that are there now, ascending."""
        return tuple(one.uid for one in self._shelves[folder].messages)

    def renumber(self, folder: Folder) -> None:
        """Every UID and the UIDVALIDITY change; the messages stay."""
        shelf = self._shelves[folder]
        self._shelves[folder] = Shelf(shelf.uidvalidity + 1)
        for old in shelf.messages:
            self._store(folder, old.raw, old.at, old.flags)

    def flags(self, folder: Folder) -> tuple[frozenset[str], ...]:
        """The flags of each message, in the order of UIDs."""
        return tuple(one.flags for one in self._shelves[folder].messages)

    def raws(self, folder: Folder) -> tuple[bytes, ...]:
        """The messages, in the order of UIDs."""
        return tuple(one.raw for one in self._shelves[folder].messages)

    async def open(self) -> None:
        """See the port."""
        self._fault("open", needs_open=False)
        self.is_open = True

    async def close(self) -> None:
        """See the port."""
        self.is_open = False
        self._stirred.set()

    async def position(self, folder: Folder) -> Cursor | None:
        """See the port."""
        self._fault("position")
        shelf = self._shelves.get(folder)
        return Cursor(shelf.uidvalidity, shelf.next_uid - 1) if shelf else None

    async def fetch(
        self, folder: Folder, after: Cursor | None, since: datetime
    ) -> AsyncIterator[Fetched]:
        """See the port."""
        self._fault("fetch")
        shelf = self._shelves.get(folder)
        if shelf is None:
            return
        day_before = (since - timedelta(days=1)).date()
        last = after.uid if after and after.uidvalidity == shelf.uidvalidity else None
        wanted = [
            one
            for one in shelf.messages
            if (one.at.date() >= day_before if last is None else one.uid > last)
        ]
        if folder is Folder.INBOX:
            end = max((last or 0, *(one.uid for one in wanted)))
            self._inbox_end = Cursor(shelf.uidvalidity, end)
        for one in wanted:
            self._fault("fetch")
            cut = one.raw[: SPARING_BYTES if self.is_sparing else self._cap]
            place = (folder, shelf.uidvalidity, one.uid)
            yield Fetched(*place, cut, len(one.raw), one.at, one.thread)

    async def headings(self, folder: Folder) -> AsyncIterator[tuple[Heading, ...]]:
        """See the port."""
        self._fault("headings")
        shelf = self._shelves.get(folder)
        if shelf and shelf.messages:
            yield tuple(heading_of(one.raw.partition(b"\r\n\r\n")[0]) for one in shelf.messages)

    async def wait(self, until_woken: float) -> bool:
        """See the port; the seconds are those of the clock."""
        until = self._clock.now() + timedelta(seconds=until_woken)
        self._fault("wait")
        self._is_woken = False
        while not (self._has_unread() or self._is_woken) and self._clock.now() < until:
            self._stirred.clear()
            stirred = asyncio.ensure_future(self._stirred.wait())
            slept = asyncio.ensure_future(self._clock.sleep_until(until))
            try:
                await asyncio.wait({stirred, slept}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                stirred.cancel()
                slept.cancel()
            self._fault("wait")
        return self._has_unread()

    def wake(self) -> None:
        """See the port."""
        self._is_woken = True
        self._stirred.set()

    async def holds(self, folder: Folder, message_id: str) -> bool:
        """See the port."""
        self._fault("holds")
        wanted = f"<{message_id.strip('<>')}>".encode()
        shelf = self._shelves.get(folder)
        heads = [one.raw.partition(b"\r\n\r\n")[0] for one in shelf.messages] if shelf else []
        return any(
            line.lower().startswith(b"message-id:") and wanted in line
            for head in heads
            for line in head.split(b"\r\n")
        )

    async def file_copy(self, wire: bytes, at: datetime) -> None:
        """See the port."""
        self._fault("file_copy")
        self._shelves.setdefault(Folder.SENT, Shelf(uidvalidity=1))
        self._store(Folder.SENT, wire, at, frozenset({"\\Seen"}))

    def _has_unread(self) -> bool:
        inbox = self._shelves[Folder.INBOX]
        return Cursor(inbox.uidvalidity, inbox.next_uid - 1) != self._inbox_end

    def _store(self, folder: Folder, raw: bytes, at: datetime, flags: frozenset[str]) -> int:
        shelf = self._shelves[folder]
        uid = shelf.next_uid
        shelf.messages.append(Stored(uid, raw, at.replace(microsecond=0), flags))
        shelf.next_uid += 1
        return uid

    def _fault(self, method: str, *, needs_open: bool = True) -> None:
        if needs_open and not self.is_open:
            raise Unreachable("the fake is not open")
        if self._is_frozen:
            self.is_open = False
            raise Unreachable("the fake is frozen")
        for index, (name, error) in enumerate(self._faults):
            if name in ("", method):
                del self._faults[index]
                self.is_open = False
                raise error
