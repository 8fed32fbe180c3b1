"""Mails that wait for their owner's word, in the database."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, exists, or_, select, update

from nurture.core.decision import Advance
from nurture.core.draft import CopyState, DraftMove, DraftState, move_draft
from nurture.core.enrollment import Enrollment, State
from nurture.core.touch import TouchState
from nurture.letter import Sheet
from nurture.mail.cursor import Cursor
from nurture.mail.write.compose import Correspondent
from nurture.mail.write.rendered import Rendered
from nurture.ports import Copy, Draft, LedgerEntry
from nurture.storage.engine import Database
from nurture.storage.ledger import Event, about_walk, write_lines
from nurture.storage.rows import Values, insert_one, save_walks
from nurture.storage.rule import noted
from nurture.storage.tables import (
    drafts,
    enrollments,
    handoffs,
    has_copy_out,
    is_open_draft,
    touches,
)
from nurture.storage.walk import walks
from nurture.value import frozen

_PLAIN: Final = tuple(
    name for name in Draft.__dataclass_fields__ if name not in {"id", "sheet", "wire", "copy"}
)
_UNSETTLED: Final = (TouchState.SENDING, TouchState.DEFERRED)


@frozen
class StoredDrafts:
    """ports.Drafts in the database."""

    database: Database

    async def keep(self, draft: Draft, now: datetime) -> Draft:
        """The draft with its id; where one is open for this step, that one."""
        return await self.database.write(_keep, draft, now)

    async def open_for(self, enrollment_id: int, step: str, occurrence: str) -> Draft | None:
        """The draft of this step that waits or is accepted and was not overtaken."""
        return await self.database.read(_open_for, enrollment_id, step, occurrence)

    async def open(self, limit: int = 500) -> tuple[Draft, ...]:
        """Drafts that wait or are accepted and have not left, the oldest first."""
        return await self.database.read(_open, is_open_draft, limit)

    async def draft(self, draft_id: int) -> Draft | None:
        """The draft of this id, in the state it is in now."""
        return await self.database.read(_draft, draft_id)

    async def accept(self, draft_id: int, wire: bytes, now: datetime) -> bool:
        """These bytes may leave, and their step is due at once."""
        return await self.database.write(accept, draft_id, wire, now)

    async def reword(self, draft_id: int, sheet: Sheet, now: datetime) -> bool:
        """It says this from now on."""
        return await self.database.write(_reword, draft_id, sheet, now)

    async def skip(self, draft_id: int, onward: Advance, now: datetime) -> bool:
        """The walk goes on without it."""
        return await self.database.write(skip, draft_id, onward, now)

    async def accepted_in(self, sequence: str, limit: int) -> int:
        """How many drafts of this sequence were ever accepted, counted up to the limit."""
        return await self.database.read(_accepted_in, sequence, limit)

    async def tidy(self, now: datetime) -> int:
        """Closes what left or was overtaken, and lets its words go."""
        return await self.database.write(_tidy, now)


def _query(where: ColumnElement[bool]) -> Any:
    """Drafts with what overtakes them, the oldest first."""
    answered = exists().where(
        handoffs.c.contact_id == drafts.c.contact_id, handoffs.c.opened_at > drafts.c.made_at
    )
    left = exists().where(
        touches.c.enrollment_id == drafts.c.enrollment_id,
        touches.c.step == drafts.c.step,
        touches.c.occurrence == drafts.c.occurrence,
        touches.c.state.not_in(_UNSETTLED),
    )
    gone_on = or_(
        enrollments.c.state != State.ACTIVE,
        enrollments.c.position != drafts.c.step,
        enrollments.c.occurrence != drafts.c.occurrence,
        answered,
    )
    of = enrollments.c.id == drafts.c.enrollment_id
    query = select(drafts, left.label("has_left"), gone_on.label("is_overtaken"))
    return query.join(enrollments, of).where(where).order_by(drafts.c.made_at, drafts.c.id)


def _draft_of(row: Row[Any]) -> Draft:
    """The draft in the state it is in now, whether or not anybody has written that down."""
    held = row._asdict()
    kept = {name: held[name] for name in _PLAIN}
    found = Draft(
        id=held["id"],
        sheet=_sheet_of(held["sheet"]),
        wire=held["wire"] or b"",
        copy=_copy_of(held),
        **kept,
    )
    if found.state not in {DraftState.WAITING, DraftState.ACCEPTED}:
        return found
    if held["has_left"]:
        return replace(found, state=move_draft(found.state, DraftMove.LEFT))
    if held["is_overtaken"]:
        return replace(found, state=move_draft(found.state, DraftMove.OVERTAKEN))
    return found


def _copy_of(kept: Values) -> Copy | None:
    if kept["copy_state"] is None:
        return None
    uidvalidity, uid = kept["copy_uidvalidity"], kept["copy_uid"]
    place = None if uid is None else Cursor(uidvalidity, uid)
    said = (kept["copy_subject"], kept["copy_text"])
    return Copy(kept["copy_state"], kept["copy_since"], place, *said)


def _sheet_of(kept: Values) -> Sheet:
    reply_to = kept["reply_to"]
    return Sheet(
        sender=Correspondent(**kept["sender"]),
        recipient=Correspondent(**kept["recipient"]),
        words=_words_of(kept["words"]),
        foot=tuple(kept["foot"]),
        message_id=kept["message_id"],
        reply_to=Correspondent(**reply_to) if reply_to else None,
        in_reply_to=kept["in_reply_to"],
        references=tuple(kept["references"]),
        headers=tuple((name, value) for name, value in kept["headers"]),
        attachments=tuple(kept["attachments"]),
        is_flowed=kept["is_flowed"],
    )


def _words_of(kept: Values) -> Rendered:
    return Rendered(kept["subject"], kept["text"], kept["html"], tuple(kept["pictures"]))


def drafts_where(connection: Connection, where: ColumnElement[bool]) -> tuple[Draft, ...]:
    """Drafts of that kind, each in the state it is in now, the oldest first."""
    return tuple(_draft_of(row) for row in connection.execute(_query(where)))


def _of_step(enrollment_id: int, step: str, occurrence: str) -> ColumnElement[bool]:
    place = (drafts.c.step == step) & (drafts.c.occurrence == occurrence)
    return is_open_draft & (drafts.c.enrollment_id == enrollment_id) & place


def _keep(connection: Connection, draft: Draft, now: datetime) -> Draft:
    # Under the lock of the walk: of two who write the same draft one finds the other's.
    walks(connection, enrollments.c.id == draft.enrollment_id)
    for known in drafts_where(
        connection, _of_step(draft.enrollment_id, draft.step, draft.occurrence)
    ):
        if known.state in {DraftState.WAITING, DraftState.ACCEPTED}:
            return known
        _close(connection, known)
    row = {name: getattr(draft, name) for name in _PLAIN}
    words = {"message_id": draft.sheet.message_id, "sheet": asdict(draft.sheet)}
    kept = replace(draft, id=insert_one(connection, drafts, row | words))
    tell(connection, kept, Event.DRAFT_MADE, draft.why, now)
    return kept


def _open_for(
    connection: Connection, enrollment_id: int, step: str, occurrence: str
) -> Draft | None:
    found = _open(connection, _of_step(enrollment_id, step, occurrence), 1)
    return found[0] if found else None


def _open(connection: Connection, where: ColumnElement[bool], limit: int) -> tuple[Draft, ...]:
    wanted = {DraftState.WAITING, DraftState.ACCEPTED}
    return tuple(each for each in drafts_where(connection, where) if each.state in wanted)[:limit]


def _draft(connection: Connection, draft_id: int) -> Draft | None:
    found = drafts_where(connection, drafts.c.id == draft_id)
    return found[0] if found else None


def _waiting(connection: Connection, draft_id: int) -> tuple[Draft, Enrollment] | None:
    """The draft and its walk, both locked, where it waits."""
    of = select(drafts.c.enrollment_id).where(drafts.c.id == draft_id)
    found = walks(connection, enrollments.c.id == of.scalar_subquery())
    draft = _draft(connection, draft_id)
    if not found or draft is None or draft.state is not DraftState.WAITING:
        return None
    return draft, found[0]


def accept(connection: Connection, draft_id: int, wire: bytes, now: datetime) -> bool:
    """These bytes may leave, and their step is due at once; False where it does not wait."""
    found = _waiting(connection, draft_id)
    if found is None:
        return False
    draft, walk = found
    state = move_draft(draft.state, DraftMove.ACCEPTED)
    save(connection, draft_id, {"state": state, "wire": wire, "decided_at": now})
    make_due(connection, walk, now)
    tell(connection, draft, Event.DRAFT_ACCEPTED, "the owner accepted it", now)
    return True


def make_due(connection: Connection, walk: Enrollment, now: datetime) -> None:
    """The walk is looked at at once, unless something holds it for longer."""
    if walk.held_until is None or walk.held_until <= now:
        save_walks(connection, [replace(walk, due_at=now, held_until=None, held_why="")])


def _reword(connection: Connection, draft_id: int, sheet: Sheet, now: datetime) -> bool:
    found = _waiting(connection, draft_id)
    if found is None:
        return False
    values: Values = {"sheet": asdict(sheet)}
    if found[0].copy and found[0].copy.state in {CopyState.PLACING, CopyState.PLACED}:
        values |= {"copy_state": CopyState.OUTDATED, "copy_since": now}
    save(connection, draft_id, values)
    tell(connection, found[0], Event.DRAFT_REWORDED, "the owner changed its words", now)
    return True


def skip(connection: Connection, draft_id: int, onward: Advance, now: datetime) -> bool:
    """The walk goes on without it; False where it does not wait."""
    found = _waiting(connection, draft_id)
    if found is None:
        return False
    draft, walk = found
    state = move_draft(draft.state, DraftMove.SKIPPED)
    save(connection, draft_id, {"state": state, "decided_at": now})
    after = noted(walk, onward, now)
    save_walks(connection, [after])
    tell(connection, draft, Event.DRAFT_SKIPPED, onward.why, now)
    if after.state is not State.ACTIVE:
        write_lines(connection, [about_walk(after, Event.ENROLLMENT_ENDED, after.reason, now)])
    return True


def _accepted_in(connection: Connection, sequence: str, limit: int) -> int:
    said_yes = drafts.c.decided_at.is_not(None) & (drafts.c.state != DraftState.SKIPPED)
    query = select(drafts.c.id).where(drafts.c.sequence == sequence, said_yes).limit(limit)
    return len(connection.scalars(query).all())


def _tidy(connection: Connection, now: datetime) -> int:
    over = [
        each
        for each in drafts_where(connection, is_open_draft & ~has_copy_out)
        if each.state in {DraftState.SENT, DraftState.STALE}
    ]
    for draft in over:
        _close(connection, draft)
        if draft.state is DraftState.STALE:
            tell(connection, draft, Event.DRAFT_OVERTAKEN, "it is not wanted any more", now)
    return len(over)


def _close(connection: Connection, draft: Draft) -> None:
    """Writes down the state it is in; its words are let go, for it never becomes a mail now."""
    words = replace(draft.sheet, words=Rendered("", "", ""), foot=())
    nothing = {"wire": None, "copy_subject": "", "copy_text": ""}
    save(connection, draft.id, {"state": draft.state, "sheet": asdict(words), **nothing})


def save(connection: Connection, draft_id: int, values: Values) -> None:
    """Writes these columns of it."""
    connection.execute(update(drafts).where(drafts.c.id == draft_id).values(values))


def tell(connection: Connection, draft: Draft, event: Event, why: str, now: datetime) -> None:
    """A line of the ledger about it."""
    line = LedgerEntry(now, event, why, draft.contact_id, draft.sequence, draft.step)
    write_lines(connection, [line])
