"""What to do with somebody who is due: the rules, good manners, and the occasions."""

from nurture.core.choice.rule import behind, decide, lapses_at, passed, reached, wait_ends

__all__ = (
    "behind",
    "decide",
    "lapses_at",
    "passed",
    "reached",
    "wait_ends",
)
