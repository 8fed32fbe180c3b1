"""Enrollments and touches, from what is due to what became of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from nurture.core.account import Limits
from nurture.core.contact import Contact
from nurture.core.contact.hush import Hush
from nurture.core.decision import Advance, Decision
from nurture.core.enrollment import Enrollment
from nurture.core.override import Override
from nurture.core.sequence import Intent as Aim
from nurture.core.sequence.carry import Carried
from nurture.core.situation import Pace
from nurture.core.task import Task
from nurture.core.touch import Touch, TouchMove
from nurture.mail.delivery import Delivery
from nurture.ports.accounts import Lease
from nurture.ports.readers import Readers
from nurture.value import frozen


@frozen
class Due:
    """An enrollment whose time has come, with the stored facts a decision needs.

    `hush` is the longest that covers the person; `owes_parting` the name of another sequence of
    theirs, active, that owes its parting note; `overridden` are the steps of this walk about
    which the owner decided something.
    """

    enrollment: Enrollment
    contact: Contact
    pace: Pace
    is_suppressed: bool
    postponed: Touch | None = None
    thread: tuple[Touch, ...] = ()
    hush: Hush | None = None
    owes_parting: str = ""
    override: Override | None = None
    overridden: frozenset[str] = frozenset()


@frozen
class Underway:
    """Where a walk under way stands, as far as a forecast wants to know.

    Of `who` is known under which address and where they live, and nothing else.
    """

    enrollment_id: int
    sequence: str
    revision: str
    position: str
    due_at: datetime
    who: Contact


@frozen
class Intent:
    """What is about to leave; `due_at` is when the step became due.

    `last_touch_at` is the contact's last touch that the decision knew of, `company_touch_at` that
    of their colleagues: a newer one stops this.  `override` is what the decision knew that the
    owner decided about this step: anything else by now stops this, too.  `aim` is what the mail
    wants of its reader, which a permission may depend on.
    `wire` is kept until a copy is filed into Sent; empty where the provider files its own.
    `family` is the scope under which the recipient's family is capped and backed off; empty for
    none.
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
    company_touch_at: datetime | None = None
    wire: bytes = b""
    piece: str = ""
    family: str = ""
    override: Override | None = None
    aim: Aim = Aim.ASK


@frozen
class Order:
    """A task for the owner, and where the walk goes meanwhile.

    With `then` the walk goes on at once; without, it stands until the task is done, and is looked
    at again at `lapses_at`, or never where there is none.
    """

    task: Task
    then: Advance | None = None
    lapses_at: datetime | None = None


@frozen
class Begun:
    """The last look found nothing against it; the intent is on disk."""

    touch_id: int


@frozen
class Stopped:
    """The last look found a reason; nothing may leave."""

    why: str


@frozen
class Alert:
    """What the owner is to be told, once."""

    subject: str
    text: str


@frozen
class Settlement:
    """What a delivery came to and where the enrollment goes from here.

    `next` moves the enrollment on (sent or uncertain); `retry_at` keeps it on its step; with
    neither the step waits for a person (`why` is shown).  `suppress` is the reason to suppress
    the recipient, empty for none.  `alert` goes into the outbox in the same transaction.
    """

    touch_id: int
    move: TouchMove
    at: datetime
    delivery: Delivery
    next: Advance | None = None
    retry_at: datetime | None = None
    suppress: str = ""
    why: str = ""
    alert: Alert | None = None


@frozen
class Walking:
    """One walk under way, all its lanes, and the steps that had their touch or task."""

    contact: Contact
    lanes: tuple[Enrollment, ...]
    had: frozenset[str]


