"""The halts that keep all mail from leaving, and the way back from them."""

from datetime import datetime
from typing import Protocol

from nurture.core.decision import Advance
from nurture.core.enrollment import FIRST
from nurture.core.halt import Halt, HaltKind
from nurture.core.touch import Touch
from nurture.value import frozen


class Switch(Protocol):
    """The one switch in front of all sending; every method is one transaction.

    While anything is halted no last look passes, on any worker, after any restart.
    """

    async def halts(self) -> tuple[Halt, ...]:
        """Why nothing is sent now; empty while sending goes on."""
        ...

    async def halt(self, kind: HaltKind, why: str, now: datetime) -> bool:
        """Stops all sending; a last look under way commits before, every later one is refused.

        False where it was halted in this way before: then its reason and its time stay.
        """
        ...

    async def lift(self, kind: HaltKind, why: str, now: datetime) -> bool:
        """A person lets sending go on; whether it was halted in this way."""
        ...

    async def lifted_at(self, kind: HaltKind) -> datetime | None:
        """When a halt of this kind was last lifted."""
        ...

    async def settle_in(self, now: datetime) -> str:
        """Takes up residence; why this database is not the one that lived here, else nothing.

        A database that came back from a copy, or was carried elsewhere, is halted as `restored`
        in the same transaction.  Called when the daemon starts and every hour, so that a copy
        taken before the last call is told apart from what lives here.
        """
        ...


@frozen
class Recalled:
    """A step that was sent, as a mail in Sent proves, though the database does not know it.

    `next` is where the walk goes from there, None where nobody knows; `ids` are all ids that the
    mail bears, the one it really went out under first.  Where it is `only_here`, the walk goes on
    only from this very step; `piece` is what of the library it was.
    """

    enrollment_id: int
    step: str
    ids: tuple[str, ...]
    subject: str
    recipient: str
    sent_at: datetime
    next: Advance | None
    why: str
    occurrence: str = FIRST
    only_here: bool = False
    piece: str = ""


class Recovery(Protocol):
    """What a database that came back from a copy must learn; every method is one transaction."""

    async def newest_touch(self, account: str) -> datetime | None:
        """When the account's latest known touch began, else its first enrollment; else None."""
        ...

    async def knows_mail(self, message_id: str, before: datetime) -> bool:
        """Whether a mail of this id was heard and recorded before then."""
        ...

    async def touches(self, enrollment_id: int) -> tuple[Touch, ...]:
        """Every touch of this walk, in the order in which they began."""
        ...

    async def confirm(self, touch_id: int, at: datetime, to: Advance | None, now: datetime) -> bool:
        """A touch found in Sent that is known as anything but sent was sent; its walk goes on.

        False, changing nothing, where it counts as sent already.
        """
        ...

    async def recall(self, recalled: Recalled, now: datetime) -> bool:
        """Records the step as a sent touch and brings its walk behind it; False where it is known.

        A walk that was stopped moves on without getting up.
        """
        ...

    async def doubt(self, contact_id: int, why: str, at: datetime, now: datetime) -> int:
        """Pauses the contact's active walks for a person, since they were written to at `at`.

        How many were paused; the contact counts as touched then in any case.
        """
        ...
