"""What people have to do and to know."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment
from nurture.core.handoff import Handoff
from nurture.core.handoff.brief import Said
from nurture.core.handoff.deed import Deed
from nurture.core.task import Task
from nurture.core.touch import Touch
from nurture.ports.incoming import Heard
from nurture.value import frozen


class NoticeKind(StrEnum):
    """What the owner is told about."""

    BRIEF = "brief"
    ALERT = "alert"
    DIGEST = "digest"
    ANSWER = "answer"


@frozen
class Errand:
    """How far a notice has come on one channel: taken at `told_at`, or tried again at `due_at`."""

    channel: str
    attempts: int = 0
    due_at: datetime | None = None
    told_at: datetime | None = None
    why: str = ""


@frozen
class Notice:
    """Something the owner must learn, kept in the outbox until every channel wanted took it.

    `errands` are those of the channels that were tried; `attempts` counts rounds.  One that is
    told `in_place` of the owner goes to their substitute.
    `key` tells what it is about, `answering` the message ids of the conversation it belongs to.
    """

    id: int
    account: str
    kind: NoticeKind
    subject: str
    text: str
    created_at: datetime
    attempts: int = 0
    handoff_id: int | None = None
    errands: tuple[Errand, ...] = ()
    in_place: bool = False
    key: str | None = None
    answering: str = ""


@frozen
class Conversation:
    """Everything a brief tells about a handoff; `said` are the mails of both sides, in order."""

    handoff: Handoff
    contact: Contact
    inbound_subject: str
    inbound_sender: str
    inbound_message_id: str
    inbound_references: tuple[str, ...]
    inbound_text: str
    inbound_at: datetime
    verdict: str
    evidence: tuple[str, ...]
    enrollments: tuple[Enrollment, ...]
    touches: tuple[Touch, ...]
    confidence: float | None = None
    answers: Touch | None = None
    said: tuple[Said, ...] = ()
    tasks: tuple[Task, ...] = ()
    before: tuple[Handoff, ...] = ()


@frozen
class Acted:
    """What came of a deed: the handoff as it is now, None where there is no such one.

    Where there is an `objection`, nothing was changed.  `resumed` counts walks that go on,
    `enrolled` says whether another sequence has begun.
    """

    handoff: Handoff | None
    objection: str = ""
    resumed: int = 0
    enrolled: bool = False


@frozen
class Doubtful:
    """A mail that a person may judge; `corrected` is their verdict, empty while it waits for one.

    The `id` of a mail that broke us begins with a `q`; nothing was understood of it.  `heard`
    holds the bytes where they were kept, but neither its verdict nor its effect.
    """

    id: str
    heard: Heard
    verdict: str = ""
    confidence: float | None = None
    evidence: tuple[str, ...] = ()
    corrected: str = ""

    @property
    def contact(self) -> Contact | None:
        """Whose mail it is, as far as that is known."""
        return self.heard.match.contact if self.heard.match else None


@frozen
class LedgerEntry:
    """One line of the ledger: what happened to whom, and why (promise P10)."""

    at: datetime
    event: str
    why: str
    contact_id: int | None = None
    sequence: str = ""
    step: str = ""


class Desk(Protocol):
    """What people have to do and to know; every method is one transaction."""

    async def handoffs(self, *, open_only: bool = True) -> tuple[Handoff, ...]:
        """Handoffs, the oldest first."""
        ...

    async def conversation(self, handoff_id: int) -> Conversation | None:
        """All that is known about a handoff."""
        ...

    async def handoff(self, handoff_id: int) -> Handoff | None:
        """The handoff of this id."""
        ...

    async def act(self, handoff_id: int, deed: Deed, now: datetime) -> Acted:
        """Does this to the handoff with all that follows for the person's walks, or nothing.

        Of two who take it one is refused.  A close that was won ends their walks; whoever opted
        out is suppressed under every address; nothing is ever enrolled or resumed unasked.
        """
        ...

    async def run_out(self, now: datetime) -> tuple[Handoff, ...]:
        """Those whose lease, patience or snooze is over, open again; and reminders that are due.

        A reminder opens a handoff that follows the closed one, unless the person has an unfinished
        one.  Each is put into the outbox, once.
        """
        ...

    async def remind(
        self, handoff: Handoff, subject: str, key: str, now: datetime, *, in_place: bool
    ) -> bool:
        """Puts a brief into the outbox; False where one with this key is there already.

        Nothing is told of a handoff that is not as it was given: somebody has acted meanwhile.
        """
        ...

    async def answer_times(self, since: datetime) -> tuple[Handoff, ...]:
        """Handoffs that a mail opened and that were first answered since then."""
        ...

    async def silent(
        self, before: datetime, accounts: Collection[str]
    ) -> tuple[int, tuple[tuple[Contact, datetime | None], ...]]:
        """How many of these accounts' contacts were neither reached nor heard since then.

        With the most valuable of them and the last time, None for never; whoever is suppressed
        is not among them.  A contact without an account is everybody's.
        """
        ...

    async def resume(self, contact_id: int, on: datetime, why: str, now: datetime) -> int:
        """A human returns the contact: paused and handed-off walks go on from `on`; how many.

        All lanes of a walk count as one.
        """
        ...

    async def tell(
        self,
        account: str,
        subject: str,
        text: str,
        now: datetime,
        key: str,
        *,
        kind: NoticeKind = NoticeKind.ALERT,
    ) -> bool:
        """Puts a notice into the outbox; False where one with this key is there already."""
        ...

    async def notices_due(self, now: datetime, limit: int = 20) -> tuple[Notice, ...]:
        """Notices that some channel still owes and whose next attempt is due, the oldest first."""
        ...

    async def notice_tried(self, notice_id: int, errand: Errand) -> None:
        """What came of the newest attempt on one channel; what was taken once stays so."""
        ...

    async def notice_told(self, notice_id: int, now: datetime) -> None:
        """It leaves the outbox: every channel wanted took it, or there is no more hope."""
        ...

    async def notice_failed(self, notice_id: int, retry_at: datetime, why: str) -> None:
        """Some channel did not take it; another attempt at `retry_at`."""
        ...

    async def ledger(self, contact_id: int) -> tuple[LedgerEntry, ...]:
        """Everything that happened to this contact, in order."""
        ...

    async def enrollments(self, contact_id: int) -> tuple[Enrollment, ...]:
        """Every walk of this contact, the newest last."""
        ...

    async def held(self, limit: int = 200) -> tuple[tuple[Enrollment, Contact], ...]:
        """Enrollments that wait for a person or are held, with their contacts.

        Of the lanes of one walk that stand alike only the first is given.
        """
        ...

    async def upcoming(self, limit: int = 200) -> tuple[tuple[Enrollment, Contact], ...]:
        """Active enrollments in the order in which they are due."""
        ...

    async def quarantined(self) -> int:
        """How many mails broke us and wait for a person."""
        ...

    async def to_check(self, limit: int = 200) -> tuple[Doubtful, ...]:
        """Mails that wait for a person's verdict, the oldest first."""
        ...

    async def doubtful(self, mail: str) -> Doubtful | None:
        """The mail of this id with its bytes where they were kept, waiting or not."""
        ...
