"""How long it takes until the daemon says that it is ready."""

import asyncio
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.crowd import fill
from bench.readiness import BARE, LEAN, Bell, seconds
from bench.row import Row
from bench.shift import Place, place, worker

NAME = "start to ready / lean Python"
GOAL = "<= 6x"
_ROUNDS = 5


def measure() -> Row:
    """From the start of the process to READY=1, the mailbox read once; bytecode at hand.

    Lean Python is what any such daemon imports (performance.md section 8).
    """
    with TemporaryDirectory() as name, place("sam") as at:
        folder = Path(name)
        asyncio.run(fill(folder, 1, due=0))
        _ready(folder, at, is_set_up=False)
        took = median(_ready(folder, at, is_set_up=True) for _ in range(_ROUNDS))
    lean, bare = seconds(LEAN), seconds(BARE)
    note = f"{took * 1000:.0f} ms; lean {lean * 1000:.0f} ms, bare Python {bare * 1000:.0f} ms"
    return Row(took / lean, "x", took / lean <= 6, note)


def _ready(folder: Path, at: Place, *, is_set_up: bool) -> float:
    with Bell(folder) as bell:
        began = time.perf_counter()
        with worker(folder, at, notify=bell.path, is_set_up=is_set_up):
            bell.wait()
            return time.perf_counter() - began