class Outgoing(Readers, Protocol):
    """Enrollments and touches; every method is one transaction, committed before it returns."""

    async def keep_revision(self, name: str, revision: str, source: str, now: datetime) -> None:
        """Keeps the accepted text of a sequence for ever; keeping it twice is harmless."""
        ...

    async def revision_source(self, name: str, revision: str) -> str | None:
        """The text kept under this revision."""
        ...

    async def enroll(self, enrollments: Sequence[Enrollment]) -> tuple[int | None, ...]:
        """The new ids; None where this contact is or was in this lane of the sequence in that run.

        The lanes of one walk are given together, and begin together or not at all.
        """
        ...

    async def walks(self, contact_ids: Collection[int]) -> Mapping[int, tuple[Enrollment, ...]]:
        """Every lane of every walk of these contacts, ended ones too, the oldest first."""
        ...

    async def paces(self, contact_ids: Collection[int], now: datetime) -> Mapping[int, Pace]:
        """What has passed between each of these contacts, their company and us."""
        ...

    async def walking(self, sequence: str) -> tuple[Walking, ...]:
        """Every walk through this sequence of which some lane has not ended, by contact."""
        ...

    async def carry(self, carried: Sequence[Carried], now: datetime, why: str) -> int:
        """Puts walks on another text of their sequence; how many were; one transaction.

        A walk whose lanes have moved since they were read is left as it is, whole.
        """
        ...

    async def next_due(self, account: str) -> datetime | None:
        """When the earliest active enrollment of the account is due."""
        ...

    async def due(self, account: str, now: datetime, limit: int) -> tuple[Due, ...]:
        """Active enrollments due at `now`, the longest due first; reads only."""
        ...

    async def ahead(self, contact_id: int, now: datetime) -> tuple[Due, ...]:
        """Every active lane of this contact, due or not, with the facts of now; reads only."""
        ...

    async def under_way(self, account: str, after: int, limit: int) -> tuple[Underway, ...]:
        """Active walks of the account in their order, with an id above `after`, by id.

        Lanes of occasions, which come round without end, are left out.
        """
        ...

    async def note(
        self, lease: Lease, decisions: Sequence[tuple[int, Decision]], now: datetime
    ) -> bool:
        """Applies decisions that send nothing to the enrollments of these ids, with reasons.

        An enrollment that is not active any more is left as it is.  What an Advance changes on
        the contact, and the walks that it starts, are written in the same transaction; where it
        goes nowhere and starts others, every lane of its walk ends.  An override of the step that
        it leaves has had its day, and an open task of that step has lapsed.

        False, and nothing written, once the lease's epoch is over: what its worker decided on may
        have changed (promise P2).
        """
        ...

    async def assign(self, orders: Sequence[Order], now: datetime) -> None:
        """Gives the owner tasks and moves their walks; one transaction.

        A task of the same enrollment, step and occurrence is never given twice, and none to a
        walk that is not active, or not at that step.  The owner learns of each by a notice.
        """
        ...

    async def begin(
        self,
        lease: Lease,
        intents: Sequence[Intent],
        now: datetime,
        heard_since: datetime,
        limits: Limits,
    ) -> tuple[Begun | Stopped, ...]:
        """The last look (promises P1 to P6), and the intent of all that pass, in one transaction.

        An intent passes only while: nothing is halted; the lease's epoch stands; the account is
        not resting; its folders were read to the end by a reading that began at or after
        `heard_since` and after the step became due; the enrollment is active, at this step and
        occurrence and not held; no hush covers the contact, and no parting note of another walk of
        theirs is owed; the owner decided nothing else about the step; neither the contact nor a
        colleague was touched since `last_touch_at` and `company_touch_at`, or is being written to;
        the piece, if it is one, is new to the contact and within a year to their company;
        the recipient is not suppressed; the contact may be written to on this day
        (core.permission); no touch of this enrollment, step and occurrence exists but a deferred
        one with this Message-ID; and there is room under every cap of `limits`, at the account's
        pace, to a family that is not backed off.  What is stopped leaves no trace but its reason;
        what passes is counted, and given back by a settlement that says it was not sent.
        """
        ...

    async def settle(self, settlements: Sequence[Settlement]) -> None:
        """Writes outcomes, known ids and the enrollments' next places; one transaction.

        An enrollment that was stopped in the meantime keeps its state; the touch is settled all
        the same.  `server_ids` become ids by which an answer is recognised.  What a delivery says
        of the recipient's family opens or closes its breaker; a mail taken ends the account's
        troubles.
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
