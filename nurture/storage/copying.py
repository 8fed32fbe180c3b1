"""Copies of waiting mails in the mailbox's Drafts folder, in the database."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from nurture.core.draft import COPY_RESTS, CopyState, DraftMove, DraftState, move_draft
from nurture.core.enrollment import Enrollment
from nurture.core.touch import Touch
from nurture.ports import Copy, Draft, Recalled
from nurture.storage.drafting import drafts_where, make_due, save, tell
from nurture.storage.engine import Database
from nurture.storage.handing import owner_answered
from nurture.storage.ledger import Event
from nurture.storage.recovery import recall
from nurture.storage.rows import Values
from nurture.storage.tables import contacts, drafts, enrollments, has_copy_out, is_open_draft
from nurture.storage.tables.base import is_word
from nurture.storage.walk import walks
from nurture.value import frozen


@frozen
class StoredCopies:
    """ports.Copies in the database."""

    database: Database

    async def lacking(self, account: str, now: datetime, limit: int) -> tuple[Draft, ...]:
        """Drafts that wait and never had a copy; none for an hour after the server refused one."""
        return await self.database.read(_lacking, account, now, limit)

    async def out(self, account: str) -> tuple[Draft, ...]:
        """Drafts whose copy is out, in the state they are in now, the oldest first."""
        theirs = has_copy_out & (drafts.c.account == account)
        return await self.database.read(drafts_where, theirs)

    async def move(
        self, draft_id: int, before: CopyState | None, after: Copy | None, now: datetime
    ) -> bool:
        """Writes down where the copy stands now; False where it stands elsewhere than before."""
        return await self.database.write(_move, draft_id, before, after, now)

    async def doubt(self, draft_id: int, after: Copy, now: datetime) -> bool:
        """An accepted draft waits for its owner again, its copy like this."""
        return await self.database.write(_doubt, draft_id, after, now)

    async def sent_perhaps(
        self, account: str, message_ids: Sequence[str], recipients: Sequence[str]
    ) -> tuple[Draft, ...]:
        """Drafts that ever had a copy and bear one of these ids or go to one of these addresses."""
        work = _sent_perhaps
        return await self.database.read(work, account, message_ids, recipients)

    async def sent_by_hand(self, sent: Recalled, now: datetime) -> Touch:
        """The owner sent it: the step's touch, and its walk goes on."""
        return await self.database.write(_sent_by_hand, sent, now)


def _lacking(connection: Connection, account: str, now: datetime, limit: int) -> tuple[Draft, ...]:
    refused = is_word(drafts.c.copy_state, CopyState.REFUSED) & (drafts.c.account == account)
    lately = select(drafts.c.id).where(refused, drafts.c.copy_since > now - COPY_RESTS)
    if connection.scalar(lately.limit(1)) is not None:
        return ()
    none_yet = (drafts.c.account == account) & drafts.c.copy_state.is_(None)
    found = drafts_where(connection, is_open_draft & (none_yet | refused))
    return tuple(each for each in found if each.state is DraftState.WAITING)[:limit]


def _sent_perhaps(
    connection: Connection, account: str, ids: Sequence[str], recipients: Sequence[str]
) -> tuple[Draft, ...]:
    of_them = select(contacts.c.id).where(contacts.c.address.in_(recipients))
    theirs = drafts.c.message_id.in_(ids) | drafts.c.contact_id.in_(of_them)
    copied = drafts.c.copy_state.is_not(None) & (drafts.c.account == account)
    return drafts_where(connection, copied & theirs)


def _locked(connection: Connection, draft_id: int) -> tuple[Draft, Enrollment] | None:
    """The draft and its walk; whoever decides about either waits for us, or we for them."""
    of = select(drafts.c.enrollment_id).where(drafts.c.id == draft_id)
    found = walks(connection, enrollments.c.id == of.scalar_subquery())
    return (drafts_where(connection, drafts.c.id == draft_id)[0], found[0]) if found else None


def _move(
    connection: Connection,
    draft_id: int,
    before: CopyState | None,
    after: Copy | None,
    now: datetime,
) -> bool:
    known = _locked(connection, draft_id)
    if known is None:
        return False
    draft, walk = known
    stands = draft.copy.state if draft.copy else None
    is_placed = after is not None and after.state is CopyState.PLACING
    if stands is not before or (is_placed and draft.state is not DraftState.WAITING):
        return False
    save(connection, draft_id, _columns(after))
    if after and after.state is CopyState.PLACED:
        tell(connection, draft, Event.DRAFT_PLACED, "it lies in your Drafts folder, too", now)
    if draft.state is DraftState.ACCEPTED and (after is None or not after.is_out):
        make_due(connection, walk, now)
    return True


def _columns(copy: Copy | None) -> Values:
    place = copy.place if copy else None
    return {
        "copy_state": copy.state if copy else None,
        "copy_since": copy.since if copy else None,
        "copy_uidvalidity": place.uidvalidity if place else None,
        "copy_uid": place.uid if place else None,
        "copy_subject": copy.subject if copy else "",
        "copy_text": copy.text if copy else "",
    }


def _doubt(connection: Connection, draft_id: int, after: Copy, now: datetime) -> bool:
    known = _locked(connection, draft_id)
    if known is None or known[0].state is not DraftState.ACCEPTED:
        return False
    draft, _ = known
    state = move_draft(draft.state, DraftMove.DOUBTED)
    asked_again: Values = {"state": state, "wire": None, "decided_at": None}
    save(connection, draft_id, asked_again | _columns(after))
    why = "the owner may have sent it by hand, and is asked again"
    tell(connection, draft, Event.DRAFT_DOUBTED, why, now)
    return True


def _sent_by_hand(connection: Connection, sent: Recalled, now: datetime) -> Touch:
    touch, is_new = recall(connection, sent, now, Event.TOUCH_SENT)
    if is_new:
        owner_answered(connection, touch.contact_id, now)
    return touch
