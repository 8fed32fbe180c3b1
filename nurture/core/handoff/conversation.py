"""A conversation that now belongs to a person, and the only ways its state may change."""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from nurture.core.transition import state_after
from nurture.value import frozen

LEASE = timedelta(hours=4)
"""Working time for which whoever took a handoff has it to themselves."""

LONG_AFTER = timedelta(days=14)
"""From then on an answer after the close is a conversation of its own (domain.md H4)."""


class HandoffState(StrEnum):
    """Who has to act: nobody yet, who took it, the contact, nobody for now, or never again."""

    OPEN = "open"
    TAKEN = "taken"
    WAITING = "waiting"
    SNOOZED = "snoozed"
    CLOSED = "closed"


class HandoffMove(StrEnum):
    """What can happen to a handoff."""

    TAKEN = "taken"  # a person says "mine"
    GIVEN_BACK = "given_back"  # a person says that somebody has to look again
    ANSWERED = "answered"  # a person has answered the contact: seen in Sent, or said so
    SNOOZED = "snoozed"  # a person puts it off
    RAN_OUT = "ran_out"  # the lease, the patience or the snooze is over
    WRITTEN_AGAIN = "written_again"  # the contact wrote once more
    THANKED = "thanked"  # the contact wrote once more, and nothing but thanks
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


class Urgency(StrEnum):
    """How soon a person has to look."""

    NOW = "now"  # somebody waits for words
    TODAY = "today"  # it may be a question, or asks for nothing at once
    CALM = "calm"  # it waits for nobody: it stands in the digest


class Opening(StrEnum):
    """How the reason of a handoff begins, where a next step follows from it."""

    TO_CHECK = "to check"
    LATER = "asks to be written to again"
    REFERRAL = "answered, and names"
    THANKS = "thanks you"
    SILENT = "they have not answered you"
    REMINDER = "you wanted to be reminded"


_PUT_ASIDE = (HandoffState.TAKEN, HandoffState.WAITING, HandoffState.SNOOZED)
_UNFINISHED = (HandoffState.OPEN, *_PUT_ASIDE)

HANDOFF_TRANSITIONS: dict[tuple[HandoffState, HandoffMove], HandoffState] = {
    **{(state, HandoffMove.TAKEN): HandoffState.TAKEN for state in _UNFINISHED},
    **{(state, HandoffMove.ANSWERED): HandoffState.WAITING for state in _UNFINISHED},
    **{(state, HandoffMove.SNOOZED): HandoffState.SNOOZED for state in _UNFINISHED},
    **{(state, HandoffMove.WRITTEN_AGAIN): HandoffState.OPEN for state in _UNFINISHED},
    **{(state, HandoffMove.THANKED): state for state in _UNFINISHED},
    **{(state, HandoffMove.GIVEN_BACK): HandoffState.OPEN for state in _PUT_ASIDE},
    **{(state, HandoffMove.RAN_OUT): HandoffState.OPEN for state in _PUT_ASIDE},
    **{(state, HandoffMove.CLOSED): HandoffState.CLOSED for state in _UNFINISHED},
    (HandoffState.CLOSED, HandoffMove.WRITTEN_AGAIN): HandoffState.OPEN,
    (HandoffState.CLOSED, HandoffMove.THANKED): HandoffState.CLOSED,
}
"""A closed one opens again only by a new mail, soon after; later ones open a new handoff (H4)."""


def move_handoff(state: HandoffState, by: HandoffMove) -> HandoffState:
    """The state after a move; raises Broken for an illegal one, changing nothing."""
    return state_after(HANDOFF_TRANSITIONS, state, by, "a handoff")


@frozen
class Handoff:
    """What a person has to look at, and since when.

    `opened_at` is since when it waits for somebody, `asked_at` when the contact first wrote (None
    where a reminder opened it), `answered_at` when a person first answered.  `until` is the end of
    the lease of who took it (`taken_by`), of the patience with the contact, or of the snooze.
    `amount` is what was won, in whole units of the owner's currency; `remind_at` when a closed one
    is to be looked at again; `follows` the older handoff that this one goes on with.
    """

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
    urgency: Urgency = Urgency.NOW
    taken_by: str = ""
    until: datetime | None = None
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    amount: int | None = None
    note: str = ""
    remind_at: datetime | None = None
    follows: int | None = None

    @property
    def is_finished(self) -> bool:
        """Whether a person closed it."""
        return self.state is HandoffState.CLOSED


def moved_on(handoff: Handoff, by: HandoffMove, at: datetime) -> Handoff:
    """The handoff after a move: whoever had it has it no longer, and no date holds it.

    One that comes back onto the desk waits anew from then on.
    """
    state = move_handoff(handoff.state, by)
    comes_back = state is HandoffState.OPEN and handoff.state is not HandoffState.OPEN
    return replace(
        handoff,
        state=state,
        opened_at=at if comes_back else handoff.opened_at,
        taken_at=None,
        taken_by="",
        until=None,
        closed_at=None,
        remind_at=None,
    )


def answered(handoff: Handoff, by: str, at: datetime, until: datetime | None = None) -> Handoff:
    """A person has answered: it is the contact's turn, with patience until then.

    A date to which it had been put off stays.
    """
    put_off = handoff.until if handoff.state is HandoffState.SNOOZED else None
    after = moved_on(handoff, HandoffMove.ANSWERED, at)
    return replace(
        after,
        taken_at=handoff.taken_at or at,
        taken_by=handoff.taken_by or by,
        until=until or put_off,
        answered_at=handoff.answered_at or at,
    )


def written_again(
    handoff: Handoff, reason: str, urgency: Urgency, inbound_id: int, at: datetime
) -> Handoff:
    """The handoff about the newest mail."""
    after = moved_on(handoff, HandoffMove.WRITTEN_AGAIN, at)
    return replace(after, reason=reason, urgency=urgency, inbound_id=inbound_id)


def thanked(handoff: Handoff, inbound_id: int) -> Handoff:
    """The handoff about the newest mail, which asks for nothing: state and dates stay."""
    state = move_handoff(handoff.state, HandoffMove.THANKED)
    return replace(handoff, state=state, inbound_id=inbound_id)


def goes_on_with(closed_at: datetime, at: datetime) -> bool:
    """Whether an answer belongs to the conversation that was closed then."""
    return at - closed_at <= LONG_AFTER


def brought_back(handoff: Handoff, now: datetime) -> Handoff:
    """The handoff whose lease, patience or snooze is over: open, and it says why."""
    why = {
        HandoffState.TAKEN: f"{handoff.taken_by} took it, and did not answer",
        HandoffState.WAITING: str(Opening.SILENT),
        HandoffState.SNOOZED: "you put it off until now",
    }[handoff.state]
    urgency = Urgency.NOW if handoff.state is HandoffState.TAKEN else Urgency.TODAY
    return replace(moved_on(handoff, HandoffMove.RAN_OUT, now), reason=why, urgency=urgency)


def reminder(handoff: Handoff, now: datetime) -> Handoff:
    """A new handoff, without a number yet, that takes up a closed one on its day."""
    said = f": {handoff.note}" if handoff.note else ""
    return Handoff(
        id=0,
        contact_id=handoff.contact_id,
        account=handoff.account,
        state=HandoffState.OPEN,
        reason=f"{Opening.REMINDER}{said}",
        opened_at=now,
        inbound_id=handoff.inbound_id,
        urgency=Urgency.TODAY,
        follows=handoff.id,
    )
