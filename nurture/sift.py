"""What is due is sifted into letters, tasks for the owner, and decisions that send nothing."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from nurture import journal, ports
from nurture.core.account.allowance import Allowance
from nurture.core.calendar import spread
from nurture.core.decision import Decision, Hold, Pick, Postpone, Send
from nurture.errors import Unreachable
from nurture.pen import LOOK_AGAIN, Pen, Ready, choose

_APART = timedelta(minutes=30)  # over which those come back who waited for the same family


@dataclass(slots=True)
class Choices:
    """What came of a batch: letters within the room there is, tasks, and all that sends nothing.

    `written_to` are the people and companies who have had their letter of this round.
    """

    written_to: set[int | str]
    ready: list[Ready] = field(default_factory=list)
    orders: list[ports.Order] = field(default_factory=list)
    noted: list[tuple[int, Decision]] = field(default_factory=list)

    def take(self, letter: Ready) -> None:
        """Keeps the letter; a person, and a company, get one a round (P6)."""
        contact = letter.due.contact
        keys: set[int | str] = {contact.id, *filter(None, contact.company_keys)}
        if self.written_to.isdisjoint(keys):
            self.ready.append(letter)
            self.written_to |= keys


async def decide_some(
    pen: Pen,
    choices: Choices,
    waiting: deque[ports.Due],
    allowance: Allowance,
    most: int,
    now: datetime,
) -> None:
    """Decides until there are so many letters; one that breaks us waits for a person.

    Without room for any, all that waits is decided, and nothing is written.  Raises Unreachable
    where the facts cannot be read.
    """
    while waiting and (not most or len(choices.ready) < most):
        due = waiting.popleft()
        match await _chosen(pen, due, allowance, now, may_write=most > 0):
            case Ready() as letter:
                choices.take(letter)
            case ports.Order() as order:
                choices.orders.append(order)
            case Send() | Pick():
                pass  # its turn comes when there is room
            case decision:
                _journal(due, decision)
                choices.noted.append((due.enrollment.id, decision))


async def _chosen(
    pen: Pen, due: ports.Due, allowance: Allowance, now: datetime, *, may_write: bool
) -> Ready | ports.Order | Decision:
    try:
        wait = _wait(pen, due, allowance)
        choice = await choose(pen, due, now, may_write=may_write and wait is None)
    except Unreachable:
        raise
    except Exception as error:
        journal.enrollment_broke(due.enrollment.id, str(error))
        return Hold(now + LOOK_AGAIN, f"nurture broke on this step: {error!r}")
    return wait if wait and isinstance(choice, Send | Pick) else choice


def _wait(pen: Pen, due: ports.Due, allowance: Allowance) -> Postpone | None:
    """Until when nothing is written to the family of this recipient."""
    if not allowance.families:
        return None
    waits = allowance.wait(pen.account.scope_of(due.contact.address))
    if waits is None:
        return None
    again_at, why = waits
    apart = spread(due.enrollment.id, again_at.isoformat(), width=_APART)
    return Postpone(again_at + apart, why)


def _journal(due: ports.Due, decision: Decision) -> None:
    walk = due.enrollment
    if isinstance(decision, Hold):
        journal.touch_held(walk.contact_id, walk.sequence, walk.position, decision.why)
    elif isinstance(decision, Postpone):
        journal.touch_postponed(
            walk.contact_id, walk.sequence, walk.position, until=decision.until, why=decision.why
        )
