"""Mails that wait for their owner's word."""

from datetime import datetime
from typing import Protocol

from nurture.core.decision import Advance
from nurture.core.draft import COPY_IS_IN, COPY_SETTLES, CopyState, DraftState
from nurture.letter import Sheet
from nurture.mail.cursor import Cursor
from nurture.value import frozen


@frozen
class Copy:
    """What lies in the mailbox's Drafts folder for a draft, and since when it stands so.

    `place` is where we put it, None until that is written down; `subject` and `text` are what it
    says, whatever the draft says by now.
    """

    state: CopyState
    since: datetime
    place: Cursor | None = None
    subject: str = ""
    text: str = ""

    @property
    def is_out(self) -> bool:
        """Whether the owner may still send it without our knowing."""
        return self.state not in COPY_IS_IN

    @property
    def settles_at(self) -> datetime | None:
        """From when on a reading of Sent tells whether it was sent; None while it lies there."""
        wait = COPY_SETTLES.get(self.state)
        return self.since + wait if wait is not None else None


@frozen
class Draft:
    """One mail of one step as it was written, and what its owner said to it.

    `wire` holds the very bytes that will leave once it is accepted; until then it is empty.
    """

    id: int
    enrollment_id: int
    contact_id: int
    account: str
    sequence: str
    step: str
    occurrence: str
    sheet: Sheet
    made_at: datetime
    why: str = ""
    piece: str = ""
    state: DraftState = DraftState.WAITING
    decided_at: datetime | None = None
    wire: bytes = b""
    copy: Copy | None = None

    @property
    def is_free(self) -> bool:
        """Whether no copy in the mailbox keeps us from sending it."""
        return self.copy is None or not self.copy.is_out


class Drafts(Protocol):
    """Drafts; every method is one transaction.

    A draft is overtaken, and counts as stale from then on, when its enrollment is not active or not
    at its step any more, or when somebody answered since it was made.
    """

    async def keep(self, draft: Draft, now: datetime) -> Draft:
        """The draft with its id; where one is open for this step, that one, and nothing changes."""
        ...

    async def open_for(self, enrollment_id: int, step: str, occurrence: str) -> Draft | None:
        """The draft of this step that waits or is accepted; None where none is, or it is stale."""
        ...

    async def open(self, limit: int = 500) -> tuple[Draft, ...]:
        """Drafts that wait or are accepted and have not left, the oldest first."""
        ...

    async def draft(self, draft_id: int) -> Draft | None:
        """The draft of this id, in the state it is in now."""
        ...

    async def accept(self, draft_id: int, wire: bytes, now: datetime) -> bool:
        """These bytes may leave, and their step is due at once; False where it does not wait."""
        ...

    async def reword(self, draft_id: int, sheet: Sheet, now: datetime) -> bool:
        """It says this from now on, and its copy is outdated; False where it does not wait."""
        ...

    async def skip(self, draft_id: int, onward: Advance, now: datetime) -> bool:
        """The walk goes on without it; False where it does not wait."""
        ...

    async def accepted_in(self, sequence: str, limit: int) -> int:
        """How many drafts of this sequence were ever accepted, counted up to the limit."""
        ...

    async def tidy(self, now: datetime) -> int:
        """Closes what left or was overtaken, and lets its words go; how many those were.

        Not before its copy in the mailbox is over.
        """
        ...
