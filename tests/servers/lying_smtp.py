"""A scripted SMTP (and LMTP) server: honest until told otherwise, stage by stage."""

import asyncio
import contextlib
import os
import ssl
from base64 import b64decode
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, cast

HOST = "127.0.0.1"
OFFER = ("SIZE 10485760", "8BITMIME", "SMTPUTF8", "PIPELINING", "DSN", "AUTH PLAIN LOGIN XOAUTH2")


class Fault(Enum):
    """What a stage may do instead of answering."""

    SILENCE = "never answers"
    DROP = "closes the connection"
    RESET = "resets the connection"
    DRIP = "answers without end, a byte at a time"
    TORN = "closes in the middle of a TLS record"


@dataclass(frozen=True, slots=True)
class Late:
    """An answer that comes only when the test says so."""

    reply: str
    go: asyncio.Event


@dataclass(frozen=True, slots=True)
class Deed:
    """What the test does at this moment; then `act`, and where there is none the honest answer."""

    do: Callable[[], object]
    act: "str | bytes | Fault | None" = None
    is_after: bool = False  # the answer has left by then


Act = str | bytes | Fault | Late | Deed


@dataclass(frozen=True, slots=True)
class Taken:
    """One envelope that was accepted."""

    sender: str
    recipient: str
    wire: bytes
    mail: str
    rcpt: str


@dataclass(slots=True)
class _Session:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    mail: str = ""
    rcpt: str = ""
    is_spared: bool = False


