"""A small IMAP server that keeps the protocol except where it is told to lie."""

import asyncio
import contextlib
import re
from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import Enum, auto

PASSWORD = "secret"
THREAD = "18446744073709551557"  # 64 bits, all of them used
INTERNAL_DATE = '"02-Mar-2026 10:00:00 +0100"'


class Lie(Enum):
    """One way in which a server fails us."""

    SILENT_GREETING = auto()
    BYE_GREETING = auto()
    BYE_AT_LOGIN = auto()
    NO_AT_LOGIN = auto()
    BUSY_AT_LOGIN = auto()
    BAD_AT_LOGIN = auto()
    SILENT_LOGIN = auto()
    TOKEN_EXPIRED = auto()
    NO_STARTTLS = auto()
    INJECTED_STARTTLS = auto()
    NO_AT_EXAMINE = auto()
    NO_AT_SEARCH = auto()
    NO_AT_APPEND = auto()
    CLOSED_BEHIND_APPEND = auto()
    NO_AT_STORE = auto()
    NO_AT_EXPUNGE = auto()
    BYE_AT_FETCH = auto()
    SILENT_FETCH = auto()
    CLOSED_MID_LITERAL = auto()
    LITERAL_TOO_LONG = auto()
    LITERAL_TOO_SHORT = auto()
    HUGE_LITERAL = auto()
    ENDLESS_LINE = auto()
    ENDLESS_ANSWER = auto()
    WRONG_TAG = auto()
    GARBAGE = auto()
    SILENT_IDLE = auto()
    IDLE_REFUSED = auto()
    BYE_IN_IDLE = auto()
    CLOSED_IN_IDLE = auto()
    FROZEN_IN_IDLE = auto()
    TOKEN_EXPIRES_IN_IDLE = auto()
    # The rest is odd, but must be lived with.
    EXISTS_WITHOUT_MAIL = auto()
    DUPLICATE_UIDS = auto()
    EXPUNGED_WHILE_FETCHING = auto()
    UID_BEHIND_LITERAL = auto()
    CHATTER = auto()
    ONE_BYTE_PACKETS = auto()
    NO_IDLE = auto()
    NO_UIDNEXT = auto()
    NO_UIDPLUS = auto()
    READ_ONLY = auto()
    GMAIL = auto()
    WHOLE_BODIES = auto()


