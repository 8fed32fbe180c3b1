"""What the flows need from the world, each promise stated where it is relied upon."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from nurture.core.contact import Contact
from nurture.core.decision import Advance, Decision, Pace
from nurture.core.effect import Effect
from nurture.core.enrollment import Enrollment
from nurture.core.expiry import Expiry
from nurture.core.halt import Halt, HaltKind
from nurture.core.handoff import Handoff, Outcome
from nurture.core.sequence import Sequence as StepSequence
from nurture.core.touch import Touch, TouchMove
from nurture.core.verdict import Verdict
from nurture.mail.cursor import Cursor, Fetched, Folder
from nurture.mail.delivery import Delivery, Envelope
from nurture.mail.heading import Heading
from nurture.mail.template import Template


class Clock(Protocol):
    """The only source of time and of chance."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        ...

    async def sleep_until(self, when: datetime) -> None:
        """Returns at or after `when`; sleepers wake in the order of their times."""
        ...

    def mint_id(self, domain: str) -> str:
        """A Message-ID without angle brackets, under 60 characters, never given out before."""
        ...


@dataclass(frozen=True, slots=True)
class Token:
    """An access token, to be used for a login within `lasts` seconds from now."""

    text: str = field(repr=False)
    lasts: float


class TokenSource(Protocol):
    """An account's login by OAuth 2, kept alive."""

    async def fresh(self) -> Token:
        """A token for a login now; however many ask at once, the provider is asked once.

        A refresh token that came with it is on the disk before this returns.  Raises Refused
        with what to do where only a person can mend it, Unreachable where time may.
        """
        ...

    def doubt(self, token: Token) -> None:
        """A server refused this token: the next `fresh` fetches another, though not too often."""
        ...

    async def expiries(self) -> tuple[Expiry, ...]:
        """What is known to end: the login, the client's secret; never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to read and to send for one account; a newer epoch voids an older one."""

    account: str
    worker: str
    epoch: int


@dataclass(frozen=True, slots=True)
class AccountState:
    """What is known of an account between two runs."""

    account: str
    read_started_at: datetime | None = None
    resting_until: datetime | None = None
    resting_why: str = ""
    worker: str = ""
    epoch: int = 0
    leased_until: datetime | None = None


class Accounts(Protocol):
    """Who may act for an account, how well it hears, and whether it may speak."""

    async def take(self, account: str, worker: str, now: datetime, until: datetime) -> Lease | None:
        """The lease, under a new epoch, if nobody else holds it; commits before returning."""
        ...

    async def renew(self, lease: Lease, now: datetime, until: datetime) -> bool:
        """Whether the lease was still ours and now lasts until `until`."""
        ...

    async def release(self, lease: Lease) -> None:
        """Gives the lease back; harmless when it was lost already."""
        ...

    async def was_read(self, lease: Lease, started_at: datetime) -> None:
        """Every watched folder was read to its end by a reading begun at `started_at`."""
        ...

    async def rest(self, account: str, until: datetime, why: str) -> None:
        """The account sends nothing until then; `until` in the past ends a rest."""
        ...

    async def state(self, account: str) -> AccountState:
        """What is known now; an account never seen has an empty state."""
        ...


class Merge(StrEnum):
    """What came of one imported contact."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SUPPRESSED = "suppressed"  # known as a no: stored or not, it is never written to


class People(Protocol):
    """Contacts and the addresses that must never be written to."""

    async def merge(
        self, contacts: Sequence[Contact], now: datetime, *, write: bool = True
    ) -> tuple[Merge, ...]:
        """Adds or updates each by its address, empty fields changing nothing; one transaction.

        With `write=False` says what would happen and changes nothing.  An import never lowers a
        suppression.
        """
        ...

    async def contact(self, address: str) -> Contact | None:
        """The contact of this address key or learnt alias."""
        ...

    async def contact_by_id(self, contact_id: int) -> Contact | None:
        """The contact of this id."""
        ...

    async def page(self, after: str = "", limit: int = 200) -> tuple[Contact, ...]:
        """Contacts in the order of their addresses, behind `after`."""
        ...

    async def learn_alias(self, contact_id: int, address: str) -> None:
        """From now on mail from this address is known as this contact's."""
        ...

    async def suppress(self, address: str, reason: str, now: datetime) -> None:
        """Never to be written to again; kept as a keyed hash; everything queued is cancelled."""
        ...

    async def suppressed(self, addresses: Sequence[str]) -> Mapping[str, str]:
        """Of these address keys those that are suppressed, with the reason."""
        ...


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
        not resting; its
        folders were read to the end by a reading that began at or after `heard_since` and after
        the step became due; the enrollment is active, at this step and not held; the contact was
        not touched since `last_touch_at`; the recipient is not suppressed; and no touch of this
        enrollment, step and occurrence exists but a deferred one with this Message-ID.  What is
        stopped leaves no trace but its reason.
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


