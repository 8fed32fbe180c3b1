"""The replies of an SMTP server as they come in, each whole, and none taken for another's."""

import asyncio
from collections.abc import Callable
from typing import Final

from nurture.mail.write.smtp_status import enhanced_in

TEXT: Final = 2000
"""Characters of a reply that are kept; servers were seen to send 64 KB."""

Reply = tuple[int, bytes]
"""The code of a reply, and all of it as it came, line by line."""

_INLET: Final = 16 * 1024
_LONGEST: Final = 128 * 1024
_CODES: Final = range(200, 600)
_LAST: Final = {b"%d " % code: code for code in _CODES}  # how the last line of most begins


class Lost(ConnectionError):
    """Nothing more can be heard on this connection; the message says why."""


class Late(Lost):
    """The time that was allowed is over."""


def text_of(reply: Reply) -> str:
    """Its words as one text; an enhanced code repeated on each line stands once (RFC 2034)."""
    _, said = reply
    text = said[4:].decode("utf-8", "replace").strip()
    if said.count(b"\n") > 1:
        lines = said.decode("utf-8", "replace").split("\n")
        text, *others = [line[4:].strip() for line in lines]
        code = text.partition(" ")[0]
        repeated = f"{code} " if code and enhanced_in(code) == code else "\0"
        text = " ".join((text, *(each.removeprefix(repeated) for each in others)))
    return text[:TEXT].strip()


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
        self._began_at = self._ends_at = 0.0
        self._alarm: asyncio.TimerHandle | None = None
        self._inlet = memoryview(bytearray(_INLET))
        self._unread = b""
        self._is_clogged = False
        transport.set_protocol(self)
        # Any byte still in our hands counts as not sent: the final dot waits for them.
        transport.set_write_buffer_limits(high=0)

    @property
    def is_quiet(self) -> bool:
        """Whether it is whole, and nothing lies here that nobody has taken."""
        return not (self.fault or self._unread)

    @property
    def has_spoken(self) -> bool:
        """A reply, or a piece of one, lies here that nobody has taken."""
        return bool(self._unread)

    def listen(self, resume: Callable[[], None] | None) -> None:
        """From now on this is called at any news that somebody may wait for; None for nobody."""
        self._resume = resume

    def allow(self, seconds: float) -> None:
        """All that is waited for from now on has so long altogether."""
        self._began_at = now = self._loop.time()
        self._ends_at = now + seconds

    def elapsed(self) -> float:
        """The seconds since then."""
        return self._loop.time() - self._began_at

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
        unread, start = self._unread, 0
        while end := unread.find(b"\n", start) + 1:
            code = _LAST.get(unread[start : start + 4]) or self._code_in(unread[start:end])
            if code:
                self._unread = unread[end:]
                return code, unread[:end]
            start = end
        if self.fault:
            raise Lost(self.fault)
        self._watch_the_time()
        return None

    def hears_again(self, said: bytes) -> bool:
        """Whether the next replies are here in these very words; they count as heard then."""
        if not said or not self._unread.startswith(said):
            return False
        self._unread = self._unread[len(said) :]
        return True

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
        """Keeps them; more than anybody has to say ends the connection."""
        self._unread += self._inlet[:nbytes]
        if len(self._unread) > _LONGEST:
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

    def _code_in(self, line: bytes) -> int:
        """The code of a reply that ends in this line, else 0; raises Lost for a line of none."""
        said, mark = line[:3], line.rstrip(b"\r\n")[3:4]
        code = int(said) if said.isdigit() else 0
        if code not in _CODES or mark not in b" -":
            heard = line[:60].decode("utf-8", "replace").rstrip()
            self.fault = f"the server answers in no known language: {heard!r}"
            raise Lost(self.fault)
        return 0 if mark == b"-" else code

    def _fail(self, why: str) -> None:
        self.fault = self.fault or why
        self._silence()
        self._wake()

    def _give_up(self) -> None:
        """Our own end of it: nobody waits for more."""
        self._resume = None
        self._fail("we closed the connection")

    def _watch_the_time(self) -> None:
        if self._alarm is not None and self._alarm.when() <= self._ends_at:
            return
        if self._loop.time() >= self._ends_at:
            raise Late("the server did not answer in time")
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
