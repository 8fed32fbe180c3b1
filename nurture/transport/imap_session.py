"""One authenticated connection that knows the account's folders and which of them is open."""

import asyncio
import ssl
from datetime import datetime

from nurture import ports
from nurture.errors import Refused, Unreachable
from nurture.mail.cursor import Cursor, Folder
from nurture.mail.read.header import split
from nurture.transport.imap_answer import (
    Body,
    fetched_body,
    fetched_headers,
    found_uids,
    listed_folders,
    number_after,
    personal_prefix,
    spelt,
    spelt_instant,
)
from nurture.transport.imap_connection import Answer, Connection
from nurture.transport.imap_endpoint import ImapEndpoint
from nurture.transport.imap_folder import choose_folders
from nurture.transport.security import Login, Tls, current, doubt

_GMAIL = "X-GM-EXT-1"  # the server names conversations (X-GM-THRID)
_LITERAL_SLACK = 64 << 10  # names and status texts beside the one body asked for


class Session:
    """From the greeting to LOGOUT; folders are opened read-only, by EXAMINE.

    Every method raises Unreachable after throwing the connection away where the server says
    anything but OK.
    """

    def __init__(self, endpoint: ImapEndpoint) -> None:
        self._endpoint = endpoint
        self._deadlines = endpoint.deadlines
        self._folders: dict[Folder, str] = {}
        self.connection = Connection(endpoint.place, endpoint.max_message_bytes + _LITERAL_SLACK)
        self.shown: Folder | None = None
        self.uidvalidity = 0
        self.ends_at = 0.0

    async def enter(self, context: ssl.SSLContext | None) -> None:
        """Connects, secures, authenticates, says who we are, and finds the folders.

        The token, if there is one, is there before the connection is: no server waits for it.
        `ends_at` is when, by the loop's time, a session better begins anew (domain.md P29).
        """
        endpoint, deadlines, connection = self._endpoint, self._deadlines, self.connection
        token = await current(endpoint.secret)
        self.ends_at = asyncio.get_running_loop().time() + token.lasts
        try:
            immediate = context if endpoint.tls is Tls.IMPLICIT else None
            await connection.connect(endpoint.host, endpoint.port, immediate, deadlines.connect)
            if endpoint.tls is Tls.STARTTLS and context is not None:
                await connection.start_tls(context, endpoint.host, deadlines.connect)
            if not connection.is_authenticated:
                await self._authenticate(token)
            if "ID" in connection.capabilities:  # some providers serve only who gives a name
                await connection.run("ID", '("name" "nurture")', deadline=deadlines.command)
            await self.find_folders()
        except BaseException:
            connection.drop()
            raise

    def has(self, folder: Folder) -> bool:
        """The account has such a folder."""
        return folder in self._folders

    async def show(self, folder: Folder) -> None:
        """Opens the folder, or has the open one tell what arrived: some announce it late."""
        if self.shown is folder:
            await self.run("NOOP")
        else:
            await self.examine(folder)

    async def examine(self, folder: Folder) -> Answer:
        """Opens the folder anew; `shown` and `uidvalidity` tell which it is."""
        self.shown = None
        name = spelt(self._folders[folder])
        answer = await self.connection.examine(name, self._deadlines.command)
        uidvalidity = number_after("UIDVALIDITY", answer.parts)
        if not answer.is_ok or uidvalidity is None:
            raise self._fault(f"folder {name} cannot be opened: {answer.words}")
        self.shown, self.uidvalidity = folder, uidvalidity
        return answer

    async def end(self, folder: Folder) -> Cursor:
        """The folder's UIDVALIDITY and the UID that was given out last."""
        if folder is self.shown:  # STATUS is for other folders than the open one (RFC 3501)
            answer = await self.examine(folder)
        else:
            name = spelt(self._folders[folder])
            answer = await self.run("STATUS", name, "(UIDVALIDITY UIDNEXT)")
        uidvalidity = number_after("UIDVALIDITY", answer.parts)
        uidnext = number_after("UIDNEXT", answer.parts)
        if uidvalidity is not None and uidnext is not None:
            return Cursor(uidvalidity, uidnext - 1)
        await self.examine(folder)
        last = await self.search("UID *")
        return Cursor(self.uidvalidity, max(last, default=0))

    async def search(self, criteria: str) -> tuple[int, ...]:
        """The UIDs in the open folder that fit, ascending."""
        answer = await self.connection.run(
            "SEARCH", criteria, prefix="UID", deadline=self._deadlines.command
        )
        return found_uids(self._demand(answer, "SEARCH").parts)

    async def body(self, folder: Folder, uidvalidity: int, uid: int, *, limit: int) -> Body | None:
        """One message, cut off at so many bytes; None where it is gone."""
        if self.shown is not folder:
            await self.examine(folder)
        if self.uidvalidity != uidvalidity:
            raise self._fault(f"folder {folder} was renumbered while it was read")
        thread = "X-GM-THRID " if _GMAIL in self.connection.capabilities else ""
        answer = await self.connection.run(
            "FETCH",
            f"{uid} (UID RFC822.SIZE INTERNALDATE {thread}BODY.PEEK[]<0.{limit}>)",
            prefix="UID",
            deadline=self._deadlines.fetch,
        )
        return fetched_body(uid, self._demand(answer, "FETCH").parts)

    async def headers(self, folder: Folder, first: int, last: int) -> tuple[bytes, ...]:
        """Who wrote to whom and when, of the messages from one UID to another."""
        if self.shown is not folder:
            await self.examine(folder)
        answer = await self.connection.run(
            "FETCH",
            f"{first}:{last} (UID BODY.PEEK[HEADER.FIELDS (FROM TO CC DATE)])",
            prefix="UID",
            deadline=self._deadlines.fetch,
        )
        return fetched_headers(self._demand(answer, "FETCH").parts)

    async def fields_in(
        self, path: str, name: str, after: Cursor | None
    ) -> tuple[Cursor | None, tuple[str, ...]]:
        """This field of every mail of a folder behind `after`; the folder is opened for it."""
        self.shown = None
        answer = await self.connection.examine(spelt(path), self._deadlines.command)
        uidvalidity = number_after("UIDVALIDITY", answer.parts)
        if not answer.is_ok or uidvalidity is None:
            return None, ()
        last = after.uid if after is not None and after.uidvalidity == uidvalidity else 0
        uids = [uid for uid in await self.search(f"UID {last + 1}:*") if uid > last]
        if not uids:
            return Cursor(uidvalidity, last), ()
        answer = await self.connection.run(
            "FETCH",
            f"{uids[0]}:{uids[-1]} (UID BODY.PEEK[HEADER.FIELDS ({name.upper()})])",
            prefix="UID",
            deadline=self._deadlines.fetch,
        )
        heads = fetched_headers(self._demand(answer, "FETCH").parts)
        fields = (field for head in heads for field in split(head)[0])
        return Cursor(uidvalidity, uids[-1]), tuple(text for _, text in fields)

    async def append_sent(self, wire: bytes, at: datetime) -> None:
        """Files the bytes as read; makes a Sent folder where there is none."""
        if Folder.SENT not in self._folders:
            self._folders[Folder.SENT] = await self._make_sent()
        answer = await self.append(Folder.SENT, "\\Seen", wire, at)
        self._demand(answer, f"APPEND {self._folders[Folder.SENT]}")

    async def append(self, folder: Folder, flags: str, wire: bytes, at: datetime) -> Answer:
        """Files the bytes under these flags; the answer may be a no."""
        arguments = f"({flags}) {spelt_instant(at)}"
        name = spelt(self._folders[folder])
        return await self.connection.append(name, arguments, wire, self._deadlines.fetch)

    async def enter_drafts(self, *, to_write: bool) -> Answer:
        """Opens Drafts anew; the answer may be a no."""
        self.shown = None
        name, connection = spelt(self._folders[Folder.DRAFTS]), self.connection
        enter = connection.select if to_write else connection.examine
        answer = await enter(name, self._deadlines.command)
        self.uidvalidity = number_after("UIDVALIDITY", answer.parts) or 0
        return answer

    async def change(self, name: str, arguments: str) -> Answer:
        """One command on UIDs of the folder that was entered; the answer may be a no."""
        deadline = self._deadlines.command
        return await self.connection.run(name, arguments, prefix="UID", deadline=deadline)

    async def run(self, name: str, *arguments: str) -> Answer:
        """One command that must succeed."""
        answer = await self.connection.run(name, *arguments, deadline=self._deadlines.command)
        return self._demand(answer, name)

    async def _authenticate(self, token: ports.Token) -> None:
        endpoint, deadline = self._endpoint, self._deadlines.login
        if endpoint.login is Login.PASSWORD:
            await self.connection.log_in(endpoint.user, token.text, deadline)
            return
        if "AUTH=XOAUTH2" not in self.connection.capabilities:
            raise Refused(f"{endpoint.place}: the server offers no login by OAuth (XOAUTH2)")
        response = f"user={endpoint.user}\1auth=Bearer {token.text}\1\1"
        try:
            await self.connection.authenticate("XOAUTH2", response, deadline)
        except Refused as error:
            doubt(endpoint.secret, token)
            raise Refused(
                f"{error}. The token was refused: was the login made as {endpoint.user}, is IMAP "
                "switched on for the mailbox, and does the app have the IMAP permission?"
            ) from None

    async def find_folders(self) -> None:
        """Looks anew which folders there are and what each is for."""
        is_extended = {"SPECIAL-USE", "LIST-EXTENDED"} <= self.connection.capabilities
        wish = ("RETURN (SPECIAL-USE)",) if is_extended else ()
        answer = await self.run("LIST", '""', '"*"', *wish)
        listed = listed_folders(answer.parts)
        configured = self._endpoint.folders
        self._folders = choose_folders(listed, configured)
        if Folder.JUNK in configured and Folder.JUNK not in self._folders:
            names = ", ".join(sorted(folder.name for folder in listed))
            raise Refused(
                f"{self._endpoint.place}: there is no folder {configured[Folder.JUNK]!r}, "
                f"which the settings name as junk; there are: {names}"
            )

    async def _make_sent(self) -> str:
        name = self._endpoint.folders.get(Folder.SENT)
        if name is None:
            prefix = ""
            if "NAMESPACE" in self.connection.capabilities:
                prefix = personal_prefix((await self.run("NAMESPACE")).parts)
            name = f"{prefix}Sent"
        await self.run("CREATE", spelt(name))
        return name

    def _demand(self, answer: Answer, what: str) -> Answer:
        if not answer.is_ok:
            raise self._fault(f"{what} was answered with: {answer.words}")
        return answer

    def _fault(self, what: str) -> Unreachable:
        self.connection.drop()
        return Unreachable(f"{self._endpoint.place}: {what}")
