"""How many mails a second are read and judged, one after the other on one core."""

import time
from pathlib import Path

from bench.row import Row
from nurture.signals import hear

NAME = "mails classified"
GOAL = ">= 100/s"
_CORPUS = Path("tests/signals/corpus")
_SECONDS = 5.0


def measure() -> Row:
    """The repository's own corpus, over and over."""
    mails = [path.read_bytes() for path in sorted(_CORPUS.rglob("*.eml"))]
    hear(mails[0], known_contact=True)
    count, slowest, began = 0, 0.0, time.perf_counter()
    while (now := time.perf_counter()) - began < _SECONDS:
        hear(mails[count % len(mails)], known_contact=True)
        slowest = max(slowest, time.perf_counter() - now)
        count += 1
    rate = count / (time.perf_counter() - began)
    note = f"{len(mails)} mails of the own corpus, slowest {slowest * 1000:.0f} ms"
    return Row(rate, "/s", rate >= 100, note)
