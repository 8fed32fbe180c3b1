"""What comes next on a lane, when at the earliest, and what holds it, as things stand now."""

from datetime import datetime

from nurture import ports
from nurture.core.decision import Advance, Decision, End, Hold, Postpone, Rest
from nurture.pen import Pen, Ready, choose
from nurture.value import frozen

_FREE = "nothing holds it as things stand now"


@frozen
class Prospect:
    """The next instant at which something may happen (None: no day is known), and why not now."""

    at: datetime | None
    why: str


async def prospect(pen: Pen, due: ports.Due, now: datetime) -> Prospect:
    """By the very decision that the daemon would come to; nothing is written or sent."""
    walk = due.enrollment
    choice = await choose(pen, due, now, may_write=False)
    if walk.due_at is None and walk.occurrence and not isinstance(choice, Rest):
        return Prospect(None, "it waits until its task is done")
    at, why = _read(choice)
    soonest = max((each for each in (at, walk.due_at) if each), default=None)
    return Prospect(soonest, walk.held_why or why)


def _read(choice: Ready | ports.Order | Decision) -> tuple[datetime | None, str]:
    match choice:
        case Postpone(until=until, why=why) | Hold(until=until, why=why):
            return until, why
        case Rest(until=None):
            return None, "no day is known yet"
        case Rest(until=until):
            return until, "it waits as the sequence says"
        case Advance(why=why):
            return None, f"the walk would go on: {why}"
        case End(why=why):
            return None, f"the walk would end: {why}"
        case _:
            return None, _FREE
