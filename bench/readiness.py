"""When a process has started: by its end, or by what it tells its supervisor."""

import socket
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Final, Self

from bench.race import ROOT, environment

BARE: Final = (sys.executable, "-c", "pass")
LEAN: Final = (sys.executable, "-c", "import asyncio, ssl, sqlite3, jinja2.sandbox, argparse, yaml")
_ROUNDS = 9
_PATIENCE = 60.0


def seconds(words: tuple[str, ...]) -> float:
    """How long this program takes from start to end, the median of several."""
    once(words)
    return median(once(words) for _ in range(_ROUNDS))


def once(words: tuple[str, ...]) -> float:
    """How long this program took this time."""
    began = time.perf_counter()
    subprocess.run(words, env=environment(), cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - began


class Bell:
    """A socket that plays systemd's part: `wait` returns when READY=1 has come."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    def __enter__(self) -> Self:
        self.path.unlink(missing_ok=True)
        self._socket.bind(str(self.path))
        self._socket.settimeout(_PATIENCE)
        return self

    def wait(self) -> None:
        """Returns when it is ready; raises TimeoutError when it never is."""
        while b"READY=1" not in self._socket.recv(65536).splitlines():
            pass

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._socket.close()
