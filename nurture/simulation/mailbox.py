"""An account's IMAP store in memory, in the time of a given clock."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from nurture.mail.cursor import SPARING_BYTES, Cursor, Fetched, Folder
from nurture.mail.read.header import split
from nurture.mail.read.heading import Heading, heading_of
from nurture.mail.read.trace import REPLACED_IDS
from nurture.ports import Clock, Declined, TakenBack


@dataclass(slots=True)
class Stored:
    """One message."""

    uid: int
    raw: bytes
    at: datetime
    flags: frozenset[str] = frozenset()
    thread: str = ""


@dataclass(slots=True)
class Store:
    """One folder."""

    uidvalidity: int
    messages: list[Stored] = field(default_factory=list)
    next_uid: int = 1


class MemoryMailbox:
    """The port Mailbox without a server; `deliver` is what others do."""

    def __init__(
        self,
        clock: Clock,
        folders: Iterable[Folder] = tuple(Folder),
        max_message_bytes: int = 8 << 20,
    ) -> None:
        self.is_sparing = False
        self._clock = clock
        self._cap = max_message_bytes
        self._folders = {folder: Store(uidvalidity=1) for folder in folders}
        self._paths: dict[str, Store] = {}
        self._stirred = asyncio.Event()
        self._inbox_end = Cursor(1, 0)
        self._is_woken = False

    def deliver(
        self, folder: Folder, raw: bytes, at: datetime | None = None, thread: str = ""
    ) -> int:
        """Mail arrives; its UID."""
        uid = self._store(folder, raw, at or self._clock.now(), frozenset(), thread)
        if folder is Folder.INBOX:
            self._stirred.set()
        return uid

    async def open(self) -> None:
        """See the port."""

    async def close(self) -> None:
        """See the port."""
        self._stirred.set()

    async def position(self, folder: Folder) -> Cursor | None:
        """See the port."""
        store = self._folders.get(folder)
        return Cursor(store.uidvalidity, store.next_uid - 1) if store else None

    async def fetch(
        self, folder: Folder, after: Cursor | None, since: datetime
    ) -> AsyncIterator[Fetched]:
        """See the port."""
        store = self._folders.get(folder)
        if store is None:
            return
        day_before = (since - timedelta(days=1)).date()
        last = after.uid if after and after.uidvalidity == store.uidvalidity else None
        wanted = [
            one
            for one in store.messages
            if (one.at.date() >= day_before if last is None else one.uid > last)
        ]
        if folder is Folder.INBOX:
            end = max((last or 0, *(one.uid for one in wanted)))
            self._inbox_end = Cursor(store.uidvalidity, end)
        for one in wanted:
            cut = one.raw[: SPARING_BYTES if self.is_sparing else self._cap]
            place = (folder, store.uidvalidity, one.uid)
            yield Fetched(*place, cut, len(one.raw), one.at, one.thread)

    async def headings(self, folder: Folder) -> AsyncIterator[tuple[Heading, ...]]:
        """See the port."""
        store = self._folders.get(folder)
        if store and store.messages:
            yield tuple(heading_of(one.raw.partition(b"\r\n\r\n")[0]) for one in store.messages)

    def move_in(self, path: str, raw: bytes) -> None:
        """A person moves a mail into a folder of theirs."""
        store = self._paths.setdefault(path, Store(uidvalidity=1))
        store.messages.append(Stored(store.next_uid, raw, self._clock.now()))
        store.next_uid += 1
        self._stirred.set()

    async def fields_in(
        self, path: str, name: str, after: Cursor | None
    ) -> tuple[Cursor | None, tuple[str, ...]]:
        """See the port."""
        store = self._paths.get(path)
        if store is None:
            return None, ()
        heads = (
            split(one.raw.partition(b"\r\n\r\n")[0])[0]
            for one in store.messages
            if after is None or one.uid > after.uid
        )
        found = (text for head in heads for field, text in head if field == name.lower())
        return Cursor(1, store.next_uid - 1), tuple(found)

    async def wait(self, until_woken: float) -> bool:
        """See the port; the seconds are those of the clock."""
        until = self._clock.now() + timedelta(seconds=until_woken)
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
        return self._has_unread()

    def wake(self) -> None:
        """See the port."""
        self._is_woken = True
        self._stirred.set()

    async def holds(self, folder: Folder, message_id: str, *, or_replaced: bool = False) -> bool:
        """See the port."""
        store, names = self._folders.get(folder), REPLACED_IDS if or_replaced else ()
        return bool(store and _bearing(store, message_id, *names))

    async def file_copy(self, wire: bytes, at: datetime) -> None:
        """See the port."""
        self._folders.setdefault(Folder.SENT, Store(uidvalidity=1))
        self._store(Folder.SENT, wire, at, frozenset({"\\Seen"}))

    async def file_draft(self, wire: bytes, message_id: str, at: datetime) -> Cursor | Declined:
        """See the port."""
        store = self._folders.get(Folder.DRAFTS)
        if store is None:
            return Declined("there is no Drafts folder")
        known = _bearing(store, message_id)
        flags = frozenset({"\\Draft", "\\Seen"})
        uid = known[-1] if known else self._store(Folder.DRAFTS, wire, at, flags)
        return Cursor(store.uidvalidity, uid)

    async def take_back(self, message_id: str, place: Cursor | None) -> TakenBack | Declined:
        """See the port."""
        store = self._folders.get(Folder.DRAFTS)
        known = _bearing(store, message_id) if store else []
        if store is None or not known:
            return TakenBack.ABSENT
        if place and (store.uidvalidity, known) != (place.uidvalidity, [place.uid]):
            return TakenBack.CHANGED
        store.messages = [one for one in store.messages if one.uid not in known]
        return TakenBack.DONE

    def _has_unread(self) -> bool:
        inbox = self._folders[Folder.INBOX]
        return Cursor(inbox.uidvalidity, inbox.next_uid - 1) != self._inbox_end

    def _store(
        self, folder: Folder, raw: bytes, at: datetime, flags: frozenset[str], thread: str = ""
    ) -> int:
        store = self._folders[folder]
        uid = store.next_uid
        store.messages.append(Stored(uid, raw, at.replace(microsecond=0), flags, thread))
        store.next_uid += 1
        return uid


def _bearing(store: Store, message_id: str, *names: str) -> list[int]:
    """The UIDs of the messages of this id, ascending; `names` are further fields it may be in."""
    wanted = f"<{message_id.strip('<>')}>".encode()
    fields = tuple(f"{name}:".encode() for name in ("message-id", *names))
    return [
        one.uid
        for one in store.messages
        if any(
            line.lower().startswith(fields) and wanted in line
            for line in one.raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
        )
    ]