@dataclass
class LyingImap:
    """Serves `messages` (UID to bytes) in INBOX; `lies` may change at any time."""

    messages: dict[int, bytes] = field(default_factory=dict)
    uidvalidity: int = 7
    lies: set[Lie] = field(default_factory=set)
    folders: tuple[str, ...] = ('(\\HasNoChildren) "/" INBOX', '(\\Junk) "/" "Spam"')
    deleted: set[int] = field(default_factory=set)
    commands: list[str] = field(default_factory=list)
    is_idling: asyncio.Event = field(default_factory=asyncio.Event)
    idle_tag: str = ""
    token: str = ""  # what XOAUTH2 must bring, anything where it is empty
    port: int = 0
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["LyingImap"]:
        """Listens on a free loopback port for the length of an `async with`."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for writer in self._writers:
                writer.transport.abort()
            await server.wait_closed()

    def push(self, line: str) -> None:
        """Says something unasked on every connection."""
        for writer in self._writers:
            writer.write(f"* {line}\r\n".encode())

    def end_idle(self) -> None:
        """Answers an IDLE under way as if DONE had been said."""
        for writer in self._writers:
            writer.write(f"{self.idle_tag} OK enough\r\n".encode())

    def hang_up(self) -> None:
        """Closes every connection without a word."""
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await self._talk(_Dialogue(self, reader, writer))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _talk(self, dialogue: "_Dialogue") -> None:
        if Lie.SILENT_GREETING in self.lies:
            await dialogue.silence()
        if Lie.BYE_GREETING in self.lies:
            await dialogue.say("* BYE [UNAVAILABLE] too many connections")
            return
        await dialogue.say("* OK at your service")
        while line := await dialogue.line():
            tag, _, rest = line.partition(" ")
            self.commands.append(rest)
            words = rest.upper().split()
            name = "UID_" + words[1] if words[0] == "UID" else words[0]
            answer = getattr(dialogue, name.lower(), None)
            if answer is None:
                await dialogue.say(f"{tag} BAD unknown")
            elif await answer(tag, rest):
                return


@dataclass
class _Dialogue:
    server: LyingImap
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def lies(self, lie: Lie) -> bool:
        return lie in self.server.lies

    async def say(self, *lines: str) -> None:
        await self.send("".join(f"{line}\r\n" for line in lines).encode())

    async def send(self, wire: bytes) -> None:
        step = 1 if self.lies(Lie.ONE_BYTE_PACKETS) else len(wire) or 1
        for start in range(0, len(wire), step):
            self.writer.write(wire[start : start + step])
            await self.writer.drain()

    async def line(self) -> str:
        return (await self.reader.readline()).decode().rstrip("\r\n")

    async def silence(self) -> None:
        await self.reader.read()

    async def capability(self, tag: str, _rest: str) -> None:
        idle = "" if self.lies(Lie.NO_IDLE) else " IDLE"
        gmail = " X-GM-EXT-1" if self.lies(Lie.GMAIL) else ""
        plus = "" if self.lies(Lie.NO_UIDPLUS) else " UIDPLUS"
        await self.say(f"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2{idle}{gmail}{plus}", f"{tag} OK done")

    async def starttls(self, tag: str, _rest: str) -> bool:
        if self.lies(Lie.INJECTED_STARTTLS):
            await self.say(f"{tag} OK go ahead\r\n* CAPABILITY IMAP4rev1 EVIL")
        else:
            await self.say(f"{tag} NO not here")
        return False

    async def login(self, tag: str, rest: str) -> bool:
        if self.lies(Lie.SILENT_LOGIN):
            await self.silence()
        if self.lies(Lie.BYE_AT_LOGIN):
            await self.say("* BYE shutting down")
            await self.silence()
        if self.lies(Lie.BUSY_AT_LOGIN):
            await self.say(f"{tag} NO [UNAVAILABLE] try later")
        elif self.lies(Lie.BAD_AT_LOGIN):
            await self.say(f"{tag} BAD User is authenticated but not connected.")
        elif self.lies(Lie.NO_AT_LOGIN) or PASSWORD not in rest:
            await self.say(f"{tag} NO [AUTHENTICATIONFAILED] Invalid credentials")
        else:
            await self.say(f"{tag} OK in")
        return False

    async def authenticate(self, tag: str, _rest: str) -> bool:
        await self.say("+ ")
        told = b64decode(await self.line()).decode()
        is_wrong = bool(self.server.token) and f"Bearer {self.server.token}\1" not in told
        if is_wrong or self.lies(Lie.TOKEN_EXPIRED):
            await self.say("+ eyJzdGF0dXMiOiI0MDEifQ==")
            await self.line()
            await self.say(f"{tag} NO token expired")
        else:
            await self.say(f"{tag} OK in")
        return False

    async def list(self, tag: str, _rest: str) -> None:
        await self.say(*(f"* LIST {folder}" for folder in self.server.folders), f"{tag} OK done")

    async def status(self, tag: str, _rest: str) -> None:
        end = f"UIDVALIDITY {self.server.uidvalidity} UIDNEXT {self._uidnext()}"
        await self.say(f'* STATUS "x" ({end})', f"{tag} OK done")

    async def select(self, tag: str, rest: str) -> None:
        await self.examine(tag, rest, "READ-ONLY" if self.lies(Lie.READ_ONLY) else "READ-WRITE")

    async def append(self, tag: str, rest: str) -> bool:
        if self.lies(Lie.NO_AT_APPEND):
            await self.say(f"{tag} NO [OVERQUOTA] the mailbox is full")
            return False
        size = int(rest.rpartition("{")[2].rstrip("}"))
        await self.say("+ go ahead")
        uid, raw = self._uidnext(), await self.reader.readexactly(size)
        await self.line()
        self.server.messages[uid] = raw
        if self.lies(Lie.CLOSED_BEHIND_APPEND):
            return True
        has_plus = not self.lies(Lie.NO_UIDPLUS)
        told = f"[APPENDUID {self.server.uidvalidity} {uid}] " if has_plus else ""
        await self.say(f"{tag} OK {told}done")
        return False

    async def uid_store(self, tag: str, rest: str) -> None:
        if self.lies(Lie.NO_AT_STORE):
            await self.say(f"{tag} NO [NOPERM] not yours")
            return
        self.server.deleted |= {int(each) for each in rest.split()[2].split(",")}
        await self.say(f"{tag} OK done")

    async def uid_expunge(self, tag: str, rest: str) -> None:
        if self.lies(Lie.NO_AT_EXPUNGE):
            await self.say(f"{tag} NO [NOPERM] not yours")
            return
        await self._expunge(tag, {int(each) for each in rest.split()[2].split(",")})

    async def expunge(self, tag: str, _rest: str) -> None:
        await self._expunge(tag, self.server.deleted.copy())

    async def _expunge(self, tag: str, uids: set[int]) -> None:
        for uid in uids & self.server.deleted:
            del self.server.messages[uid]
            self.server.deleted.discard(uid)
            await self.say("* 1 EXPUNGE")
        await self.say(f"{tag} OK done")

    async def examine(self, tag: str, _rest: str, mode: str = "READ-ONLY") -> None:
        if self.lies(Lie.NO_AT_EXAMINE):
            await self.say(f"{tag} NO [NONEXISTENT] renamed by somebody")
            return
        next_uid = "" if self.lies(Lie.NO_UIDNEXT) else f"* OK [UIDNEXT {self._uidnext()}] next\r\n"
        await self.say(
            f"* {len(self.server.messages)} EXISTS",
            f"{next_uid}* OK [UIDVALIDITY {self.server.uidvalidity}] valid",
            f"{tag} OK [{mode}] done",
        )

    async def noop(self, tag: str, _rest: str) -> None:
        if self.lies(Lie.CHATTER):
            await self.say(f"* {len(self.server.messages)} EXISTS", "* 0 RECENT")
        await self.say(f"{tag} OK done")

    async def uid_search(self, tag: str, rest: str) -> bool:
        if self.lies(Lie.NO_AT_SEARCH):
            await self.say(f"{tag} NO [SERVERBUG] index broken")
            return False
        if self.lies(Lie.ENDLESS_LINE):
            with contextlib.suppress(ConnectionError):
                for _ in range(40):
                    await self.send(b"9" * (1 << 20))
            return True
        if self.lies(Lie.GARBAGE):
            await self.send(b"\xff\xfe\x00 rubbish\r\n220 smtp.example.org\r\n")
        if self.lies(Lie.WRONG_TAG):
            await self.say("ZZ99 OK done")
        wanted = rest.rsplit(maxsplit=1)[-1].partition(":")[0]
        first = int(wanted) if wanted.isdigit() else max(self.server.messages, default=0)
        first = 0 if "SINCE" in rest or "ALL" in rest else first
        found = [uid for uid in self.server.messages if uid >= first]
        if "DELETED" in rest:
            await self._say_marked(tag, rest)
            return False
        found += [max(self.server.messages)] if self.server.messages and not found else []
        if self.lies(Lie.DUPLICATE_UIDS):
            found = [*found[::-1], *found]
        await self.say(f"* SEARCH {' '.join(map(str, found))}", f"{tag} OK done")
        return False

    async def _say_marked(self, tag: str, rest: str) -> None:
        if "UNDELETED" in rest:
            wanted = rest.split('"')[1].encode()
            found = {uid for uid, raw in self.server.messages.items() if wanted in raw}
            found -= self.server.deleted
        else:
            found = self.server.deleted
        await self.say(f"* SEARCH {' '.join(map(str, sorted(found)))}", f"{tag} OK done")

    async def uid_fetch(self, tag: str, rest: str) -> bool:
        if "HEADER.FIELDS" in rest:
            await self._send_headers(tag, rest)
            return False
        uid = int(rest.split()[2])
        raw = self.server.messages.get(uid, b"")
        if (asked := re.search(r"<0\.(\d+)>", rest)) and not self.lies(Lie.WHOLE_BODIES):
            raw = raw[: int(asked[1])]
        if self.lies(Lie.SILENT_FETCH):
            await self.silence()
        if self.lies(Lie.BYE_AT_FETCH):
            await self.say("* BYE Session invalidated - AccessTokenExpired")
            return True
        if self.lies(Lie.ENDLESS_ANSWER):
            body = b"* 1 FETCH (BODY[] {1048576}\r\n" + bytes(1 << 20) + b")\r\n"
            with contextlib.suppress(ConnectionError):
                for _ in range(40):
                    await self.send(body)
            return True
        if self.lies(Lie.EXPUNGED_WHILE_FETCHING):
            await self.say("* 1 EXPUNGE", f"{tag} OK nothing left")
            return False
        if self.lies(Lie.CHATTER):
            await self.say("* 1 FETCH (FLAGS (\\Seen) UID 1)", "* OK Still here")
        await self._send_body(tag, uid, raw)
        return self.lies(Lie.CLOSED_MID_LITERAL)

    async def _send_headers(self, tag: str, rest: str) -> None:
        first, last = (int(each) for each in rest.split()[2].split(":"))
        for uid, raw in self.server.messages.items():
            if first <= uid <= last:
                head = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                what = f"* 1 FETCH (UID {uid} BODY[HEADER.FIELDS (FROM TO CC DATE)] {{{len(head)}}}"
                await self.send(f"{what}\r\n".encode() + head + b")\r\n")
        await self.say(f"{tag} OK done")

    async def _send_body(self, tag: str, uid: int, raw: bytes) -> None:
        announced = len(raw)
        announced += 50 * self.lies(Lie.LITERAL_TOO_LONG) - 9 * self.lies(Lie.LITERAL_TOO_SHORT)
        announced += (100 << 20) * self.lies(Lie.HUGE_LITERAL)
        size = len(self.server.messages.get(uid, b""))
        items = f"RFC822.SIZE {size} INTERNALDATE {INTERNAL_DATE}"
        if self.lies(Lie.GMAIL):
            items += f" X-GM-THRID {THREAD}"
        before, behind = (f"UID {uid} ", "")
        if self.lies(Lie.UID_BEHIND_LITERAL):
            before, behind = behind, f" UID {uid}"
        if self.lies(Lie.CLOSED_MID_LITERAL):
            raw = raw[: len(raw) // 2]
        await self.send(f"* 1 FETCH ({before}{items} BODY[]<0> {{{announced}}}\r\n".encode() + raw)
        if not self.lies(Lie.CLOSED_MID_LITERAL):
            await self.send(f"{behind})\r\n{tag} OK done\r\n".encode())

    async def idle(self, tag: str, _rest: str) -> bool:
        if self.lies(Lie.IDLE_REFUSED):
            await self.say(f"{tag} NO not now")
            return False
        if self.lies(Lie.SILENT_IDLE):
            await self.silence()
        await self.say("+ idling")
        self.server.idle_tag = tag
        self.server.is_idling.set()
        if self.lies(Lie.BYE_IN_IDLE):
            await self.say("* BYE going down")
        if self.lies(Lie.TOKEN_EXPIRES_IN_IDLE):
            await self.say("* BYE Session invalidated - AccessTokenExpired")
        if self.lies(Lie.CLOSED_IN_IDLE):
            return True
        if self.lies(Lie.EXISTS_WITHOUT_MAIL):
            await self.say(f"* {len(self.server.messages)} EXISTS")
        done = await self.line()
        if self.lies(Lie.FROZEN_IN_IDLE):
            await self.silence()
        self.server.is_idling.clear()
        await self.say(f"{tag} OK done" if done == "DONE" else f"{tag} BAD expected DONE")
        return False

    async def logout(self, tag: str, _rest: str) -> bool:
        await self.say("* BYE see you", f"{tag} OK done")
        return True

    def _uidnext(self) -> int:
        return max(self.server.messages, default=0) + 1
