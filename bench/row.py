"""One measured figure beside its goal."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """`value` in `unit`; `note` says how it was measured, and against what."""

    value: float
    unit: str
    is_met: bool
    note: str


class Missing(Exception):
    """A program that the figure needs is not here; the message names it."""


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
