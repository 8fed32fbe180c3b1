"""The replies of an SMTP server as they come in, each whole, and none taken for another's."""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from nurture.mail.write.smtp_status import enhanced_in
from nurture.value import frozen

TEXT: Final = 2000
"""Characters of a reply that are kept; servers were seen to send 64 KB."""

_INLET: Final = 16 * 1024
_LINE: Final = 64 * 1024
_SHORT: Final = 512  # RFC 5321 section 4.5.3.1.5 allows no more; what is longer is not remembered
_LINES: Final = 5000
_CODES: Final = range(200, 600)
_LAST: Final = {b"%d " % code: code for code in _CODES}


class Lost(ConnectionError):
    """Nothing more can be heard on this connection; the message says why."""


class Late(Lost):
    """The time that was allowed is over."""


@frozen
class Reply:
    """One reply: its code, and what stands behind it on each line."""

    code: int
    lines: tuple[bytes, ...]

    @property
    def text(self) -> str:
        """The lines as one text; the enhanced code repeated on each stands once (RFC 2034)."""
        if len(self.lines) == 1:
            return self.lines[0].decode("utf-8", "replace").strip()[:TEXT].strip()
        first, *others = [each.decode("utf-8", "replace").strip() for each in self.lines]
        code = first.partition(" ")[0]
        repeated = f"{code} " if code and enhanced_in(code) == code else "\0"
        joined = " ".join((first, *(each.removeprefix(repeated) for each in others)))
        return joined[:TEXT].strip()


class Line(asyncio.BufferedProtocol):
    """Takes over a connection that is open and logged in, and reads replies from it.

    Whoever has to wait returns to the loop, and is called again at any news, as `listen` says.  So
    no task, future or timer is made per command: one timer is set anew when it rings before the
    time that was allowed last is over; and all bytes are read into one buffer, where a Protocol
    would be given a new one of 256 KB each time.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.fault = "the server closed the connection" if transport.is_closing() else ""
        self._loop = asyncio.get_running_loop()
        self._resume: Callable[[], None] | None = None
        self._allowed = 0.0
        self._ends_at = 0.0
        self._alarm: asyncio.TimerHandle | None = None
        self._inlet = memoryview(bytearray(_INLET))
        self._buffer = b""
        self._lines: list[bytes] = []
        self._replies: deque[Reply] = deque()
        self._is_clogged = False
        transport.set_protocol(self)
        # Any byte still in our hands counts as not sent: the final dot waits for them.
        transport.set_write_buffer_limits(high=0)

    @property
    def is_quiet(self) -> bool:
        """Whether it is whole, and nothing lies here that nobody has taken."""
        return not (self.fault or self._replies or self._buffer or self._lines)

    @property
    def has_spoken(self) -> bool:
        """A reply, or a piece of one, lies here that nobody has taken."""
        return bool(self._replies or self._buffer or self._lines)

    def listen(self, resume: Callable[[], None] | None) -> None:
        """From now on this is called at any news that somebody may wait for; None for nobody."""
        self._resume = resume

    def allow(self, seconds: float) -> None:
        """All that is waited for from the next wait on has so long altogether."""
        self._allowed, self._ends_at = seconds, 0

    def write(self, wire: bytes) -> None:
        """Hands bytes to the connection; raises Lost where it is gone already: none has left."""
        if self.fault or self.transport.is_closing():
            raise Lost(self.fault or "the server closed the connection")
        self.transport.write(wire)

    def has_drained(self) -> bool:
        """Whether every byte has left our hands, or else must be waited for; raises Lost."""
        if self.fault:
            raise Lost(self.fault)
        if self._is_clogged:
            self._watch_the_time()
        return not self._is_clogged

    def heard(self) -> Reply | None:
        """The next reply in order; None where it must be waited for.

        Raises Lost when none can come any more, or the time is over.
        """
        if self._replies:
            return self._replies.popleft()
        if self.fault:
            raise Lost(self.fault)
        self._watch_the_time()
        return None

    def abort(self) -> None:
        """Ends the connection at once, whatever is under way."""
        self._give_up()
        self.transport.abort()

    def leave(self) -> None:
        """Says QUIT and closes, without waiting for the farewell (RFC 5321 section 4.1.1.10)."""
        if not self.fault and not self.transport.is_closing():
            self.transport.write(b"QUIT\r\n")
        self._give_up()
        self.transport.close()

    def get_buffer(self, _sizehint: int) -> memoryview:
        """Where the next bytes are put, whose number is then told."""
        return self._inlet

    def buffer_updated(self, nbytes: int) -> None:
        """Cuts lines; a line beyond all bounds or without a code ends the connection."""
        lines = (self._buffer + self._inlet[:nbytes]).split(b"\n")
        self._buffer = lines.pop()
        for line in lines:
            usual = None if self._lines or len(line) > _SHORT else _usual(line)
            if usual is not None:
                self._replies.append(usual)
            elif not self._takes(line.rstrip(b"\r")):
                break
        if len(self._buffer) > _LINE or len(self._lines) > _LINES:
            self._fail("the server's reply has no end")
        self._wake()

    def eof_received(self) -> bool:
        """The server says no more: nothing it did not say yet will come."""
        self._fail("the server closed the connection")
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Wakes whoever waits."""
        self._fail(f"the connection broke ({exc})" if exc else "the server closed the connection")

    def pause_writing(self) -> None:
        """Bytes pile up: the server reads too slowly."""
        self._is_clogged = True

    def resume_writing(self) -> None:
        """Every byte is out of our hands."""
        self._is_clogged = False
        # A transport may say so in the middle of a write of ours.
        self._loop.call_soon(self._wake)

    def _takes(self, line: bytes) -> bool:
        """Whether it is part of a reply; behind one that is not nothing is heard."""
        said, mark = line[:3], line[3:4]
        code = int(said) if said.isdigit() else 0
        if code not in _CODES or mark not in b" -":
            heard = line[:60].decode("utf-8", "replace")
            self._fail(f"the server answers in no known language: {heard!r}")
            return False
        if mark == b"-":
            self._lines.append(line[4:])
        else:
            self._replies.append(Reply(code, (*self._lines, line[4:])))
            self._lines.clear()
        return True

    def _fail(self, why: str) -> None:
        self.fault = self.fault or why
        self._silence()
        self._wake()

    def _give_up(self) -> None:
        """Our own end of it: nobody waits for more."""
        self._resume = None
        self._fail("we closed the connection")

    def _watch_the_time(self) -> None:
        now = self._loop.time()
        if not self._ends_at:
            self._ends_at = now + self._allowed
        if now >= self._ends_at:
            raise Late("the server did not answer in time")
        if self._alarm is None or self._alarm.when() > self._ends_at:
            self._silence()
            self._alarm = self._loop.call_at(self._ends_at, self._ring)

    def _silence(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _ring(self) -> None:
        """Whoever waits looks at the clock, and waits on where that is not over yet."""
        self._alarm = None
        self._wake()

    def _wake(self) -> None:
        if self._resume is not None:
            self._resume()


@lru_cache(maxsize=64)
def _usual(line: bytes) -> Reply | None:
    """The reply of one line, `250 words`, as servers say it over and over; else None."""
    code = _LAST.get(line[:4])
    return None if code is None else Reply(code, (line[4:],))
