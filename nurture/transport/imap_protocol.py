"""aioimaplib's protocol under guard: read by the grammar, and nobody waits on a dead line."""

# mypy: allow-subclassing-any
# aioimaplib ships no types; what we lean on of its base class is declared below.

import asyncio
import logging
import re
from contextlib import suppress
from typing import Protocol

from aioimaplib import aioimaplib

from nurture.errors import NurtureError, Unreachable
from nurture.transport.imap_answer import Part, words_of

# Below WARNING the library writes passwords with quotes, tokens and message text into the log.
aioimaplib.log.setLevel(logging.WARNING)

_LITERAL = re.compile(rb"\{(\d+)\+?\}$")
_OPENINGS = frozenset({"EXAMINE", "SELECT"})
_MAX_LINE = 16 << 20  # a SEARCH answer of two million UIDs fits, an endless line does not


class _Command(Protocol):
    """What we lean on of the library's commands."""

    name: str
    tag: str
    _exception: Exception | None

    def append_to_resp(self, line: Part) -> None: ...

    def close(self, line: bytes, result: str) -> None: ...

    async def wait(self) -> None: ...


class GuardedProtocol(aioimaplib.IMAP4ClientProtocol):
    """The library's protocol with a reader of its own.

    Reads by the grammar and without recursion, however a server cuts its packets; holds no
    literal above `max_literal` bytes; wakes every waiter with `fault` when the connection is
    lost, when the server says BYE, and when it talks nonsense.
    """

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport | None
    state: str
    capabilities: set[str]
    pending_sync_command: _Command | None
    pending_async_commands: dict[str, _Command]
    literal_data: bytes | None
    _idle_event: asyncio.Event

    def __init__(self, max_literal: int) -> None:
        super().__init__(asyncio.get_running_loop())
        self.fault: NurtureError | None = None
        self.greeted = asyncio.Event()
        self.closed = asyncio.Event()
        self.stirred = asyncio.Event()
        self.has_news = False
        self.is_leaving = False
        self.is_securing = False
        self.sasl_answers: list[bytes] = []
        self._max_literal = max_literal
        self._buffer = bytearray()
        self._scanned = 0
        self._parts: list[Part] = []
        self._literal_left: int | None = None
        self._answered = 0

    def data_received(self, data: bytes) -> None:
        """Dispatches every response that is complete with these bytes."""
        self._buffer += data
        try:
            self._refuse_injected()
            self._pump()
        except Exception as error:  # whatever a server sends, the waiters must hear of it
            self.fail(Unreachable(f"speaks no IMAP we understand ({type(error).__name__})"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Wakes all who wait; called by the loop, once."""
        self.fail(Unreachable(f"closed the connection{f' ({exc})' if exc else ''}"))
        self.closed.set()
        super().connection_lost(exc)

    def check(self) -> None:
        """Raises what ended the connection, if anything did."""
        if self.fault is not None:
            raise self.fault

    def fail(self, fault: NurtureError) -> None:
        """Throws the connection away; the first fault is the one that is told."""
        self.fault = self.fault or fault
        self.state = aioimaplib.LOGOUT
        for command in self._pending():
            command._exception = self.fault
            command.close(b"connection lost", "KO")
        self.pending_sync_command = None
        self.pending_async_commands.clear()
        for event in (self.greeted, self.stirred, self._idle_event):
            event.set()
        if self.transport is not None:
            self.transport.abort()

    def connected(self) -> asyncio.Transport:
        """The transport under the dialogue; raises what ended it."""
        self.check()
        if self.transport is None:
            raise Unreachable("is not connected")
        return self.transport

    async def listen(self, seconds: float, ack_seconds: float) -> None:
        """IDLE (RFC 2177) until something stirs, at most so many seconds; then DONE.

        Raises TimeoutError where the server acknowledges neither in time, Unreachable where
        it ends the listening itself.
        """
        if not self.has_news:
            self.stirred.clear()
        command = aioimaplib.Command("IDLE", self.new_tag(), loop=self.loop)
        self._idle_event.clear()
        self.pending_sync_command = command
        self.send(str(command))
        async with asyncio.timeout(ack_seconds):
            await self._idle_event.wait()
        self._check_listening(command)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.stirred.wait()
        self._check_listening(command)
        self.send("DONE")
        async with asyncio.timeout(ack_seconds):
            await command.wait()

    def _check_listening(self, command: _Command) -> None:
        self.check()
        if self.pending_sync_command is not command:
            raise Unreachable("ended IDLE by itself")

    def _pump(self) -> None:
        position = 0
        while self.fault is None and (end := self._end_of_part(position)) is not None:
            part = self._buffer[position:end]
            if self._literal_left is not None:
                self._parts.append(part)
                self._literal_left = None
                position = end
                continue
            position = end + 2
            self._take_line(bytes(part))
            if self.is_securing:
                break
        del self._buffer[:position]
        self._scanned = max(0, self._scanned - position)
        self._refuse_injected()
        if self._literal_left is None and len(self._buffer) > _MAX_LINE:
            self.fail(Unreachable("sends a line without an end"))

    def _end_of_part(self, position: int) -> int | None:
        if self._literal_left is not None:
            end = position + self._literal_left
            return end if end <= len(self._buffer) else None
        # What was searched already is not searched again, or a long line would cost its square.
        end = self._buffer.find(b"\r\n", max(position, self._scanned - 1))
        if end >= 0:
            return end
        self._scanned = len(self._buffer)
        return None

    def _refuse_injected(self) -> None:
        # What follows the OK to STARTTLS in the clear would be taken for the server's own words.
        if self.is_securing and self._buffer:
            self.fail(Unreachable("sent plain text behind STARTTLS; somebody may be in between"))

    def _take_line(self, line: bytes) -> None:
        self._parts.append(line)
        self._answered += sum(len(part) for part in self._parts[-2:])
        if self._answered > self._max_literal + _MAX_LINE:
            self.fail(Unreachable("answers without an end"))
            return
        if match := _LITERAL.search(line):
            self._literal_left = int(match[1])
            if self._literal_left > self._max_literal:
                self.fail(Unreachable(f"announces {self._literal_left} bytes, more than asked for"))
            return
        parts, self._parts = self._parts, []
        self._dispatch(parts)

    def _dispatch(self, parts: list[Part]) -> None:
        line = bytes(parts[0])
        if not self.greeted.is_set():
            self._greet(line)
        elif line.startswith(b"* "):
            self._untagged([line[2:], *parts[1:]])
        elif line.startswith(b"+"):
            self._continuation(line)
        elif line:
            self._tagged(line)

    def _greet(self, line: bytes) -> None:
        word = line[2:].split(b" ", 1)[0].upper() if line.startswith(b"* ") else b""
        if word not in (b"OK", b"PREAUTH"):
            self.fail(Unreachable(f"greets with {words_of(line)!r}"))
            return
        self.state = aioimaplib.AUTH if word == b"PREAUTH" else aioimaplib.NONAUTH
        self.greeted.set()

    def _untagged(self, parts: list[Part]) -> None:
        words = bytes(parts[0]).split(b" ", 2)
        is_numbered = words[0].isdigit() and len(words) > 1
        kind = words[is_numbered].upper().decode("ascii", "replace")
        sync = self.pending_sync_command
        if kind == "BYE" and not self.is_leaving:
            self.fail(Unreachable(f"says {words_of(parts[0])}"))
            return
        # What leaves the inbox may be a notice that its owner moved to say something.
        if kind in {"EXISTS", "EXPUNGE"} and (sync is None or sync.name not in _OPENINGS):
            self.has_news = True
            self.stirred.set()
        command = sync or self.pending_async_commands.get(kind)
        if command is not None:
            for part in parts:
                command.append_to_resp(part)

    def _tagged(self, line: bytes) -> None:
        tag = line.split(b" ", 1)[0]
        answered = [c for c in self._pending() if c.tag.encode("ascii") == tag]
        if not answered:
            self.fail(Unreachable("answers a command that nobody gave"))
            return
        self._answered = 0
        self._response_done(line)
        self.is_securing = answered[0].name == "STARTTLS"
        if answered[0].name == "IDLE":
            self._idle_event.set()
            self.stirred.set()

    def _continuation(self, line: bytes) -> None:
        command = self.pending_sync_command
        if command is None or command.name != "AUTHENTICATE" or self.transport is None:
            super()._continuation(line)
            return
        # A second challenge tells why a token failed; only an empty answer ends it (XOAUTH2).
        answer = self.sasl_answers.pop() if self.sasl_answers else b""
        self.transport.write(answer + b"\r\n")

    def _pending(self) -> list[_Command]:
        sync = self.pending_sync_command
        return [*([sync] if sync is not None else []), *self.pending_async_commands.values()]
