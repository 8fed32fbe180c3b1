"""What was heard, recorded exactly once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from nurture.core.contact import Contact
from nurture.core.effect import Effect
from nurture.core.promise import Promise
from nurture.core.touch import Touch
from nurture.core.verdict import Verdict
from nurture.mail.cursor import Cursor, Fetched, Folder
from nurture.ports.people import LastSpoken
from nurture.value import frozen


@frozen
class Match:
    """To whom, and to which touch of ours, an incoming mail belongs, and how we know.

    A guess rests on neither an id, a token nor an address: somebody else may have written.
    """

    contact: Contact
    touch: Touch | None
    how: str
    is_certain: bool
    is_guess: bool = False


@frozen
class Heard:
    """One incoming mail with its outcome; recorded exactly once (promise P4).

    `to_check` says why a person should look at the verdict; the raw bytes are kept for them.
    `spent` is how many recipients the owner's own mail had: they count against the account's day.
    `promises` are promises that stand in the owner's own mail.
    `trouble` is the scope of a family that a delivery report says to leave in peace, and why.
    `copy_of` is the touch of ours of which the mail is a copy, as it lies in Sent.
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
    spent: int = 0
    trouble: tuple[str, str] | None = None
    promises: tuple[Promise, ...] = ()
    copy_of: int | None = None


@frozen
class Moved:
    """An enrollment whose state a mail changed, the sender's or a colleague's."""

    contact_id: int
    enrollment_id: int
    state: str
    why: str


@frozen
class Recorded:
    """What a recording changed; `is_new` is False where the mail was known already."""

    is_new: bool
    inbound_id: int = 0
    moved: tuple[Moved, ...] = ()
    cancelled: tuple[int, ...] = ()
    handoff_id: int | None = None


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
