"""A socket that plays systemd's part."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio


class Systemd(asyncio.DatagramProtocol):
    """Keeps every message of the notify protocol, in order."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self._stirred = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.messages.append(data.decode())
        task = asyncio.create_task(self._stir())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def hears(self, start: str, *, since: int = 0, within: float = 20) -> str:
        """The first message behind `since` that begins so."""

        def found() -> str | None:
            return next((each for each in self.messages[since:] if each.startswith(start)), None)

        async with asyncio.timeout(within), self._stirred:
            await self._stirred.wait_for(lambda: found() is not None)
        return found() or ""

    @property
    def milestones(self) -> list[str]:
        """The first line of each message but for the status and the signs of life."""
        firsts = [each.splitlines()[0] for each in self.messages]
        left_out = ("STATUS=", "WATCHDOG=", "EXTEND_TIMEOUT_USEC=")
        return [each for each in firsts if not each.startswith(left_out)]

    async def _stir(self) -> None:
        async with self._stirred:
            self._stirred.notify_all()


@pytest_asyncio.fixture
async def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Systemd]:
    """Listens, and names itself to every program that is started from here."""
    path = tmp_path / "notify"
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(
        Systemd, local_addr=str(path), family=socket.AF_UNIX
    )
    monkeypatch.setenv("NOTIFY_SOCKET", str(path))
    yield protocol
    transport.close()
