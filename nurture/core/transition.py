"""The one way in which a state changes: by a move that its table knows."""

from collections.abc import Mapping
from typing import TypeVar

from nurture.errors import Broken

S = TypeVar("S")
M = TypeVar("M")


def state_after(table: Mapping[tuple[S, M], S], state: S, by: M, what: str) -> S:
    """The state after a move; raises Broken for an illegal one, naming `what` it is that stays."""
    try:
        return table[state, by]
    except KeyError:
        raise Broken(f"{what} that is {state} cannot be {by}") from None
