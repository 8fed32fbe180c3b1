"""Whether what is due is found as quickly among a million walks as among ten thousand."""

from bench.crowd import cost
from bench.row import Row

NAME = "due page of 100, 1,000,000 walks / 10,000"
GOAL = "<= 2x"


def measure() -> Row:
    """A hundred walks with their contacts, history and pace; 10,000 are due in both."""
    few, many = cost(10_000).page, cost(1_000_000).page
    return Row(many / few, "x", many / few <= 2, f"{many:.2f} ms and {few:.2f} ms")
