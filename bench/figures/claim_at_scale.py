"""Whether a batch is begun as quickly among a million walks as among ten thousand."""

from bench.crowd import cost
from bench.row import Row

NAME = "claim of 100, 1,000,000 walks / 10,000"
GOAL = "<= 2.5x"


def measure() -> Row:
    """The last look with its committed intents, synchronous FULL."""
    few, many = cost(10_000).claim, cost(1_000_000).claim
    return Row(many / few, "x", many / few <= 2.5, f"{many:.2f} ms and {few:.2f} ms")
