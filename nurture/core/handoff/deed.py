"""What a person does with a handoff, and what it is then."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from nurture.core.enrollment import Enrollment
from nurture.core.handoff.conversation import (
    Handoff,
    HandoffMove,
    HandoffState,
    Outcome,
    answered,
    move_handoff,
    moved_on,
)
from nurture.value import frozen


@frozen
class Take:
    """Mine: nobody else may take it before the lease ends."""

    who: str
    until: datetime


@frozen
class GiveBack:
    """Somebody has to look again."""

    who: str


@frozen
class AwaitThem:
    """They were answered, by mail or otherwise: it is their turn, with patience until then."""

    who: str
    until: datetime | None = None


@frozen
class Snooze:
    """Put off until then, or until they write again."""

    who: str
    until: datetime


@frozen
class Stay:
    """What was stopped stays stopped."""


@frozen
class Stop:
    """Every sequence of theirs ends."""


@frozen
class Resume:
    """What was stopped goes on from then, at the usual gaps."""

    on: datetime


@frozen
class MoveOver:
    """Every sequence of theirs ends, and these lanes of another begin."""

    lanes: tuple[Enrollment, ...]

    @property
    def sequence(self) -> str:
        """The other sequence."""
        return self.lanes[0].sequence if self.lanes else ""


@frozen
class Remind:
    """Nothing leaves; it comes back onto the desk then (domain.md H6)."""

    on: datetime


NOTHING_NEXT = Stay()
Onward = Stay | Stop | Resume | MoveOver | Remind


@frozen
class Close:
    """It is over; `onward` is what comes next for the person."""

    who: str
    outcome: Outcome
    onward: Onward = NOTHING_NEXT
    amount: int | None = None
    note: str = ""


Deed = Take | GiveBack | AwaitThem | Snooze | Close


def objection(handoff: Handoff, deed: Deed, now: datetime) -> str:
    """Why this cannot be done with it now, or nothing."""
    if handoff.is_finished:
        outcome = str(handoff.outcome or "").replace("_", " ")
        return f"handoff {handoff.id} is closed already" + (f": {outcome}" if outcome else "")
    match deed:
        case Take():
            return _held_by_another(handoff, deed.who, now)
        case GiveBack():
            return f"handoff {handoff.id} is open" if handoff.state is HandoffState.OPEN else ""
        case Snooze():
            return "" if deed.until > now else "that time is past: name one to come"
        case AwaitThem():
            is_past = deed.until is not None and deed.until <= now
            return "that time is past: name one to come" if is_past else ""
        case Close():
            return _contradiction(deed, now)
        case _:
            assert_never(deed)


def _held_by_another(handoff: Handoff, who: str, now: datetime) -> str:
    is_held = handoff.state is HandoffState.TAKEN and handoff.taken_by != who
    if is_held and handoff.until is not None and handoff.until > now:
        return f"{handoff.taken_by or 'somebody'} has taken handoff {handoff.id}"
    return ""


def _contradiction(deed: Close, now: datetime) -> str:
    goes_on = isinstance(deed.onward, Resume | MoveOver)
    if deed.outcome is Outcome.OPTED_OUT and goes_on:
        return "whoever opted out is not written to again"
    if deed.outcome is Outcome.WON and isinstance(deed.onward, Resume):
        return "what was won ends its sequences: move them to another one instead"
    if isinstance(deed.onward, Remind) and deed.onward.on <= now:
        return "that time is past: name one to come"
    return ""


def worked(handoff: Handoff, deed: Deed, now: datetime) -> Handoff:
    """The handoff after a deed to which there is no objection."""
    match deed:
        case Take():
            state = move_handoff(handoff.state, HandoffMove.TAKEN)
            return replace(handoff, state=state, taken_at=now, taken_by=deed.who, until=deed.until)
        case GiveBack():
            return moved_on(handoff, HandoffMove.GIVEN_BACK, now)
        case AwaitThem():
            return answered(handoff, deed.who, now, deed.until)
        case Snooze():
            after = moved_on(handoff, HandoffMove.SNOOZED, now)
            return replace(after, taken_by=deed.who, until=deed.until)
        case Close():
            return _closed(handoff, deed, now)
        case _:
            assert_never(deed)


def _closed(handoff: Handoff, deed: Close, now: datetime) -> Handoff:
    after = moved_on(handoff, HandoffMove.CLOSED, now)
    is_answer = deed.outcome is not Outcome.WRONG_VERDICT
    return replace(
        after,
        closed_at=now,
        taken_at=handoff.taken_at,
        taken_by=deed.who,
        outcome=deed.outcome,
        amount=deed.amount,
        note=deed.note,
        remind_at=deed.onward.on if isinstance(deed.onward, Remind) else None,
        answered_at=handoff.answered_at or (now if is_answer else None),
    )


def usual_onward(outcome: Outcome, on: datetime | None) -> Onward:
    """What comes next where nobody says: never a mail, and a reminder for whoever wants it later.

    A close that was won ends their sequences, and an opt-out all, by itself.
    """
    if on is not None:
        return Remind(on)
    is_final = outcome in {Outcome.NOT_INTERESTED, Outcome.WRONG_PERSON}
    return Stop() if is_final else Stay()


def deed_words(deed: Deed) -> str:
    """What was done and by whom, for the ledger; dates are told where they are kept."""
    who = deed.who or "a person"
    match deed:
        case Take():
            return f"{who} took it"
        case GiveBack():
            return f"{who} gave it back"
        case AwaitThem():
            return f"{who} answered them"
        case Snooze():
            return f"{who} put it off"
        case Close():
            parts = [str(deed.outcome), str(deed.amount or ""), deed.note]
            return f"{who}: " + ", ".join(part for part in parts if part)
        case _:
            assert_never(deed)
