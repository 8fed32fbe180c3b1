"""Time, servers, texts, the supervisor, and the ways to reach the owner."""

from collections.abc import AsyncIterator
from dataclasses import field
from datetime import datetime, timedelta
from typing import Protocol

from nurture.core.account import Owner
from nurture.core.account.expiry import Expiry
from nurture.core.calendar.season import Calendar
from nurture.core.library import Library
from nurture.core.sequence import Sequence as StepSequence
from nurture.mail.cursor import Cursor, Fetched, Folder
from nurture.mail.delivery import Delivery, Envelope
from nurture.mail.read.heading import Heading
from nurture.mail.write.attachment import Attachment
from nurture.mail.write.template import Template
from nurture.ports.copies import DraftFolder
from nurture.ports.desk import NoticeKind
from nurture.value import frozen


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


@frozen
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


class Load(Protocol):
    """Mails for a courier; none of these waits, and the very envelope that was drawn is named."""

    def draw(self) -> Envelope | None:
        """The next mail to leave; None when, for now, nothing more may."""
        ...

    def tell(self, envelope: Envelope, delivery: Delivery) -> None:
        """What became of one that was drawn."""
        ...

    def give_back(self, envelope: Envelope) -> None:
        """It was drawn and was not tried, which is certain; the next drawing may bring it again."""
        ...


class Courier(Protocol):
    """Hands messages to the account's submission server over kept connections."""

    async def deliver(self, envelope: Envelope) -> Delivery:
        """What became of it; never raises for anything the world does.

        Before the final dot leaves, a failure is Deferred or Rejected; after it, without an
        answer, Unknown.  A cancelled call closes the connection.
        """
        ...

    async def carry(self, load: Load) -> None:
        """Each mail of it, until it draws None; told, as by `deliver`, as soon as it is known.

        A mail may be drawn while the answer to the one before it is still to come, and loads may
        be carried beside each other.  A cancelled call gives up what it has at hand.  After a fault
        of ours nothing more is drawn, what is under way is finished, and then the fault is raised:
        what was drawn and was neither told nor given back may have left.
        """
        ...

    async def close(self) -> None:
        """Ends the kept connections in an orderly way; harmless twice."""
        ...


class Mailbox(DraftFolder, Protocol):
    """The account's IMAP store; whatever is read is left without a mark.

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

    async def fields_in(
        self, path: str, name: str, after: Cursor | None
    ) -> tuple[Cursor | None, tuple[str, ...]]:
        """This field of every mail that came into a folder since then, and how far it was looked.

        None and nothing where there is no such folder.
        """
        ...

    async def wait(self, until_woken: float) -> bool:
        """Listens to the inbox for so many seconds; True as soon as the server speaks of mail."""
        ...

    def wake(self) -> None:
        """Ends a `wait` under way at once and politely; harmless otherwise."""
        ...

    async def holds(self, folder: Folder, message_id: str, *, or_replaced: bool = False) -> bool:
        """Whether the folder holds a message of this id.

        With `or_replaced`, also one that was handed in under it and given another by its provider
        (domain.md P26, M6): an older server may have to read every header for that.
        """
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
    """The accepted sequences, the templates beside them, and the calendar they share."""

    @property
    def calendar(self) -> Calendar:
        """Seasons, quiet times and the owner's absences, as last read and good."""
        ...

    def today(self, name: str) -> StepSequence | None:
        """The sequence of this name as people begin it now."""
        ...

    def all_today(self) -> tuple[StepSequence, ...]:
        """Every sequence as people begin it now, by name."""
        ...

    async def sequence(self, name: str, revision: str) -> StepSequence | None:
        """This very revision, from the folder or as it was kept."""
        ...

    def attachment(self, path: str) -> Attachment | None:
        """The file of this path below the sequences folder, as last read and good."""
        ...

    def template(self, path: str) -> Template | None:
        """The mail template of this path below the sequences folder, as last read and good."""
        ...

    async def library(self) -> Library:
        """The pieces from which content steps choose, indexed once for each version of them.

        The loop is free meanwhile.
        """
        ...


@frozen
class Telling:
    """One message to the owner; the same `key` always makes the same message id.

    `reply_to` and `answering` (message ids, the oldest first) make the owner's Reply reach the
    contact in their own thread.  Otherwise a Reply brings the `token` back to us, and the notice
    itself, where it is moved, its `seal`; `sayings` are
    what can be said, and who shows them keeps them to the owner's own mail.  `to` is who is told
    instead of the account's owner.
    """

    account: str
    key: str
    subject: str
    text: str
    reply_to: str = ""
    answering: tuple[str, ...] = ()
    kind: NoticeKind = NoticeKind.ALERT
    to: Owner | None = None
    token: str = ""
    seal: str = ""
    sayings: tuple[str, ...] = ()


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
