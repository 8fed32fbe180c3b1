"""A mail that waits for its owner's word, and the only ways its state may change."""

from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from nurture.core.transition import state_after
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
    DOUBTED = "doubted"  # the owner may have sent its copy themself, and is asked again


DRAFT_TRANSITIONS: dict[tuple[DraftState, DraftMove], DraftState] = {
    (DraftState.WAITING, DraftMove.ACCEPTED): DraftState.ACCEPTED,
    (DraftState.WAITING, DraftMove.SKIPPED): DraftState.SKIPPED,
    (DraftState.WAITING, DraftMove.OVERTAKEN): DraftState.STALE,
    (DraftState.WAITING, DraftMove.LEFT): DraftState.SENT,
    (DraftState.ACCEPTED, DraftMove.OVERTAKEN): DraftState.STALE,
    (DraftState.ACCEPTED, DraftMove.LEFT): DraftState.SENT,
    (DraftState.ACCEPTED, DraftMove.DOUBTED): DraftState.WAITING,
}
"""What is decided is decided again only where nobody knows whether the mail has left already."""

OPEN = frozenset({DraftState.WAITING, DraftState.ACCEPTED})
"""The states of a draft that may still become a mail."""


def move_draft(state: DraftState, by: DraftMove) -> DraftState:
    """The state after a move; raises Broken for an illegal one, changing nothing."""
    return state_after(DRAFT_TRANSITIONS, state, by, "a draft")


class CopyState(StrEnum):
    """Where the copy of a draft stands that lies, or lay, in the mailbox's Drafts folder."""

    PLACING = "placing"  # it may lie there: its end is not written down yet
    PLACED = "placed"
    OUTDATED = "outdated"  # the draft says something else since; this one is to be taken back
    CHANGED = "changed"  # the owner wrote in it: it is theirs
    TAKEN_BACK = "taken_back"  # by us; Sent is yet to be read
    MISSED = "missed"  # somebody took it before us; Sent is yet to be read
    REFUSED = "refused"  # the server did not take it: later once more
    OVER = "over"  # none lies there, and none is put there again


COPY_IS_IN: Final = frozenset({CopyState.REFUSED, CopyState.OVER})
"""Where nobody can send the copy unseen."""

COPY_SETTLES: Final = {
    CopyState.TAKEN_BACK: timedelta(minutes=2),
    CopyState.MISSED: timedelta(minutes=15),
}
"""How long after a copy has left the folder a reading of Sent begins that proves it was not sent.

Mail programs file into Sent before they delete the draft, or after, and some are offline: who
finds the copy in its place need wait for the filing alone.
"""


COPY_RESTS: Final = timedelta(hours=1)
"""How long nothing is put into a folder after its server refused something."""


@frozen
class Approval:
    """Which mails wait for their owner: all of them, or the first so many of a sequence."""

    first: int | None = None

    def asks(self, accepted: int) -> bool:
        """Whether the next mail waits, where so many were accepted before."""
        return self.first is None or accepted < self.first


@lru_cache(maxsize=256)
def approval_of(*written: str) -> Approval | None:
    """The strictest of these words ("required", "first 20", or nothing); None for no approval.

    They are what a step and its sequence say, checked when they were read.
    """
    if not any(written):
        return None
    if _REQUIRED in written:
        return Approval()
    counts = [int(each.removeprefix(_FIRST)) for each in written if each.startswith(_FIRST)]
    return Approval(max(counts)) if counts else None
