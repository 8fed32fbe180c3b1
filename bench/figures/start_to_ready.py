"""How long it takes until the daemon says that it is ready."""

import asyncio
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.crowd import fill
from bench.readiness import BARE, LEAN, Bell, once, seconds
from bench.row import Row
from bench.shift import Place, place, worker

NAME = "start to ready / lean Python"
GOAL = "<= 6x"
_ROUNDS = 9


def measure() -> Row:
    """From the start of the process to READY=1, the mailbox read once; bytecode at hand.

    Lean Python is what any such daemon imports (performance.md section 8).  Both in turn, so that
    whatever else the machine does slows down both.
    """
    with TemporaryDirectory() as name, place("sam") as at:
        folder = Path(name)
        asyncio.run(fill(folder, 1, due=0))
        _ready(folder, at, is_set_up=False)
        once(LEAN)
        pairs = [(_ready(folder, at, is_set_up=True), once(LEAN)) for _ in range(_ROUNDS)]
    times = median(ready / lean for ready, lean in pairs)
    took, lean = (median(each) * 1000 for each in zip(*pairs, strict=True))
    note = f"{took:.0f} ms; lean {lean:.0f} ms, bare Python {seconds(BARE) * 1000:.0f} ms"
    return Row(times, "x", times <= 6, note)


def _ready(folder: Path, at: Place, *, is_set_up: bool) -> float:
    with Bell(folder) as bell:
        began = time.perf_counter()
        with worker(folder, at, notify=bell.path, is_set_up=is_set_up):
            bell.wait()
            return time.perf_counter() - began
