"""One account's IMAP store behind the port Mailbox: read to its end, never marked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from nurture.errors import Unreachable
from nurture.mail.cursor import SPARING_BYTES, Cursor, Fetched, Folder
from nurture.mail.read.heading import Heading, heading_of
from nurture.mail.read.trace import REPLACED_IDS
from nurture.ports import Declined, TakenBack
from nurture.transport.imap_answer import quoted, spelt_date
from nurture.transport.imap_draft import file_draft, take_back
from nurture.transport.imap_endpoint import Deadlines, ImapEndpoint
from nurture.transport.imap_ration import Ration
from nurture.transport.imap_session import Session

__all__ = ["Deadlines", "ImapEndpoint", "ImapMailbox"]

_BLOCK = 200  # messages whose headers are asked for at once


class ImapMailbox:
    """The port Mailbox over one connection, which several tasks may share.

    A listening under way gives way to any other call and goes on after it.
    """

    def __init__(self, endpoint: ImapEndpoint) -> None:
        self._endpoint = endpoint
        self._deadlines = endpoint.deadlines
        self._context = endpoint.tls_context()
        self._ration = Ration(endpoint.daily_bytes)
        self._session: Session | None = None
        self._inbox_end: Cursor | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._woken = False

    async def open(self) -> None:
        """Connects, secures, authenticates and finds the folders; harmless when open.

        A session whose token is about to end is left, and another one entered.
        """
        if self._is_open():
            return
        async with self._own_turn():
            if not self._is_open():
                stale, self._session = self._session, None
                if stale is not None and not stale.connection.is_lost:
                    await stale.connection.leave(self._deadlines.leave)
                session = Session(self._endpoint)
                await session.enter(self._context)
                self._session = session

    async def close(self) -> None:
        """Logs out; harmless twice."""
        async with self._own_turn():
            session, self._session = self._session, None
            if session is not None:
                await session.connection.leave(self._deadlines.leave)

    async def position(self, folder: Folder) -> Cursor | None:
        """The folder's present end; None where the account has no such folder."""
        async with self._speaking() as session:
            if not session.has(folder):
                await session.find_folders()  # it may be there by now, under whatever name
            return await session.end(folder) if session.has(folder) else None

    async def fetch(
        self, folder: Folder, after: Cursor | None, since: datetime
    ) -> AsyncIterator[Fetched]:
        """Every message behind `after`, in the order of UIDs, one at a time, to the folder's end.

        Where `after` is None or its UIDVALIDITY is gone: what arrived since the day before
        `since`, since SEARCH compares days in a zone that only the server knows.  What others
        delete in the meantime is left out.
        """
        async with self._speaking() as session:
            if not session.has(folder):
                return
            await session.show(folder)
            uidvalidity = session.uidvalidity
            session.connection.forget_news()
            last = after.uid if after is not None and after.uidvalidity == uidvalidity else None
            uids = await _behind(session, last, since)
            if folder is Folder.INBOX:
                self._inbox_end = Cursor(uidvalidity, max((last or 0, *uids)))
        for uid in uids:
            async with self._speaking() as session:
                limit = SPARING_BYTES if self.is_sparing else self._endpoint.max_message_bytes
                body = await session.body(folder, uidvalidity, uid, limit=limit)
            if body is not None:
                self._ration.take(len(body.raw))
                place = (folder, uidvalidity, uid)
                yield Fetched(*place, body.raw, body.size, body.arrived_at, body.thread)

    @property
    def capabilities(self) -> frozenset[str]:
        """What the server offers, in upper case; empty while it is not open."""
        return self._session.connection.capabilities if self._session else frozenset()

    @property
    def is_sparing(self) -> bool:
        """Whether the bytes of these 24 hours are spent."""
        return self._ration.is_spent

    async def headings(self, folder: Folder) -> AsyncIterator[tuple[Heading, ...]]:
        """Who wrote to whom and when, of every message in the folder, a block at a time."""
        async with self._speaking() as session:
            if not session.has(folder):
                return
            await session.show(folder)
            uids = await session.search("ALL")
        for start in range(0, len(uids), _BLOCK):
            block = uids[start : start + _BLOCK]
            async with self._speaking() as session:
                found = await session.headers(folder, block[0], block[-1])
            yield tuple(heading_of(each) for each in found)

    async def fields_in(
        self, path: str, name: str, after: Cursor | None
    ) -> tuple[Cursor | None, tuple[str, ...]]:
        """This field of every mail that came into a folder since then, and how far we looked."""
        async with self._speaking() as session:
            return await session.fields_in(path, name, after)

    async def wait(self, until_woken: float) -> bool:
        """Listens to the inbox for so many seconds; True as soon as the server speaks of mail.

        Where IDLE is not offered, asks every `poll` seconds.  False comes early where the time
        is longer than one listening may last, or than the token does.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + min(until_woken, self._deadlines.listen)
        end = min(end, self._session.ends_at) if self._session is not None else end
        self._woken = False
        while True:
            async with self._turn:
                if await self._hears(self._live(), end - loop.time()):
                    return True
            if self._woken or loop.time() >= end:
                return False

    def wake(self) -> None:
        """Ends a `wait` under way at once and politely; harmless otherwise."""
        self._woken = True
        if self._session is not None:
            self._session.connection.interrupt()

    async def holds(self, folder: Folder, message_id: str, *, or_replaced: bool = False) -> bool:
        """Whether the folder holds a message of this id, given with or without brackets."""
        wanted = message_id.strip().strip("<>")
        async with self._speaking() as session:
            # Only an id that no server of ours ever gave can be unspeakable in a command.
            if not session.has(folder) or not (wanted.isascii() and wanted.isprintable()):
                return False
            await session.show(folder)
            for name in ("Message-ID", *(REPLACED_IDS if or_replaced else ())):
                if await session.search(f"HEADER {name} {quoted(f'<{wanted}>')}"):
                    return True
            return False

    async def file_copy(self, wire: bytes, at: datetime) -> None:
        """Appends the bytes to Sent, marked as read; makes a Sent where there is none."""
        async with self._speaking() as session:
            await session.append_sent(wire, at)

    async def file_draft(self, wire: bytes, message_id: str, at: datetime) -> Cursor | Declined:
        """Where these bytes lie in Drafts now; nothing is added where the id lies there already."""
        async with self._speaking() as session:
            return await file_draft(session, wire, message_id, at)

    async def take_back(self, message_id: str, place: Cursor | None) -> TakenBack | Declined:
        """Deletes the draft that was put at this place, and nothing that a person wrote."""
        async with self._speaking() as session:
            try:
                return await take_back(session, message_id, place)
            finally:
                # What was said meanwhile is about Drafts; the inbox is looked at anew after it.
                session.connection.forget_news()

    async def _hears(self, session: Session, seconds: float) -> bool:
        connection = session.connection
        was_shown = session.shown is Folder.INBOX
        await session.show(Folder.INBOX)  # not every server tells at IDLE what came before it
        if not was_shown and await self._has_unheard(session):
            return True
        if seconds > 0 and not (connection.has_news or self._waiting or self._woken):
            if "IDLE" in connection.capabilities:
                await connection.listen(seconds, self._deadlines.acknowledge)
            else:
                await connection.rest(min(seconds, self._deadlines.poll))
                await session.run("NOOP")
        has_news = connection.has_news
        connection.forget_news()
        return has_news

    async def _has_unheard(self, session: Session) -> bool:
        """Whether mail came while another folder was open; nobody pushes then."""
        end = self._inbox_end
        if end is None:
            return False
        if end.uidvalidity != session.uidvalidity:
            return True
        found = await session.search(f"UID {end.uid + 1}:*")
        return max(found, default=0) > end.uid

    def _is_open(self) -> bool:
        session = self._session
        if session is None or session.connection.is_lost:
            return False
        return asyncio.get_running_loop().time() < session.ends_at

    def _live(self) -> Session:
        if self._session is None or self._session.connection.is_lost:
            raise Unreachable(f"{self._endpoint.place} is not connected any more")
        return self._session

    @asynccontextmanager
    async def _speaking(self) -> AsyncIterator[Session]:
        async with self._own_turn():
            yield self._live()

    @asynccontextmanager
    async def _own_turn(self) -> AsyncIterator[None]:
        """Our turn on the connection; a listening under way ends for it."""
        self._waiting += 1
        if self._session is not None:
            self._session.connection.interrupt()
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turn.release()


async def _behind(session: Session, last: int | None, since: datetime) -> tuple[int, ...]:
    if last is None:
        day = (since - timedelta(days=1)).date()
        return await session.search(f"SINCE {spelt_date(day)}")
    found = await session.search(f"UID {last + 1}:*")
    return tuple(uid for uid in found if uid > last)  # `n:*` always names the last one
