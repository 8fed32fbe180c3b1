"""What systemd wants to know of a service: the notify protocol of sd_notify(3)."""

import socket
import time
from contextlib import suppress
from datetime import timedelta

_MICROSECOND = timedelta(microseconds=1)


class Notifier:
    """ports.Supervisor by one datagram a message to the socket named in NOTIFY_SOCKET.

    Silent where that is empty.  A message that cannot be delivered is dropped: the daemon's work
    does not depend on who watches it.
    """

    def __init__(self, address: str) -> None:
        # A leading @ stands for the abstract namespace, whose names begin with NUL.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    def ready(self) -> None:
        """See the port."""
        self._send("READY=1")

    def alive(self) -> None:
        """See the port."""
        self._send("WATCHDOG=1")

    def takes_longer(self, stretch: timedelta) -> None:
        """See the port."""
        self._send(f"EXTEND_TIMEOUT_USEC={stretch // _MICROSECOND}")

    def reloading(self) -> None:
        """See the port; systemd 253 tells by the time which SIGHUP this answers."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """See the port."""
        self._send("STOPPING=1")

    def say(self, status: str) -> None:
        """See the port; only the first line counts, since a newline begins another message."""
        self._send(f"STATUS={status.splitlines()[0] if status else ''}")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
        with suppress(OSError), socket.socket(socket.AF_UNIX, kind) as channel:
            channel.sendto(message.encode(), self._address)
