"""Whether sending takes more memory the more there is to send."""

from pathlib import Path
from tempfile import TemporaryDirectory

from bench.race import recipients, seeded
from bench.row import Row
from bench.shift import place, worker

NAME = "peak memory, 100,000 messages / 10,000"
GOAL = "<= 1.1, <= 90 MB"
_FEW, _MANY = 10_000, 100_000


def measure() -> Row:
    """The highest resident memory of one process that sends them all."""
    few, many = _peak(_FEW), _peak(_MANY)
    note = f"{few:.0f} MB and {many:.0f} MB"
    return Row(many / few, "x", many / few <= 1.1 and many <= 90, note)


def _peak(count: int) -> float:
    with TemporaryDirectory() as name, place("sam") as at:
        folder = Path(name)
        with worker(seeded(folder, recipients(folder, count)), at) as sender:
            at.wait_for(count, sender)
            return sender.memory("VmHWM")
