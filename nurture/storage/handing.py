"""Conversations handed to a person, from the mail that opens them to the owner's own answer."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from nurture.core.contact import Contact
from nurture.core.handoff import (
    Handoff,
    HandoffState,
    answered,
    goes_on_with,
    thanked,
    written_again,
)
from nurture.core.handoff.brief import brief_subject
from nurture.core.task import Channel
from nurture.ports import Heard, LedgerEntry, NoticeKind
from nurture.storage.ledger import Event, write_lines
from nurture.storage.pacing import meet
from nurture.storage.rows import HANDOFF, Values, handoff_of, insert_one
from nurture.storage.tables import handoffs, is_unfinished, notices

_OWNER = "the owner"


def unfinished(connection: Connection, contact_id: int) -> Handoff | None:
    """The handoff of this contact that nobody closed yet, locked."""
    query = select(*HANDOFF).where(is_unfinished, handoffs.c.contact_id == contact_id)
    row = connection.execute(query.with_for_update()).one_or_none()
    return handoff_of(row) if row else None


def save(connection: Connection, handoff: Handoff) -> None:
    """Writes the handoff as it is now."""
    values = {name: getattr(handoff, name) for name in Handoff.__dataclass_fields__}
    connection.execute(update(handoffs).where(handoffs.c.id == handoff.id).values(values))


def open_new(connection: Connection, handoff: Handoff) -> Handoff:
    """The handoff under its number, now written down."""
    row = {name: getattr(handoff, name) for name in Handoff.__dataclass_fields__ if name != "id"}
    return replace(handoff, id=insert_one(connection, handoffs, row))


def owner_spoke(connection: Connection, contact_id: int, at: datetime) -> None:
    """Counts the owner's own mail as a touch, and as the answer that is waited for (H5)."""
    meet(connection, contact_id, at, Channel.MAIL)
    line = LedgerEntry(at, Event.OWNER_SPOKE, "the owner wrote to them by hand", contact_id)
    write_lines(connection, [line])
    owner_answered(connection, contact_id, at)


def owner_answered(connection: Connection, contact_id: int, at: datetime) -> None:
    """The handoff that waits for the owner's answer, if there is one, has it."""
    handoff = unfinished(connection, contact_id)
    if handoff is None:
        return
    save(connection, answered(handoff, _OWNER, at))
    if handoff.state is not HandoffState.WAITING:
        why = "the owner answered: it is their turn"
        write_lines(connection, [LedgerEntry(at, Event.HANDOFF_ANSWERED, why, contact_id)])


def hand_off(
    connection: Connection, heard: Heard, contact: Contact, inbound_id: int, *, stopped: bool
) -> int:
    """Hands the mail to a person, in a conversation under way or in a new one; briefs them.

    `stopped` says whether the mail stopped anything of theirs.
    """
    before = unfinished(connection, contact.id) or _latest_closed(connection, contact.id)
    after, event = handed(before, heard, inbound_id, stopped=stopped)
    if after.id:
        save(connection, after)
    else:
        after = open_new(connection, after)
    if heard.effect.colleague_move is not None:
        covers = update(handoffs).where(handoffs.c.id == after.id)
        connection.execute(covers.values(covers_company=True))
    write_lines(connection, [LedgerEntry(heard.at, event, heard.effect.handoff, contact.id)])
    brief = brief_row(after, brief_subject(contact, heard.subject), heard.text, heard.at)
    connection.execute(insert(notices), brief)
    return after.id


def handed(
    before: Handoff | None, heard: Heard, inbound_id: int, *, stopped: bool
) -> tuple[Handoff, Event]:
    """The handoff of this mail and what has happened to it; a new one has no number yet.

    Thanks alone leave whatever was put aside where it is, and do not open again what was closed,
    unless they stopped something.  An answer long after the close is a new conversation (H4).
    """
    effect, at = heard.effect, heard.at
    if before is None or (before.closed_at and not goes_on_with(before.closed_at, at)):
        return _new(before, heard, inbound_id), Event.HANDOFF_OPENED
    is_put_aside = before.state is not HandoffState.OPEN
    if effect.only_thanks and is_put_aside and not (before.is_finished and stopped):
        return thanked(before, inbound_id), Event.HANDOFF_THANKED
    is_still_asked = effect.only_thanks and not is_put_aside
    reason = before.reason if is_still_asked else effect.handoff
    urgency = before.urgency if is_still_asked else effect.urgency
    after = written_again(before, reason, urgency, inbound_id, at)
    return after, Event.HANDOFF_WRITTEN_AGAIN


def brief_row(
    handoff: Handoff, subject: str, text: str, at: datetime, key: str | None = None
) -> Values:
    """A brief in the outbox, due at once; a key keeps it from being told twice."""
    return {
        "account": handoff.account,
        "kind": NoticeKind.BRIEF,
        "subject": subject,
        "text": text,
        "created_at": at,
        "due_at": at,
        "handoff_id": handoff.id,
        "key": key,
    }


def _new(before: Handoff | None, heard: Heard, inbound_id: int) -> Handoff:
    return Handoff(
        id=0,
        contact_id=heard.match.contact.id if heard.match else 0,
        account=heard.account,
        state=HandoffState.OPEN,
        reason=heard.effect.handoff,
        opened_at=heard.at,
        inbound_id=inbound_id,
        urgency=heard.effect.urgency,
        asked_at=heard.at,
        follows=before.id if before else None,
    )


def _latest_closed(connection: Connection, contact_id: int) -> Handoff | None:
    theirs = handoffs.c.closed_at.is_not(None) & (handoffs.c.contact_id == contact_id)
    latest = select(*HANDOFF).where(theirs).order_by(handoffs.c.closed_at.desc())
    row = connection.execute(latest.limit(1).with_for_update()).one_or_none()
    return handoff_of(row) if row else None
