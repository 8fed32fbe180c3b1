"""One contact with one person in one channel, and the only ways its state may change."""

from datetime import datetime
from enum import StrEnum

from nurture.core.transition import state_after
from nurture.value import frozen


class TouchState(StrEnum):
    """Where a touch stands between plan and doorstep."""

    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"
    BOUNCED = "bounced"


class TouchMove(StrEnum):
    """What can happen to a touch after its intent is committed."""

    ACCEPTED = "accepted"  # the server answered 250 after the final dot
    POSTPONED = "postponed"  # certainly not sent, worth another try
    REJECTED = "rejected"  # certainly not sent, and never will be
    LOST_SIGHT = "lost_sight"  # the final dot may have left and no answer was recorded
    TRIED_AGAIN = "tried_again"  # a postponed touch passed another last look, same Message-ID
    CALLED_OFF = "called_off"  # stopped while it waited for another try
    PROVEN_SENT = "proven_sent"  # found in Sent, or a human says so
    PROVEN_UNSENT = "proven_unsent"  # a human says it never left
    CAME_BACK = "came_back"  # a delivery report says the recipient never got it


TOUCH_TRANSITIONS: dict[tuple[TouchState, TouchMove], TouchState] = {
    (TouchState.SENDING, TouchMove.ACCEPTED): TouchState.SENT,
    (TouchState.SENDING, TouchMove.POSTPONED): TouchState.DEFERRED,
    (TouchState.SENDING, TouchMove.REJECTED): TouchState.REFUSED,
    (TouchState.SENDING, TouchMove.LOST_SIGHT): TouchState.UNCERTAIN,
    (TouchState.DEFERRED, TouchMove.TRIED_AGAIN): TouchState.SENDING,
    (TouchState.DEFERRED, TouchMove.CALLED_OFF): TouchState.CANCELLED,
    # Only a database from a backup is told so: what it remembers was not the end of it.
    **{
        (state, TouchMove.PROVEN_SENT): TouchState.SENT
        for state in (TouchState.SENDING, TouchState.DEFERRED)
    },
    (TouchState.UNCERTAIN, TouchMove.PROVEN_SENT): TouchState.SENT,
    (TouchState.UNCERTAIN, TouchMove.PROVEN_UNSENT): TouchState.CANCELLED,
    (TouchState.UNCERTAIN, TouchMove.CAME_BACK): TouchState.BOUNCED,
    (TouchState.SENT, TouchMove.CAME_BACK): TouchState.BOUNCED,
    (TouchState.BOUNCED, TouchMove.CAME_BACK): TouchState.BOUNCED,
}
"""Only what is certainly not sent may go back to sending: at most once (promise P2)."""


def move_touch(state: TouchState, by: TouchMove) -> TouchState:
    """The state after a move; raises Broken for an illegal one, changing nothing."""
    return state_after(TOUCH_TRANSITIONS, state, by, "a touch")


@frozen
class Touch:
    """One step of one enrollment on its way to one person; never more than one per occurrence."""

    id: int
    enrollment_id: int
    contact_id: int
    account: str
    sequence: str
    revision: str
    step: str
    occurrence: str
    state: TouchState
    message_id: str
    begun_at: datetime
    subject: str = ""
    sent_at: datetime | None = None
    attempts: int = 0
    reply: str = ""
    tried_since: datetime | None = None
