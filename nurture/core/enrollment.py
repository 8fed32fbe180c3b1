"""One contact's walk through one sequence, and the only ways its state may change."""

from datetime import datetime
from enum import StrEnum

from nurture.core.transition import state_after
from nurture.value import frozen

FIRST = "1"
"""The occurrence of every step in the order: each comes but once."""


class State(StrEnum):
    """Where an enrollment stands."""

    ACTIVE = "active"
    PAUSED = "paused"
    HANDED_OFF = "handed_off"
    ENDED = "ended"


class Move(StrEnum):
    """What can happen to an enrollment."""

    ANSWERED = "answered"  # the contact wrote: a human takes over
    COLLEAGUE_ANSWERED = "colleague_answered"  # somebody at their company wrote
    DOUBTED = "doubted"  # we are not sure what was said: a person must look
    RESUMED = "resumed"  # a human returned the contact
    FINISHED = "finished"  # the last step is done
    OPTED_OUT = "opted_out"
    BOUNCED = "bounced"
    LEFT = "left"  # the person left the company
    WON = "won"  # they came back: what the walk was for is reached
    STOPPED = "stopped"  # the owner ended it


_LIVE = (State.ACTIVE, State.PAUSED, State.HANDED_OFF)
_ENDINGS = (Move.FINISHED, Move.OPTED_OUT, Move.BOUNCED, Move.LEFT, Move.WON, Move.STOPPED)

TRANSITIONS: dict[tuple[State, Move], State] = {
    **{(state, Move.ANSWERED): State.HANDED_OFF for state in _LIVE},
    (State.ACTIVE, Move.COLLEAGUE_ANSWERED): State.PAUSED,
    (State.PAUSED, Move.COLLEAGUE_ANSWERED): State.PAUSED,
    (State.HANDED_OFF, Move.COLLEAGUE_ANSWERED): State.HANDED_OFF,
    (State.ACTIVE, Move.DOUBTED): State.PAUSED,
    (State.PAUSED, Move.DOUBTED): State.PAUSED,
    (State.HANDED_OFF, Move.DOUBTED): State.HANDED_OFF,
    (State.PAUSED, Move.RESUMED): State.ACTIVE,
    (State.HANDED_OFF, Move.RESUMED): State.ACTIVE,
    **{(state, move): State.ENDED for state in _LIVE for move in _ENDINGS},
    # Words heard after the end change nothing: there is nothing left to stop.
    **{
        (State.ENDED, move): State.ENDED
        for move in Move
        if move not in (Move.RESUMED, Move.FINISHED)
    },
}
"""Every legal change; what is not listed is our mistake and is refused."""


def move(state: State, by: Move) -> State:
    """The state after a move; raises Broken for an illegal one, changing nothing."""
    return state_after(TRANSITIONS, state, by, "an enrollment")


@frozen
class Enrollment:
    """One lane of a contact's walk through a sequence; `position` is the step that comes next.

    The steps in their order are the lane without a name.  Every occasion has a lane of its own,
    named like it, which never leaves that position: `occurrence` tells which time it stands at,
    by its day, or is empty while no day is known.
    `anchor_at` is the instant from which the next wait counts: the enrollment itself, then each
    completed touch.  `run` counts re-entries of the same person into the same sequence from 1.
    `held_until` postpones whatever is due without spending the step's own wait.  `because` says why
    the walk was started, `reason` why it stands in its state.  `owes` is the parting note: until
    that step is done, nothing else of ours goes to this person.
    """

    id: int
    contact_id: int
    account: str
    sequence: str
    revision: str
    state: State
    position: str
    anchor_at: datetime
    due_at: datetime | None
    enrolled_at: datetime
    because: str = ""
    reason: str = ""
    run: int = 1
    lane: str = ""
    occurrence: str = FIRST
    owes: str = ""
    held_until: datetime | None = None
    held_why: str = ""