@dataclass(frozen=True, slots=True)
class Match:
    """To whom, and to which touch of ours, an incoming mail belongs, and how we know.

    A guess rests on neither an id, a token nor an address: somebody else may have written.
    """

    contact: Contact
    touch: Touch | None
    how: str
    is_certain: bool
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """One incoming mail with its outcome; recorded exactly once (promise P4).

    `to_check` says why a person should look at the verdict; the raw bytes are kept for them.
    """

    account: str
    fetched: Fetched
    at: datetime
    message_id: str
    sender: str
    subject: str
    text: str
    digest: str
    verdict: Verdict | None
    match: Match | None
    effect: Effect
    outcome: str
    references: tuple[str, ...] = ()
    to_check: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """An enrollment whose state a mail changed, the sender's or a colleague's."""

    contact_id: int
    enrollment_id: int
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a recording changed; `is_new` is False where the mail was known already."""

    is_new: bool
    inbound_id: int = 0
    moved: tuple[Moved, ...] = ()
    cancelled: tuple[int, ...] = ()
    handoff_id: int | None = None


@dataclass(frozen=True, slots=True)
class LastSpoken:
    """When a contact was last written to and last wrote, as far as a mailbox tells."""

    contact_id: int
    touched_at: datetime | None = None
    heard_at: datetime | None = None


class Incoming(Protocol):
    """What was heard; every method is one transaction, committed before it returns."""

    async def cursor(self, account: str, folder: Folder) -> Cursor | None:
        """How far the folder was read; None before its first reading."""
        ...

    async def set_cursor(self, account: str, folder: Folder, cursor: Cursor) -> None:
        """Moves the cursor without a message: at the first reading, or over what is gone."""
        ...

    async def touch_of(self, ids: Sequence[str]) -> Touch | None:
        """The latest touch sent under any of these message ids."""
        ...

    async def last_touch_to(self, contact_id: int) -> Touch | None:
        """The latest touch that this contact was sent or may have been sent."""
        ...

    async def record(self, heard: Heard) -> Recorded:
        """The mail, its reasons, everything its effect changes, and the cursor: all or nothing.

        A mail whose digest or place in the mailbox is known changes nothing but the cursor.
        """
        ...

    async def learn_id(self, touch_id: int, message_id: str) -> None:
        """From now on this id, read back from Sent, names the touch; a known id stays as it is."""
        ...

    async def learn_thread(self, touch_id: int, thread: str) -> None:
        """The server files the touch under this name of a conversation."""
        ...

    async def touch_in_thread(self, account: str, thread: str) -> Touch | None:
        """The latest touch of the account that the server files in this conversation."""
        ...

    async def touch_about(
        self, account: str, domain: str, subject: str, since: datetime
    ) -> Touch | None:
        """The latest touch since then to the company of this mail domain, about this subject.

        The subject is compared without reply prefixes and without regard to case.
        """
        ...

    async def quarantine(self, account: str, fetched: Fetched, at: datetime, why: str) -> None:
        """Keeps a mail that broke us with its bytes for a person, and moves the cursor on."""
        ...

    async def correct(self, mail: str, heard: Heard) -> Recorded:
        """A person's verdict on a mail that waited for one; kept beside the old verdict.

        All or nothing: what this mail alone had stopped and the new effect does not goes on again
        (theirs and their colleagues'), a handoff that nothing else is in is closed as
        `wrong_verdict`, and the new effect is applied.  A suppression is never lifted.  The same
        verdict twice changes nothing.  Raises Misconfigured where there is no such mail.
        """
        ...

    async def note_contact(self, spoken: Sequence[LastSpoken]) -> int:
        """Sets when each was last written to and last heard of, never back; how many changed."""
        ...


class NoticeKind(StrEnum):
    """What the owner is told about."""

    BRIEF = "brief"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the owner must learn, kept in the outbox until a channel took it."""

    id: int
    account: str
    kind: NoticeKind
    subject: str
    text: str
    created_at: datetime
    attempts: int = 0
    handoff_id: int | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything a brief tells about a handoff."""

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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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

    async def take(self, handoff_id: int, now: datetime) -> bool:
        """Whether it was open and is ours now; of two takers one is told False."""
        ...

    async def close(self, handoff_id: int, outcome: Outcome, now: datetime) -> bool:
        """Whether it was open or taken; enrollments stay stopped."""
        ...

    async def resume(self, contact_id: int, on: datetime, why: str, now: datetime) -> int:
        """A human returns the contact: paused and handed-off walks go on from `on`; how many."""
        ...

    async def tell(self, account: str, subject: str, text: str, now: datetime, key: str) -> bool:
        """Puts an alert into the outbox; False where one with this key is there already."""
        ...

    async def notices_due(self, now: datetime, limit: int = 20) -> tuple[Notice, ...]:
        """Notices no channel took yet and whose next attempt is due."""
        ...

    async def notice_told(self, notice_id: int, now: datetime) -> None:
        """A channel took it."""
        ...

    async def notice_failed(self, notice_id: int, retry_at: datetime, why: str) -> None:
        """No channel took it; another attempt at `retry_at`."""
        ...

    async def ledger(self, contact_id: int) -> tuple[LedgerEntry, ...]:
        """Everything that happened to this contact, in order."""
        ...

    async def enrollments(self, contact_id: int) -> tuple[Enrollment, ...]:
        """Every walk of this contact, the newest last."""
        ...

    async def held(self, limit: int = 200) -> tuple[tuple[Enrollment, Contact], ...]:
        """Enrollments that wait for a person or are held, with their contacts."""
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


@dataclass(frozen=True, slots=True)
class Recalled:
    """A step that was sent, as a mail in Sent proves, though the database does not know it.

    `next` is where the walk goes from there; `ids` are all ids that the mail bears.
    """

    enrollment_id: int
    step: str
    ids: tuple[str, ...]
    subject: str
    recipient: str
    sent_at: datetime
    next: Advance
    why: str


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

    async def confirm(self, touch_id: int, at: datetime, to: Advance, now: datetime) -> bool:
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


class Courier(Protocol):
    """Hands messages to the account's submission server over kept connections."""

    async def deliver(self, envelope: Envelope) -> Delivery:
        """What became of it; never raises for anything the world does.

        Before the final dot leaves, a failure is Deferred or Rejected; after it, without an
        answer, Unknown.  A cancelled call closes the connection.
        """
        ...

    async def close(self) -> None:
        """Ends the kept connections in an orderly way; harmless twice."""
        ...


class Mailbox(Protocol):
    """The account's IMAP store, read without leaving a mark.

    Every call has a deadline of its own and raises Unreachable (Refused for credentials) when
    the server is late, gone or unwilling; the connection is then thrown away.
    """

    async def open(self) -> None:
        """Connects, secures, authenticates and finds the folders; harmless when open."""
        ...

    async def position(self, folder: Folder) -> Cursor | None:
        """The folder's present end; None where the account has no such folder."""
        ...

    def fetch(
        self, folder: Folder, after: Cursor | None, since: datetime
    ) -> AsyncIterator[Fetched]:
        """Every message behind `after`, in the order of UIDs, one at a time, to the folder's end.

        Where `after` is None or its UIDVALIDITY is gone: every message that arrived on the day of
        `since` or later.  Nothing is marked, moved or deleted.
        """
        ...

    async def wait(self, until_woken: float) -> bool:
        """Listens to the inbox for so many seconds; True as soon as the server speaks of mail."""
        ...

    def wake(self) -> None:
        """Ends a `wait` under way at once and politely; harmless otherwise."""
        ...

    async def holds(self, folder: Folder, message_id: str) -> bool:
        """Whether the folder holds a message of this id."""
        ...

    async def file_copy(self, wire: bytes, at: datetime) -> None:
        """Appends the bytes to Sent, marked as read."""
        ...

    def headings(self, folder: Folder) -> AsyncIterator[tuple[Heading, ...]]:
        """Who wrote to whom and when, of every message in the folder, a block at a time."""
        ...

    @property
    def is_sparing(self) -> bool:
        """Whether today's bytes are spent: of each mail only the beginning is fetched now."""
        ...

    async def close(self) -> None:
        """Logs out; harmless twice."""
        ...


class Catalog(Protocol):
    """The accepted sequences and the templates beside them."""

    async def sequence(self, name: str, revision: str) -> StepSequence | None:
        """This very revision, from the folder or as it was kept."""
        ...

    def template(self, path: str) -> Template | None:
        """The mail template of this path below the sequences folder, as last read and good."""
        ...


@dataclass(frozen=True, slots=True)
class Telling:
    """One message to the owner; the same `key` always makes the same message id.

    `reply_to` and `answering` (message ids, the oldest first) make the owner's Reply reach the
    contact in their own thread.
    """

    account: str
    key: str
    subject: str
    text: str
    reply_to: str = ""
    answering: tuple[str, ...] = ()


class Channel(Protocol):
    """A way to reach the owner."""

    async def tell(self, telling: Telling) -> None:
        """Returns once the message is taken; raises Unreachable with the reason otherwise."""
        ...


class Supervisor(Protocol):
    """Who started the daemon and restarts it when it hangs; none of these waits or raises."""

    def ready(self) -> None:
        """Everything is open, and every account's first reading was tried."""
        ...

    def alive(self) -> None:
        """Every loop has got on within its limit."""
        ...

    def takes_longer(self, stretch: timedelta) -> None:
        """The start goes on and is not stuck: it may take this much longer from now."""
        ...

    def reloading(self) -> None:
        """The sequences are being read anew; `ready` ends it."""
        ...

    def stopping(self) -> None:
        """What is under way is being finished."""
        ...

    def say(self, status: str) -> None:
        """One line about the present state, for whoever asks."""
        ...
