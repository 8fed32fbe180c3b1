"""How stored facts change one another, as pure functions that every store applies alike."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, assert_never

from nurture.core.calendar import zones_for
from nurture.core.contact import Contact
from nurture.core.decision import Advance, Decision, End, Hold, Postpone, Send
from nurture.core.enrollment import Enrollment, Move, State, move
from nurture.core.permission import Denied, latest_date, permission
from nurture.core.touch import Touch, TouchMove, TouchState
from nurture.errors import Broken
from nurture.ports import AccountState, Intent, Lease, Recalled, Settlement

LOST_SIGHT: Final = "nobody knows whether the last mail left: look into Sent, then say so"
ANSWER_WAITS: Final = "their answer waits for a person"
COLLEAGUE_WAITS: Final = "a colleague's answer waits for a person"

MAY_HAVE_LEFT: Final = frozenset({TouchState.SENT, TouchState.UNCERTAIN, TouchState.BOUNCED})
UNSETTLED: Final = frozenset({TouchState.SENDING, TouchState.DEFERRED, TouchState.UNCERTAIN})
YEAR: Final = timedelta(days=365)

_NO_TIME: Final = timedelta(0)


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
    match decision:
        case Postpone():
            is_held = walk.held_until is not None and now < walk.held_until
            return replace(walk, due_at=decision.until, held_why=walk.held_why if is_held else "")
        case Hold():
            return replace(walk, due_at=decision.until, held_why=decision.why)
        case Advance():
            # The wait behind a wait counts from the end of the first, not from its beginning.
            return advanced(walk, decision, now=now, anchor=decision.due_at)
        case End():
            return moved(walk, Move.STOPPED, decision.why)
        case Send():
            raise Broken("a Send is begun and settled, not noted")
        case _:
            assert_never(decision)


def advanced(walk: Enrollment, to: Advance, *, now: datetime, anchor: datetime) -> Enrollment:
    """The walk at its next step; a stopped one moves on without getting up."""
    if to.to is None:
        return moved(walk, Move.FINISHED, "") if walk.state is State.ACTIVE else walk
    walk = replace(walk, position=to.to, anchor_at=anchor, due_at=to.due_at)
    if walk.held_until is None or walk.held_until <= now:
        return replace(walk, held_until=None, held_why="")
    # An away note overtook the settlement: the wait begins when the hold ends.
    return replace(walk, due_at=walk.held_until + max(_NO_TIME, to.due_at - now))


def cleared(walk: Enrollment) -> Enrollment:
    """The walk without the traces of a hold that is over."""
    return replace(walk, held_until=None, held_why="")


def shifted(walk: Enrollment, until: datetime, why: str, at: datetime) -> Enrollment:
    """The walk held until then, the rest of its wait kept; a shorter hold changes nothing."""
    if walk.state is not State.ACTIVE or until <= max(at, walk.held_until or at):
        return walk
    since = max(at, walk.held_until or at)
    rest = max(_NO_TIME, walk.due_at - since) if walk.due_at else _NO_TIME
    return replace(walk, held_until=until, held_why=why, due_at=until + rest)


def settled(walk: Enrollment, step: str, by: Settlement) -> Enrollment:
    """The walk after the delivery of this step; one that was stopped keeps its state."""
    if walk.state is State.ENDED or walk.position != step or by.suppress:
        return walk
    if by.next is not None:
        return advanced(walk, by.next, now=by.at, anchor=by.at)
    if walk.state is not State.ACTIVE:
        return walk
    if by.retry_at is not None:
        return replace(walk, due_at=by.retry_at)
    return moved(walk, Move.DOUBTED, by.why or str(by.delivery.answer))


def resolved(
    walk: Enrollment, step: str, doubt: str, to: Advance | None, now: datetime
) -> Enrollment:
    """The walk once the fate of this step is known: it goes on if only that doubt held it.

    Whoever was stopped for another reason in the meantime stays stopped (promise P1).
    """
    if to is None or walk.state is State.ENDED or walk.position != step:
        return walk
    if walk.state is State.PAUSED and doubt and walk.reason == doubt:
        walk = moved(walk, Move.RESUMED, "")
    return advanced(walk, to, now=now, anchor=now)


def recalled(walk: Enrollment, found: Recalled) -> Enrollment:
    """The walk behind a step that Sent proves was sent; a stopped one does not get up."""
    if walk.state is State.ENDED:
        return walk
    at = replace(walk, position=found.step)
    return advanced(at, found.next, now=found.sent_at, anchor=found.sent_at)


_HINDSIGHT: Final[Mapping[TouchMove, TouchMove]] = {
    TouchMove.ACCEPTED: TouchMove.PROVEN_SENT,
    TouchMove.POSTPONED: TouchMove.PROVEN_UNSENT,
    TouchMove.REJECTED: TouchMove.PROVEN_UNSENT,
}


def in_hindsight(state: TouchState, by: TouchMove) -> TouchMove:
    """The move as it is meant when a newer lease has given the touch up already.

    A worker that lost its lease while it talked still knows how the talk ended.
    """
    return _HINDSIGHT.get(by, by) if state is TouchState.UNCERTAIN else by


def account_objection(
    account: AccountState, lease: Lease, now: datetime, heard_since: datetime
) -> str:
    """Why the whole account may not speak now, or nothing (promise P5)."""
    if (account.epoch, account.worker) != (lease.epoch, lease.worker):
        return "another worker has taken the account over"
    if account.resting_until and now < account.resting_until:
        return f"the account rests until {account.resting_until:%Y-%m-%d %H:%M}Z"
    if account.read_started_at is None:
        return "the mailbox was never read to its end"
    if account.read_started_at < heard_since:
        return f"the mailbox was last read to its end at {account.read_started_at:%H:%M:%S}Z"
    return ""


@dataclass(frozen=True, slots=True)
class Look:
    """What the last look sees of one intent besides the account."""

    walk: Enrollment | None
    touch: Touch | None = None
    suppressed: str = ""
    contact: Contact | None = None
    last_touch_at: datetime | None = None
    has_one_under_way: bool = False
    id_is_taken: bool = False


def objection(look: Look, intent: Intent, account: AccountState, now: datetime) -> str:
    """Why this intent must not leave, or nothing (promises P1 to P4, P6)."""
    walk, read_at = look.walk, account.read_started_at
    if walk is None or walk.contact_id != intent.contact_id or walk.account != account.account:
        return "there is no such enrollment of this account"
    if walk.state is not State.ACTIVE:
        return f"the enrollment is {walk.state}: {walk.reason}"
    if walk.position != intent.step:
        return f"the enrollment stands at {walk.position!r}, not at {intent.step!r}"
    if walk.held_until and now < walk.held_until:
        return f"held until {walk.held_until:%Y-%m-%d %H:%M}Z: {walk.held_why}"
    if look.suppressed:
        return f"the address is suppressed: {look.suppressed}"
    if look.contact and (why := _lacks_permission(look.contact, intent, now)):
        return why
    if read_at is None or read_at < intent.due_at:
        return "the mailbox was not read since this step became due"
    return _repeats(look, intent)


def _lacks_permission(contact: Contact, intent: Intent, now: datetime) -> str:
    """Permission may have lapsed, or been taken back, since the decision (promise P3)."""
    day = latest_date(now, zones_for(contact.zone, contact.country, "UTC"))
    allowed = permission(contact, intent.aim, day)
    return allowed.why if isinstance(allowed, Denied) else ""


def _repeats(look: Look, intent: Intent) -> str:
    touch = look.touch
    if touch is not None and touch.state is not TouchState.DEFERRED:
        return f"this step was begun before and is {touch.state}"
    if touch is not None and touch.message_id != intent.message_id:
        return "this step was begun before under another Message-ID"
    if touch is None and look.id_is_taken:
        return "this Message-ID was used before"
    if look.has_one_under_way:
        return "another mail to this person is on its way"
    known = intent.last_touch_at
    if look.last_touch_at and (known is None or look.last_touch_at > known):
        return f"they were touched meanwhile, at {look.last_touch_at:%Y-%m-%d %H:%M}Z"
    return ""
