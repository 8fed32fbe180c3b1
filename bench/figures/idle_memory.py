"""What the daemon holds while it has nothing to do."""

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.crowd import fill
from bench.readiness import Bell
from bench.row import Row
from bench.shift import place, worker

NAME = "resident memory, idle, 100,000 walks"
GOAL = "<= 80 MB (stretch 55)"
_SETTLED = 3.0  # seconds after it said that it is ready


def measure() -> Row:
    """One account, its mailbox read, nothing due; bytecode at hand, as where it is installed."""
    _resident(1)
    few, many = _resident(1), _resident(100_000)
    return Row(many, "MB", max(few, many) <= 80, f"{few:.0f} MB with one walk")


def _resident(people: int) -> float:
    with TemporaryDirectory() as name, place("sam") as at:
        folder = Path(name)
        asyncio.run(fill(folder, people, due=0))
        with Bell(folder) as bell, worker(folder, at, notify=bell.path) as idle:
            bell.wait()
            time.sleep(_SETTLED)
            return idle.memory("VmRSS")
