"""How stored facts change one another, as pure functions that every store applies alike."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, assert_never

from nurture.core.account.family import Family
from nurture.core.contact import Contact
from nurture.core.decision import (
    Advance,
    Assign,
    Change,
    Decision,
    End,
    Hold,
    MoveTo,
    Pick,
    Postpone,
    Rest,
    Send,
)
from nurture.core.enrollment import Enrollment, Move, State, move
from nurture.core.touch import TouchMove, TouchState
from nurture.errors import Broken
from nurture.outcome import News, news_of
from nurture.ports import AccountState, Order, Recalled, Settlement

LOST_SIGHT: Final = "nobody knows whether the last mail left: look into Sent, then say so"
ANSWER_WAITS: Final = "their answer waits for a person"
COLLEAGUE_WAITS: Final = "a colleague's answer waits for a person"

MAY_HAVE_LEFT: Final = frozenset({TouchState.SENT, TouchState.UNCERTAIN, TouchState.BOUNCED})
UNSETTLED: Final = frozenset({TouchState.SENDING, TouchState.DEFERRED, TouchState.UNCERTAIN})
YEAR: Final = timedelta(days=365)

_NO_TIME: Final = timedelta(0)
_DAY: Final = timedelta(days=1)


def moved(walk: Enrollment, by: Move, reason: str) -> Enrollment:
    """The walk after a move; one that ends is due no more and keeps the move as its reason.

    What a colleague says never covers up that the contact themself has answered.
    """
    state = move(walk.state, by)
    if state is walk.state and state in {State.HANDED_OFF, State.ENDED}:
        return walk
    if state is State.ENDED:
        words = reason if by is Move.STOPPED and reason else str(by)
        return replace(walk, state=state, reason=words, due_at=None, held_why="")
    return replace(walk, state=state, reason=reason)


def resumed(walk: Enrollment, on: datetime) -> Enrollment:
    """The walk returned by a human: due on that instant, whatever held it before."""
    return replace(moved(walk, Move.RESUMED, ""), due_at=on, held_until=None, held_why="")


def let_go(walk: Enrollment, at: datetime) -> Enrollment:
    """The walk as if the mail that stopped it had not come: due when it was, at the earliest now.

    A hold that an away note had set before goes on.
    """
    due_at = max(at, walk.due_at) if walk.due_at else at
    return replace(moved(walk, Move.RESUMED, ""), due_at=due_at)


def noted(walk: Enrollment, decision: Decision, now: datetime) -> Enrollment:
    """The walk after a decision that sends nothing; one that is not active stays as it is."""
    if walk.state is not State.ACTIVE:
        return walk
    is_held = walk.held_until is not None and now < walk.held_until
    held_why = walk.held_why if is_held else ""
    match decision:
        case Postpone(until=until):
            return replace(walk, due_at=until, held_why=held_why)
        case Rest(until=until, occurrence=occurrence):
            return replace(walk, due_at=until, held_why=held_why, occurrence=occurrence)
        case Hold(until=until, why=why):
            return replace(walk, due_at=until, held_why=why)
        case Advance(due_at=due_at):
            # The wait behind a wait counts from the end of the first, not from its beginning.
            stays = walk.lane or decision.took_no_time
            anchor = walk.anchor_at if stays or due_at is None else due_at
            return advanced(walk, decision, now=now, anchor=anchor)
        case End(why=why):
            return moved(walk, Move.STOPPED, why)
        case Send() | Pick() | Assign() | MoveTo():
            raise Broken(f"a {type(decision).__name__} is carried out, not noted")
        case _:
            assert_never(decision)


def advanced(walk: Enrollment, to: Advance, *, now: datetime, anchor: datetime) -> Enrollment:
    """The walk at its next step; a stopped one moves on without getting up.

    A parting note is owed no more once its step is left behind.
    """
    if to.to is None:
        return moved(walk, Move.FINISHED, "") if walk.state is State.ACTIVE else walk
    owes = "" if walk.owes == walk.position != to.to else walk.owes
    position, occurrence, due_at = place_after(to.to, to)
    after = replace(
        walk,
        position=position,
        occurrence=occurrence,
        anchor_at=anchor,
        due_at=due_at,
        owes=owes,
    )
    if walk.held_until is None and not walk.held_why:
        return after
    if walk.held_until is None or walk.held_until <= now:
        return replace(after, held_until=None, held_why="")
    if walk.lane or to.due_at is None:
        return replace(after, due_at=_not_before(walk.held_until, to.due_at))
    # An away note overtook the settlement: the wait begins when the hold ends.
    rest = max(_NO_TIME, to.due_at - now)
    later = anchor + (walk.held_until - now)
    return replace(after, due_at=walk.held_until + rest, anchor_at=later)


PLACE: Final = ("position", "occurrence", "due_at")
"""What says where a walk stands."""


def place_after(step: str, to: Advance) -> tuple[str, str, datetime | None]:
    """The PLACE of a walk that goes to this step, and that nothing holds."""
    return step, to.occurrence, to.due_at


def _not_before(until: datetime, due_at: datetime | None) -> datetime | None:
    return max(until, due_at) if due_at else None


def finished_task(walk: Enrollment, to: Advance | None, now: datetime) -> Enrollment:
    """The walk behind a task that a person has settled; without a way on it is looked at anew.

    Where nothing follows it is finished, though it was stopped: there is nothing left to stop.
    """
    if to is None:
        return replace(walk, due_at=now)
    if to.to is None:
        return moved(walk, Move.FINISHED, "")
    return advanced(walk, to, now=now, anchor=now)


def ordered(walk: Enrollment, order: Order, now: datetime, *, is_open: bool) -> Enrollment:
    """The walk once the task was given; it stands, or goes on at once.

    A task that was settled before is not given again: where nothing says what follows, a person
    must look.
    """
    if order.then is not None:
        return noted(walk, order.then, now)
    if is_open:
        return replace(walk, due_at=order.lapses_at, held_why="")
    return noted(walk, Hold(now + _DAY, "its task was settled, and nobody knows what follows"), now)


def cleared(walk: Enrollment) -> Enrollment:
    """The walk without the traces of a hold that is over."""
    return replace(walk, held_until=None, held_why="")


def shifted(walk: Enrollment, until: datetime, why: str, at: datetime) -> Enrollment:
    """The walk held until then, the rest of its wait kept; a shorter hold changes nothing.

    A day in the calendar does not move because somebody is away.
    """
    if walk.state is not State.ACTIVE or until <= max(at, walk.held_until or at):
        return walk
    since = max(at, walk.held_until or at)
    held = replace(walk, held_until=until, held_why=why)
    if walk.lane or walk.due_at is None:
        return replace(held, due_at=_not_before(until, walk.due_at))
    rest = max(_NO_TIME, walk.due_at - since)
    return replace(held, due_at=until + rest, anchor_at=walk.anchor_at + (until - since))


def leaves(walk: Enrollment, to: Advance) -> bool:
    """Whether this time of its step is behind the walk then; to find a first day leaves none."""
    return bool(walk.occurrence) and (to.to, to.occurrence) != (walk.position, walk.occurrence)


def stands_at(walk: Enrollment, step: str, occurrence: str) -> bool:
    """Whether the walk is not over, and this very time of this step comes next."""
    here = (walk.position, walk.occurrence)
    return walk.state is not State.ENDED and here == (step, occurrence)


def settled(walk: Enrollment, step: str, occurrence: str, by: Settlement) -> Enrollment:
    """The walk after the delivery of this step; one that was stopped keeps its state."""
    if by.suppress or not stands_at(walk, step, occurrence):
        return walk
    if by.next is not None:
        return advanced(walk, by.next, now=by.at, anchor=by.at)
    if walk.state is not State.ACTIVE:
        return walk
    if by.retry_at is not None:
        return replace(walk, due_at=by.retry_at)
    return moved(walk, Move.DOUBTED, by.why or str(by.delivery.answer))


def resolved(
    walk: Enrollment, step: str, occurrence: str, doubt: str, to: Advance | None, now: datetime
) -> Enrollment:
    """The walk once the fate of this step is known: it goes on if only that doubt held it.

    Whoever was stopped for another reason in the meantime stays stopped (promise P1).
    """
    if to is None or not stands_at(walk, step, occurrence):
        return walk
    return advanced(undoubted(walk, doubt), to, now=now, anchor=now)


def undoubted(walk: Enrollment, doubt: str) -> Enrollment:
    """The walk as it was before that doubt, if nothing else holds it since (promise P1)."""
    is_its_reason = walk.state is State.PAUSED and doubt and walk.reason == doubt
    return moved(walk, Move.RESUMED, "") if is_its_reason else walk


def recalled(walk: Enrollment, found: Recalled) -> Enrollment:
    """The walk behind a step that Sent proves was sent; a stopped one does not get up."""
    is_elsewhere = found.only_here and not stands_at(walk, found.step, found.occurrence)
    if walk.state is State.ENDED or found.next is None or is_elsewhere:
        return walk
    at = replace(walk, position=found.step, occurrence=found.occurrence)
    return advanced(at, found.next, now=found.sent_at, anchor=found.sent_at)


_HINDSIGHT: Final[Mapping[TouchMove, TouchMove]] = {
    TouchMove.ACCEPTED: TouchMove.PROVEN_SENT,
    TouchMove.REJECTED: TouchMove.PROVEN_UNSENT,
}


def in_hindsight(state: TouchState, by: TouchMove) -> TouchMove:
    """The move as it is meant when a newer lease has given the touch up already.

    A worker that lost its lease while it talked still knows how the talk ended.
    """
    return _HINDSIGHT.get(by, by) if state is TouchState.UNCERTAIN else by


_NO_NEWS: Final = frozenset({TouchMove.LOST_SIGHT, TouchMove.POSTPONED})


def remains_in_doubt(state: TouchState, by: TouchMove) -> bool:
    """Whether a touch that was given up stays so, for its owner to decide about.

    What was put off meanwhile has not left; but what was uncertain once the machine never sends
    again (promise P2), and nothing else would let the walk go on.
    """
    return state is TouchState.UNCERTAIN and by in _NO_NEWS


_NOT_SENT: Final = frozenset({TouchMove.POSTPONED, TouchMove.REJECTED})


def account_after(state: AccountState, begun_at: datetime, by: Settlement) -> AccountState:
    """The account once this is settled: what was not sent is given back to its caps."""
    if by.move in _NOT_SENT:
        return replace(state, tally=state.tally.plus(-1, begun_at))
    if by.move is TouchMove.ACCEPTED:
        return replace(state, troubles=0, first_sent_at=state.first_sent_at or by.at)
    return state


def family_after(family: Family, begun_at: datetime, by: Settlement) -> Family:
    """The family once this is settled: what was not sent is given back, and its breaker moves."""
    if by.move in _NOT_SENT:
        family = replace(family, tally=family.tally.plus(-1, begun_at))
    match news_of(by.delivery):
        case News.TROUBLE:
            return family.tripped(str(by.delivery.answer), by.at)
        case News.FINE:
            return family.recovered(by.at)
        case News.NOTHING:
            return family.released()


def changed_by(contact: Contact, change: Change) -> Contact:
    """The contact with what a step writes on it; an empty custom field is gone."""
    tags = dict.fromkeys((*contact.tags, *change.tags))
    custom = {**contact.custom, **change.values}
    return replace(
        contact,
        tags=tuple(tag for tag in tags if tag not in change.untags),
        custom={name: text for name, text in custom.items() if text},
    )
