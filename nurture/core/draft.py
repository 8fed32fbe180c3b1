"""A mail that waits for its owner's word, and the only ways its state may change."""

from enum import StrEnum

from nurture.errors import Broken
from nurture.value import frozen

_REQUIRED = "required"
_FIRST = "first "


class DraftState(StrEnum):
    """Where a draft stands between composition and doorstep."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    SKIPPED = "skipped"
    STALE = "stale"
    SENT = "sent"


class DraftMove(StrEnum):
    """What can happen to a draft."""

    ACCEPTED = "accepted"  # the owner wants it to go as it is
    SKIPPED = "skipped"  # the owner wants the sequence to go on without it
    OVERTAKEN = "overtaken"  # they answered, or the sequence moved on
    LEFT = "left"  # it went, through us or by the owner's own hand


DRAFT_TRANSITIONS: dict[tuple[DraftState, DraftMove], DraftState] = {
    (DraftState.WAITING, DraftMove.ACCEPTED): DraftState.ACCEPTED,
    (DraftState.WAITING, DraftMove.SKIPPED): DraftState.SKIPPED,
    (DraftState.WAITING, DraftMove.OVERTAKEN): DraftState.STALE,
    (DraftState.WAITING, DraftMove.LEFT): DraftState.SENT,
    (DraftState.ACCEPTED, DraftMove.OVERTAKEN): DraftState.STALE,
    (DraftState.ACCEPTED, DraftMove.LEFT): DraftState.SENT,
}
"""What is decided is never decided again: a draft that is not wanted any more is made anew."""

OPEN = frozenset({DraftState.WAITING, DraftState.ACCEPTED})
"""The states of a draft that may still become a mail."""


def move_draft(state: DraftState, by: DraftMove) -> DraftState:
    """The state after a move; raises Broken for an illegal one, changing nothing."""
    try:
        return DRAFT_TRANSITIONS[state, by]
    except KeyError:
        raise Broken(f"a draft that is {state} cannot be {by}") from None


@frozen
class Approval:
    """Which mails wait for their owner: all of them, or the first so many of a sequence."""

    first: int | None = None

    def asks(self, accepted: int) -> bool:
        """Whether the next mail waits, where so many were accepted before."""
        return self.first is None or accepted < self.first


def approval_of(*written: str) -> Approval | None:
    """The strictest of these words ("required", "first 20", or nothing); None for no approval.

    They are what a step and its sequence say, checked when they were read.
    """
    if _REQUIRED in written:
        return Approval()
    counts = [int(each.removeprefix(_FIRST)) for each in written if each.startswith(_FIRST)]
    return Approval(max(counts)) if counts else None
