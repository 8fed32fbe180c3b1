"""A conversation that now belongs to a person, and the only ways its state may change."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from nurture.errors import Broken


class HandoffState(StrEnum):
    """Who has to act: nobody yet, a person who took it, or nobody any more."""

    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"


class HandoffMove(StrEnum):
    """What can happen to a handoff."""

    TAKEN = "taken"  # a person says "mine", or their own answer was seen in Sent
    WRITTEN_AGAIN = "written_again"  # the contact wrote once more
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a handoff ended."""

    WON = "won"
    LATER = "later"
    NOT_INTERESTED = "not_interested"
    OPTED_OUT = "opted_out"
    WRONG_PERSON = "wrong_person"
    WRONG_VERDICT = "wrong_verdict"
    DONE = "done"


HANDOFF_TRANSITIONS: dict[tuple[HandoffState, HandoffMove], HandoffState] = {
    (HandoffState.OPEN, HandoffMove.TAKEN): HandoffState.TAKEN,
    (HandoffState.TAKEN, HandoffMove.TAKEN): HandoffState.TAKEN,
    (HandoffState.OPEN, HandoffMove.WRITTEN_AGAIN): HandoffState.OPEN,
    (HandoffState.TAKEN, HandoffMove.WRITTEN_AGAIN): HandoffState.OPEN,
    (HandoffState.OPEN, HandoffMove.CLOSED): HandoffState.CLOSED,
    (HandoffState.TAKEN, HandoffMove.CLOSED): HandoffState.CLOSED,
}
"""A closed handoff stays closed: who writes later opens a new one (domain.md H4)."""


def move_handoff(state: HandoffState, by: HandoffMove) -> HandoffState:
    """The state after a move; raises Broken for an illegal one, changing nothing."""
    try:
        return HANDOFF_TRANSITIONS[state, by]
    except KeyError:
        raise Broken(f"a handoff that is {state} cannot be {by}") from None


@dataclass(frozen=True, slots=True)
class Handoff:
    """What a person has to look at, and since when."""

    id: int
    contact_id: int
    account: str
    state: HandoffState
    reason: str
    opened_at: datetime
    inbound_id: int
    taken_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: Outcome | None = None
