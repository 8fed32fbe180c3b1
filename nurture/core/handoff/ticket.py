"""A permission to say one thing to nurture by mail: bound to one matter, and good for once."""

from datetime import datetime, timedelta
from enum import StrEnum

from nurture.value import frozen

LASTS = timedelta(days=60)
"""How long a notice can be answered; an older one is answered with a new ticket."""


class Matter(StrEnum):
    """What a notice is about, and so what a line without a number means."""

    HANDOFF = "handoff"
    TASK = "task"
    DRAFT = "draft"
    ALL = "all"  # a digest, an alert: whatever it lists has a number


@frozen
class Ticket:
    """Goes out with one notice; `nonce` is drawn by chance and never twice.

    `number` is that of the handoff, task or draft, 0 where the notice is about all.  `used_by` is
    the id of the mail that spent it.
    """

    nonce: str
    account: str
    matter: Matter
    number: int
    notice_id: int
    issued_at: datetime
    used_at: datetime | None = None
    used_by: str = ""

    def is_over(self, now: datetime) -> bool:
        """Whether its time is past."""
        return now - self.issued_at > LASTS


def sayings(matter: Matter) -> tuple[str, ...]:
    """What can be said about it, as an owner would write it."""
    match matter:
        case Matter.HANDOFF:
            return (
                "mine", "done", "won 4200", "later October", "snooze monday", "resume", "stop",
                "not interested", "wrong person", "opted out", "note TEXT", "help",
            )  # fmt: skip
        case Matter.TASK:
            return (
                "done", "call done: voicemail", "snooze monday", "skip", "stop",
                "note TEXT", "help",
            )  # fmt: skip
        case Matter.DRAFT:
            return ("approve", "skip", "stop", "note TEXT", "help")
        case Matter.ALL:
            return (
                "approve 3", "skip 3", "call 5 done: voicemail", "mine #7", "done #7",
                "won #7 4200", "later #7 October", "snooze #7 monday", "help",
            )  # fmt: skip
