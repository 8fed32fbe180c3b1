"""An account's IMAP store in memory that fails when it is told to."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime

from nurture.errors import Unreachable
from nurture.mail.cursor import Cursor, Fetched, Folder
from nurture.mail.read.heading import Heading
from nurture.ports import Clock, Declined, TakenBack
from nurture.simulation.mailbox import MemoryMailbox, Store


class FakeMailbox(MemoryMailbox):
    """The port Mailbox without a server, and with faults.

    `fail_next` lets the coming calls raise; while frozen every call raises Unreachable at once,
    as the real one does when its deadline is over.
    """

    def __init__(
        self,
        clock: Clock,
        folders: Iterable[Folder] = tuple(Folder),
        max_message_bytes: int = 8 << 20,
    ) -> None:
        super().__init__(clock, folders, max_message_bytes)
        self.is_open = False
        self._faults: list[tuple[str, Exception]] = []
        self._is_frozen = False
        self.declines = ""

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
        store = self._folders[folder]
        store.messages = [one for one in store.messages if one.uid != uid]

    def uids(self, folder: Folder) -> tuple[int, ...]:
        """The UIDs that are there now, ascending."""
        return tuple(one.uid for one in self._folders[folder].messages)

    def renumber(self, folder: Folder) -> None:
        """Every UID and the UIDVALIDITY change; the messages stay."""
        store = self._folders[folder]
        self._folders[folder] = Store(store.uidvalidity + 1)
        for old in store.messages:
            self._store(folder, old.raw, old.at, old.flags)

    def flags(self, folder: Folder) -> tuple[frozenset[str], ...]:
        """The flags of each message, in the order of UIDs."""
        return tuple(one.flags for one in self._folders[folder].messages)

    def raws(self, folder: Folder) -> tuple[bytes, ...]:
        """The messages, in the order of UIDs."""
        return tuple(one.raw for one in self._folders[folder].messages)

    async def open(self) -> None:
        """See the port."""
        self._fault("open", needs_open=False)
        self.is_open = True

    async def close(self) -> None:
        """See the port."""
        self.is_open = False
        await super().close()

    async def position(self, folder: Folder) -> Cursor | None:
        """See the port."""
        self._fault("position")
        return await super().position(folder)

    async def fetch(
        self, folder: Folder, after: Cursor | None, since: datetime
    ) -> AsyncIterator[Fetched]:
        """See the port."""
        self._fault("fetch")
        async for fetched in super().fetch(folder, after, since):
            self._fault("fetch")
            yield fetched

    async def headings(self, folder: Folder) -> AsyncIterator[tuple[Heading, ...]]:
        """See the port."""
        self._fault("headings")
        async for block in super().headings(folder):
            yield block

    async def wait(self, until_woken: float) -> bool:
        """See the port."""
        self._fault("wait")
        has_unread = await super().wait(until_woken)
        self._fault("wait")
        return has_unread

    async def holds(self, folder: Folder, message_id: str, *, or_replaced: bool = False) -> bool:
        """See the port."""
        self._fault("holds")
        return await super().holds(folder, message_id, or_replaced=or_replaced)

    async def file_copy(self, wire: bytes, at: datetime) -> None:
        """See the port."""
        self._fault("file_copy")
        await super().file_copy(wire, at)

    async def file_draft(self, wire: bytes, message_id: str, at: datetime) -> Cursor | Declined:
        """See the port; `declines` is why it is not done, or nothing."""
        self._fault("file_draft")
        if self.declines:
            return Declined(self.declines)
        return await super().file_draft(wire, message_id, at)

    async def take_back(self, message_id: str, place: Cursor | None) -> TakenBack | Declined:
        """See the port."""
        self._fault("take_back")
        if self.declines:
            return Declined(self.declines)
        return await super().take_back(message_id, place)

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

    def _has_unread(self) -> bool:
        # What is closed, frozen or to fail ends the waiting, whether or not there is mail.
        is_over = not self.is_open or self._is_frozen or bool(self._faults)
        return is_over or super()._has_unread()
