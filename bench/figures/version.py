"""How long a person waits for the shortest answer."""

import sys

from bench.readiness import BARE, seconds
from bench.row import Row

NAME = "nurture --version / bare Python"
GOAL = "<= 6x (stretch 4)"


def measure() -> Row:
    """Whole processes, the median of several; bytecode at hand."""
    ours = seconds((sys.executable, "-m", "nurture", "--version"))
    asked = seconds((sys.executable, "-m", "nurture", "--help"))
    bare = seconds(BARE)
    note = f"{ours * 1000:.0f} ms, --help {asked * 1000:.0f} ms, bare Python {bare * 1000:.0f} ms"
    return Row(ours / bare, "x", ours / bare <= 6, note)
