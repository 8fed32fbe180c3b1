"""Copies of waiting mails in the mailbox's Drafts folder, and what became of them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from nurture.core.draft import CopyState
from nurture.core.touch import Touch
from nurture.mail.cursor import Cursor
from nurture.ports.drafts import Copy, Draft
from nurture.ports.switch import Recalled
from nurture.value import frozen


@frozen
class Declined:
    """The server understood and does not do it; nothing was changed.  `why` is for the owner."""

    why: str


class TakenBack(StrEnum):
    """What came of taking a copy out of the folder."""

    DONE = "done"  # it lay there as it was put, and does no more
    ABSENT = "absent"  # none of this id is there
    CHANGED = "changed"  # another text of this id is there, and stays


class DraftFolder(Protocol):
    """The folder in which the mailbox keeps what is not sent yet (RFC 6154, `\\Drafts`).

    Every call raises Unreachable where the server is late or gone.
    """

    async def file_draft(self, wire: bytes, message_id: str, at: datetime) -> Cursor | Declined:
        """Where these very bytes lie now, marked as a draft that was read.

        Where a mail of this id lies there already, that one, and nothing is added.
        """
        ...

    async def take_back(self, message_id: str, place: Cursor | None) -> TakenBack | Declined:
        """Deletes the mail of this id for good, if it is the one that was put at this place.

        An IMAP message never changes under its UID: another UID is another text, and that is a
        person's.  Where no place is known, whatever bears the id counts as ours.
        """
        ...


class Copies(Protocol):
    """Drafts and their copies in the mailbox; every method is one transaction.

    A copy is out from the moment before it is put there until it is certain that nobody sends it
    unseen.  While it is out, its draft is not sent by us, whoever accepted it.
    """

    async def lacking(self, account: str, now: datetime, limit: int) -> tuple[Draft, ...]:
        """Drafts that wait and never had a copy, the oldest first.

        None for an hour after the server refused one.
        """
        ...

    async def out(self, account: str) -> tuple[Draft, ...]:
        """Drafts whose copy is out, in the state they are in now, the oldest first."""
        ...

    async def move(
        self, draft_id: int, before: CopyState | None, after: Copy | None, now: datetime
    ) -> bool:
        """Writes down where the copy stands now; False where it stands elsewhere than before.

        A copy is placed only of a draft that waits, else False.  An accepted draft whose copy is
        out no more is due at once.
        """
        ...

    async def doubt(self, draft_id: int, after: Copy, now: datetime) -> bool:
        """An accepted draft waits for its owner again, its copy like this; False for others."""
        ...

    async def sent_perhaps(
        self, account: str, message_ids: Sequence[str], recipients: Sequence[str]
    ) -> tuple[Draft, ...]:
        """Drafts that ever had a copy and bear one of these ids or go to one of these addresses."""
        ...

    async def sent_by_hand(self, sent: Recalled, now: datetime) -> Touch:
        """The owner sent a draft: the step's touch, once, whatever was decided before.

        Counts as the answer that somebody waits for, where they do.
        """
        ...
