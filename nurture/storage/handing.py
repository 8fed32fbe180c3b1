"""Conversations handed to a person, from the mail that opens them to the owner's own answer."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from nurture.core.contact import Contact
from nurture.core.handoff import Handoff, HandoffMove, HandoffState, move_handoff
from nurture.core.task import Channel
from nurture.ports import Heard, LedgerEntry, NoticeKind
from nurture.storage.ledger import Event, write_lines
from nurture.storage.pacing import meet
from nurture.storage.rows import HANDOFF, Values, handoff_of, insert_one
from nurture.storage.tables import handoffs, is_unfinished, notices


def unfinished(connection: Connection, contact_id: int) -> Handoff | None:
    """The handoff of this contact that nobody closed yet, locked."""
    query = select(*HANDOFF).where(is_unfinished, handoffs.c.contact_id == contact_id)
    row = connection.execute(query.with_for_update()).one_or_none()
    return handoff_of(row) if row else None


def owner_spoke(connection: Connection, contact_id: int, at: datetime) -> None:
    """Counts the owner's own mail as a touch, and takes the handoff it answers (domain.md H5)."""
    meet(connection, contact_id, at, Channel.MAIL)
    lines = [LedgerEntry(at, Event.OWNER_SPOKE, "the owner wrote to them by hand", contact_id)]
    handoff = unfinished(connection, contact_id)
    if handoff is not None:
        state = move_handoff(handoff.state, HandoffMove.TAKEN)
        if state is not handoff.state:
            this = handoffs.c.id == handoff.id
            connection.execute(update(handoffs).where(this).values(state=state, taken_at=at))
            lines.append(LedgerEntry(at, Event.HANDOFF_TAKEN, "the owner answered", contact_id))
    write_lines(connection, lines)


def hand_off(connection: Connection, heard: Heard, contact: Contact, inbound_id: int) -> int:
    """Opens a handoff, or reopens the one that is not closed; puts a brief into the outbox."""
    before = unfinished(connection, contact.id)
    covers = heard.effect.colleague_move is not None
    if before is None:
        handoff_id, event = _open(connection, heard, contact.id, inbound_id), Event.HANDOFF_OPENED
    else:
        handoff_id, event = before.id, Event.HANDOFF_WRITTEN_AGAIN
        after = written_again(before, heard.effect.handoff, inbound_id, heard.at)
        values = {name: getattr(after, name) for name in after.__dataclass_fields__}
        values |= {"covers_company": True} if covers else {}
        connection.execute(update(handoffs).where(handoffs.c.id == before.id).values(values))
    write_lines(connection, [LedgerEntry(heard.at, event, heard.effect.handoff, contact.id)])
    brief: Values = {
        "account": heard.account,
        "kind": NoticeKind.BRIEF,
        "subject": f"{contact.name} answered: {heard.subject}",
        "text": heard.text,
        "created_at": heard.at,
        "due_at": heard.at,
        "handoff_id": handoff_id,
    }
    connection.execute(insert(notices), brief)
    return handoff_id


def written_again(handoff: Handoff, reason: str, inbound_id: int, at: datetime) -> Handoff:
    """The handoff about the newest mail; one that was taken waits anew, from now on."""
    state = move_handoff(handoff.state, HandoffMove.WRITTEN_AGAIN)
    waits_since = handoff.opened_at if handoff.state is HandoffState.OPEN else at
    return replace(
        handoff,
        state=state,
        reason=reason,
        inbound_id=inbound_id,
        opened_at=waits_since,
        taken_at=None,
    )


def _open(connection: Connection, heard: Heard, contact_id: int, inbound_id: int) -> int:
    row: Values = {
        "contact_id": contact_id,
        "account": heard.account,
        "state": HandoffState.OPEN,
        "reason": heard.effect.handoff,
        "opened_at": heard.at,
        "inbound_id": inbound_id,
        "covers_company": heard.effect.colleague_move is not None,
    }
    return insert_one(connection, handoffs, row)
