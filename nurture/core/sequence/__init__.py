"""A plan of steps: who begins it, on which lanes, when it ends, and how people change over."""

from nurture.core.sequence.outline import Intent, Occasion, Sequence, Step, greets

__all__ = (
    "Intent",
    "Occasion",
    "Sequence",
    "Step",
    "greets",
)
