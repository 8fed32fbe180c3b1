"""What owners ask for by mail, done and answered at once or not at all."""

from datetime import date, datetime
from typing import Protocol

from nurture.core.decision import Advance
from nurture.core.handoff.deed import Deed
from nurture.core.handoff.ticket import Ticket
from nurture.core.task import TaskMove
from nurture.ports.desk import NoticeKind
from nurture.ports.incoming import Heard
from nurture.value import frozen


@frozen
class WorkHandoff:
    """Does this to a handoff."""

    handoff_id: int
    deed: Deed


@frozen
class EndTask:
    """Done, or not to be done; their walk goes `onward`."""

    task_id: int
    by: TaskMove
    note: str
    onward: Advance | None


@frozen
class MoveTask:
    """It is due on that day."""

    task_id: int
    to: date


@frozen
class AcceptDraft:
    """These bytes may leave."""

    draft_id: int
    wire: bytes


@frozen
class PassDraft:
    """The walk goes `onward` without the mail."""

    draft_id: int
    onward: Advance


@frozen
class StopWalks:
    """Every sequence of theirs ends."""

    contact_id: int


@frozen
class KeepNote:
    """Words about a person, for whoever writes to them next."""

    contact_id: int
    text: str


Instruction = WorkHandoff | EndTask | MoveTask | AcceptDraft | PassDraft | StopWalks | KeepNote


@frozen
class Reply:
    """What an owner is told, in the conversation that `answering` names, under this key, once.

    It is not told before `due_at`.  The `ticket` goes out with it, for what they say next.
    One that is told `in_place` of the owner goes to their substitute.
    """

    account: str
    subject: str
    text: str
    key: str
    due_at: datetime
    answering: tuple[str, ...] = ()
    ticket: Ticket | None = None
    kind: NoticeKind = NoticeKind.ANSWER
    in_place: bool = False


@frozen
class Obeyed:
    """What came of a command: `is_new` is False where the mail was known, nothing done then.

    Where there is an `objection`, nothing was done either, and the ticket is still good.
    """

    is_new: bool
    is_done: bool = False
    objection: str = ""


def unproven_key(nonce: str) -> str:
    """The key of what is told where nothing proves who spent this ticket."""
    return f"unproven/{nonce}"


class Instructions(Protocol):
    """Tickets, and what is done for them; every method is one transaction."""

    async def issue(self, ticket: Ticket) -> Ticket:
        """The ticket that goes out with this notice: this one, or the one it has already."""
        ...

    async def ticket(self, nonce: str) -> Ticket | None:
        """The ticket of this nonce, spent or not."""
        ...

    async def obey(
        self,
        ticket: Ticket,
        instruction: Instruction,
        reply: Reply,
        heard: Heard | None,
        used_by: str,
    ) -> Obeyed:
        """Spends the ticket, does the instruction, records the mail and answers: all or nothing.

        Of two mails that bring the ticket, at whatever time, on whatever worker, one spends it.
        Where it cannot be done, the mail is recorded and the reply tells why; where the ticket is
        spent, it is recorded and nobody is told.  Without `heard` there is no mail to record: a
        notice was moved.  What was to be told later, that nothing proves who brought the ticket,
        is not told any more.
        """
        ...

    async def answer(self, heard: Heard | None, reply: Reply | None) -> bool:
        """Records a mail that asks for nothing that is done, and what is said to its owner.

        Whether the mail was new and the reply is not in the outbox already.
        """
        ...
