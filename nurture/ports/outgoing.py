"""Enrollments and touches, from what is due to what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from nurture.core.contact import Contact
from nurture.core.decision import Advance, Decision, Pace
from nurture.core.enrollment import Enrollment
from nurture.core.sequence import Intent as Aim
from nurture.core.touch import Touch, TouchMove
from nurture.mail.delivery import Delivery
from nurture.ports.accounts import Lease


@dataclass(frozen=True, slots=True)
class Due:
    """An enrollment whose time has come, with the stored facts a decision needs."""

    enrollment: Enrollment
    contact: Contact
    pace: Pace
    is_suppressed: bool
    postponed: Touch | None = None
    thread: tuple[Touch, ...] = ()


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to leave; `due_at` is when the step became due.

    `last_touch_at` is the contact's last touch that the decision knew of: a newer one stops this.
    `aim` is what the mail wants of its reader, which a permission may depend on.
    `wire` is kept until a copy is filed into Sent; empty where the provider files its own.
    """

    enrollment_id: int
    contact_id: int
    step: str
    occurrence: str
    recipient: str
    message_id: str
    subject: str
    due_at: datetime
    why: str
    last_touch_at: datetime | None = None
    wire: bytes = b""
    aim: Aim = Aim.ASK


@dataclass(frozen=True, slots=True)
class Begun:
    """The last look found nothing against it; the intent is on disk."""

    touch_id: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """The last look found a reason; nothing may leave."""

    why: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a delivery came to and where the enrollment goes from here.

    `next` moves the enrollment on (sent or uncertain); `retry_at` keeps it on its step; with
    neither the step waits for a person (`why` is shown).  `suppress` is the reason to suppress
    the recipient, empty for none.
    """

    touch_id: int
    move: TouchMove
    at: datetime
    delivery: Delivery
    next: Advance | None = None
    retry_at: datetime | None = None
    suppress: str = ""
    why: str = ""


class Outgoing(Protocol):
    """Enrollments and touches; every method is one transaction, committed before it returns."""

    async def keep_revision(self, name: str, revision: str, source: str, now: datetime) -> None:
        """Keeps the accepted text of a sequence for ever; keeping it twice is harmless."""
        ...

    async def revision_source(self, name: str, revision: str) -> str | None:
        """The text kept under this revision."""
        ...

    async def enroll(self, enrollments: Sequence[Enrollment]) -> tuple[int | None, ...]:
        """The new ids; None where this contact is or was in this sequence in the same run."""
        ...

    async def next_due(self, account: str) -> datetime | None:
        """When the earliest active enrollment of the account is due."""
        ...

    async def due(self, account: str, now: datetime, limit: int) -> tuple[Due, ...]:
        """Active enrollments due at `now`, the longest due first; reads only."""
        ...

    async def sent_since(self, account: str, since: datetime) -> tuple[datetime, ...]:
        """When the account's touches since then were sent or may have been, in order."""
        ...

    async def note(self, decisions: Sequence[tuple[int, Decision]], now: datetime) -> None:
        """Applies decisions that send nothing to the enrollments of these ids, with reasons.

        An enrollment that is not active any more is left as it is.
        """
        ...

    async def begin(
        self, lease: Lease, intents: Sequence[Intent], now: datetime, heard_since: datetime
    ) -> tuple[Begun | Stopped, ...]:
        """The last look (promises P1 to P5), and the intent of all that pass, in one transaction.

        An intent passes only while: nothing is halted; the lease's epoch stands; the account is
        not resting; its folders were read to the end by a reading that began at or after
        `heard_since` and after the step became due; the enrollment is active, at this step and
        not held; the contact was not touched since `last_touch_at`; the recipient is not
        suppressed; the contact may be written to on this day (core.permission); and no touch of
        this enrollment, step and occurrence exists but a deferred one with this Message-ID.  What
        is stopped leaves no trace but its reason.
        """
        ...

    async def settle(self, settlements: Sequence[Settlement]) -> None:
        """Writes outcomes, known ids and the enrollments' next places; one transaction.

        An enrollment that was stopped in the meantime keeps its state; the touch is settled all
        the same.  `server_ids` become ids by which an answer is recognised.
        """
        ...

    async def lose_sight(self, lease: Lease, now: datetime) -> tuple[Touch, ...]:
        """Touches that an earlier epoch left in `sending`: now `uncertain`, counted as sent.

        Their enrollments are held for a person, since where they stand is not known.
        """
        ...

    async def uncertain(self, account: str) -> tuple[Touch, ...]:
        """Touches whose fate nobody knows."""
        ...

    async def resolve(
        self, touch_id: int, move: TouchMove, next_step: Advance | None, now: datetime, why: str
    ) -> None:
        """Settles an uncertain touch by evidence or by a person's word; the walk goes on behind it.

        The step is never repeated, also when the mail never left.
        """
        ...

    async def copies_owed(self, account: str) -> tuple[tuple[Touch, bytes], ...]:
        """Sent touches whose kept bytes have not been filed into Sent yet."""
        ...

    async def copy_filed(self, touch_id: int) -> None:
        """The copy is in Sent; the kept bytes are let go."""
        ...