@dataclass(slots=True)
class LyingSmtp:
    """Stages: banner, ehlo, starttls, auth, mail, rcpt, data, content, dot, rset, noop, quit.

    `will(stage, *acts)` scripts the coming times a stage is reached, once each; afterwards it is
    honest again.  `content` acts before the content is read; a stage that stays silent keeps its
    connection open.  Mail to `spared` meets no script from its rcpt on.  One that `forgets` loses
    what it was told behind a content.  `turns` counts how often it had nothing more to read.
    """

    offer: tuple[str, ...] = OFFER
    password: str = "secret"
    unknown: frozenset[str] = frozenset()
    spared: frozenset[str] = frozenset()
    forgets: bool = False
    tls: ssl.SSLContext | None = None
    is_implicit: bool = False
    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    turns: int = 0
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    _acts: dict[str, deque[Act]] = field(default_factory=lambda: defaultdict(deque))
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["LyingSmtp"]:
        """The server for the length of a `with`, on `port`, else on a port of its own."""
        immediate = self.tls if self.is_implicit else None
        server = await asyncio.start_server(self._meet, HOST, self.port, ssl=immediate)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await server.wait_closed()

    def will(self, stage: str, *acts: Act) -> None:
        """Scripts the next times this stage is reached."""
        self._acts[stage].extend(acts)

    def repent(self) -> None:
        """Whatever was scripted and not reached yet is forgotten."""
        self._acts.clear()

    async def took(self, count: int, seconds: float = 10) -> list[Taken]:
        """The first envelopes accepted, as soon as there are so many."""
        async with asyncio.timeout(seconds):
            while len(self.taken) < count:
                self._news.clear()
                await self._news.wait()
        return self.taken[:count]

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.get_running_loop().create_task(self._serve(_Session(reader, writer)))
        self._tasks.add(task)

    async def _serve(self, session: _Session) -> None:
        try:
            await self._act(session, "banner", "220 lying ESMTP")
            while line := await self._heard(session):
                command = line.decode("utf-8", "replace").rstrip("\r\n")
                self.commands.append(command)
                await self._obey(session, command)
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            pass
        finally:
            self.closed.set()
            session.writer.transport.abort()

    async def _heard(self, session: _Session) -> bytes:
        self.turns += not cast("Any", session.reader)._buffer
        return await session.reader.readline()

    async def _obey(self, session: _Session, command: str) -> None:
        verb = command.partition(" ")[0].upper()
        match verb:
            case "EHLO" | "LHLO":
                offer = [*self.offer, *(["STARTTLS"] if self._may_start_tls(session) else [])]
                lines = [f"250-{each}" for each in ("lying", *offer)]
                lines[-1] = lines[-1].replace("-", " ", 1)
                await self._act(session, "ehlo", "\r\n".join(lines))
            case "STARTTLS":
                await self._act(session, "starttls", "220 go on")
                await session.writer.start_tls(self.tls)
            case "AUTH":
                await self._act(session, "auth", await self._login(session, command))
            case "MAIL":
                session.mail, session.is_spared = command, False
                await self._act(session, "mail", "250 2.1.0 Ok")
            case "RCPT":
                is_known = _address(command) not in self.unknown
                honest = "250 2.1.5 Ok" if is_known else "550 5.1.1 no such user here"
                session.is_spared = _address(command) in self.spared
                if await self._act(session, "rcpt", honest):
                    session.rcpt = command
            case "DATA":
                await self._content(session)
            case "QUIT":
                await self._act(session, "quit", "221 bye")
                raise ConnectionError
            case _:
                await self._act(session, verb.lower(), "250 2.0.0 Ok")

    def _may_start_tls(self, session: _Session) -> bool:
        is_secure = session.writer.get_extra_info("sslcontext") is not None
        return self.tls is not None and not self.is_implicit and not is_secure

    async def _login(self, session: _Session, command: str) -> str:
        _, way, first, *_ = (*command.split(" "), "")
        told = b64decode(first)
        if way == "LOGIN":
            await self._say(session, "334 UGFzc3dvcmQ6")
            told = b64decode(await session.reader.readline())
        if way == "XOAUTH2" and f"Bearer {self.password}\1".encode() not in told:
            await self._say(session, "334 eyJzdGF0dXMiOiI0MDAifQ==")
            await session.reader.readline()
        is_right = self.password.encode() in told
        return "235 2.7.0 welcome" if is_right else "535 5.7.8 wrong password"

    async def _content(self, session: _Session) -> None:
        if not session.rcpt:
            await self._say(session, "554 5.5.1 no valid recipients")
            return
        if not await self._act(session, "data", "354 go ahead"):
            return
        await self._act(session, "content", "")
        wire = bytearray()
        while (line := await self._heard(session)) != b".\r\n":
            if not line:
                raise ConnectionError
            wire += line.removeprefix(b".")
        if self.forgets:
            cast("Any", session.reader)._buffer.clear()
        sender, recipient = _address(session.mail), _address(session.rcpt)
        envelope = Taken(sender, recipient, bytes(wire), session.mail, session.rcpt)
        session.rcpt = ""
        if await self._act(session, "dot", "250 2.0.0 Ok: queued"):
            self.taken.append(envelope)
            self._news.set()

    async def _act(self, session: _Session, stage: str, honest: str) -> bool:
        """Does what the script says, else answers honestly; whether the answer was a yes."""
        is_scripted = self._acts[stage] and not session.is_spared
        act = self._acts[stage].popleft() if is_scripted else honest
        after: Callable[[], object] = _nothing
        if isinstance(act, Deed):
            before, after = (_nothing, act.do) if act.is_after else (act.do, _nothing)
            before()
            act = honest if act.act is None else act.act
        if isinstance(act, Late):
            await act.go.wait()
            act = act.reply
        if isinstance(act, Fault):
            await _misbehave(session, act)
        elif act:
            await self._say(session, act)
        after()
        return isinstance(act, bytes) or str(act)[:1] in ("2", "3")

    async def _say(self, session: _Session, words: str | bytes) -> None:
        raw = words if isinstance(words, bytes) else f"{words}\r\n".encode()
        session.writer.write(raw)
        await session.writer.drain()


async def _misbehave(session: _Session, fault: Fault) -> None:
    if fault is Fault.SILENCE:
        await asyncio.Event().wait()
    while fault is Fault.DRIP:
        session.writer.write(b"2")
        await asyncio.sleep(0.02)
    if fault is Fault.TORN:
        os.write(session.writer.get_extra_info("socket").fileno(), b"\x17\x03\x03\x01\x00torn")
    if fault is Fault.RESET:
        session.writer.transport.abort()
    raise ConnectionError


def _nothing() -> None:
    """Nobody does anything."""


def _address(command: str) -> str:
    return command.partition("<")[2].partition(">")[0]
