"""Everything a person has to know before they answer somebody, read at once."""

from typing import Any

from sqlalchemy import Connection, Row, select

from nurture.core.enrollment import Enrollment
from nurture.core.handoff import Handoff
from nurture.core.handoff.brief import THEY, YOU, Said, said_by_us
from nurture.core.task import Task
from nurture.core.touch import Touch
from nurture.mail.cursor import Folder
from nurture.ports import Conversation
from nurture.storage import working
from nurture.storage.course import WALK, walk_of
from nurture.storage.lane import first_of_lanes
from nurture.storage.rows import (
    HANDOFF,
    TASK,
    TOUCH,
    contacts_by_id,
    handoff_of,
    task_of,
    touch_of,
)  # fmt: skip
from nurture.storage.rule import MAY_HAVE_LEFT
from nurture.storage.tables import enrollments, handoffs, inbound, is_open, tasks, touches


def conversation(connection: Connection, handoff_id: int) -> Conversation | None:
    """All that is known about a handoff."""
    handoff = working.find(connection, handoff_id)
    if handoff is None:
        return None
    mail = connection.execute(select(inbound).where(inbound.c.id == handoff.inbound_id)).one()
    sent = _touches(connection, handoff.contact_id)
    return Conversation(
        handoff=handoff,
        contact=contacts_by_id(connection, [handoff.contact_id])[handoff.contact_id],
        inbound_subject=mail.subject,
        inbound_sender=mail.sender,
        inbound_message_id=mail.message_id,
        inbound_references=tuple(mail.references),
        inbound_text=mail.text,
        inbound_at=mail.at,
        verdict=mail.verdict,
        evidence=tuple(f"{each['signal']}: {each['quote']}" for each in mail.evidence),
        enrollments=first_of_lanes(walks_of(connection, handoff.contact_id)),
        touches=sent,
        confidence=mail.confidence,
        answers=next((each for each in sent if each.id == mail.touch_id), None),
        said=_said(connection, handoff, sent),
        tasks=_tasks(connection, handoff.contact_id),
        before=_before(connection, handoff),
    )


def walks_of(connection: Connection, contact_id: int) -> tuple[Enrollment, ...]:
    """Every walk of this contact, the newest last."""
    query = select(*WALK).where(enrollments.c.contact_id == contact_id)
    rows = connection.execute(query.order_by(enrollments.c.id))
    return tuple(walk_of(row) for row in rows)


def _touches(connection: Connection, contact_id: int) -> tuple[Touch, ...]:
    left = touches.c.state.in_(MAY_HAVE_LEFT) & (touches.c.contact_id == contact_id)
    query = select(*TOUCH).where(left).order_by(touches.c.begun_at, touches.c.id)
    return tuple(touch_of(row) for row in connection.execute(query))


def _said(connection: Connection, handoff: Handoff, sent: tuple[Touch, ...]) -> tuple[Said, ...]:
    """The mails of both sides in the order of time, but for the one the handoff is about."""
    theirs = inbound.c.contact_id == handoff.contact_id
    other = select(inbound).where(theirs, inbound.c.id != handoff.inbound_id)
    mails = [_mail(row) for row in connection.execute(other)]
    copies = select(inbound.c.touch_id, inbound.c.text).where(
        inbound.c.touch_id.in_([each.id for each in sent]), inbound.c.contact_id.is_(None)
    )
    words = {row.touch_id: row.text for row in connection.execute(copies)}
    mails += [said_by_us(each, words.get(each.id, "")) for each in sent]
    return tuple(sorted(mails, key=lambda each: each.at))


def _mail(row: Row[Any]) -> Said:
    who = YOU if row.folder == Folder.SENT else THEY
    return Said(row.arrived_at or row.at, who, row.subject, row.text)


def _tasks(connection: Connection, contact_id: int) -> tuple[Task, ...]:
    query = select(*TASK).where(is_open, tasks.c.contact_id == contact_id)
    rows = connection.execute(query.order_by(tasks.c.due_on, tasks.c.id))
    return tuple(task_of(row) for row in rows)


def _before(connection: Connection, handoff: Handoff) -> tuple[Handoff, ...]:
    theirs = (handoffs.c.contact_id == handoff.contact_id) & handoffs.c.outcome.is_not(None)
    query = select(*HANDOFF).where(theirs, handoffs.c.id != handoff.id).order_by(handoffs.c.id)
    return tuple(handoff_of(row) for row in connection.execute(query))
