"""What owners ask for by mail, in the database: the ticket, the deed and the answer at once."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection, delete, insert, select, update

from nurture.core.enrollment import Move
from nurture.core.handoff.ticket import Ticket
from nurture.ports import Heard
from nurture.ports.instructions import (
    AcceptDraft,
    EndTask,
    Instruction,
    KeepNote,
    MoveTask,
    Obeyed,
    PassDraft,
    Reply,
    StopWalks,
    WorkHandoff,
    unproven_key,
)
from nurture.storage import drafting, hearing, tasks, working
from nurture.storage.engine import Database, add_missing
from nurture.storage.people import rewrite
from nurture.storage.rows import Values, contacts_by_id
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import is_untold, notices, tickets
from nurture.storage.walk import live_walks, lock_people, move_walks
from nurture.value import frozen

_TICKET = tuple(tickets.c[name] for name in Ticket.__dataclass_fields__)
_MOVED = "the owner moved it by mail"
_GONE_ON = "that is decided already, or is not there any more"


@frozen
class StoredInstructions:
    """ports.Instructions in the database."""

    database: Database
    suppressions: Suppressions

    async def issue(self, ticket: Ticket) -> Ticket:
        """The ticket that goes out with this notice: this one, or the one it has already."""
        return await self.database.write(_issue, ticket)

    async def ticket(self, nonce: str) -> Ticket | None:
        """The ticket of this nonce, spent or not."""
        return await self.database.read(_ticket, nonce)

    async def obey(
        self,
        ticket: Ticket,
        instruction: Instruction,
        reply: Reply,
        heard: Heard | None,
        used_by: str,
    ) -> Obeyed:
        """Spends the ticket, does the instruction, records the mail and answers: all or nothing."""
        work = _obey
        return await self.database.write(
            work, self.suppressions, ticket.nonce, instruction, reply, heard, used_by
        )

    async def answer(self, heard: Heard | None, reply: Reply | None) -> bool:
        """Records a mail that asks for nothing that is done, and what is said to its owner."""
        return await self.database.write(_answer, self.suppressions, heard, reply)


def _issue(connection: Connection, ticket: Ticket) -> Ticket:
    add_missing(connection, tickets, [_row(ticket)])
    query = select(*_TICKET).where(tickets.c.notice_id == ticket.notice_id)
    return Ticket(**connection.execute(query).one()._asdict())


def _ticket(connection: Connection, nonce: str, *, lock: bool = False) -> Ticket | None:
    query = select(*_TICKET).where(tickets.c.nonce == nonce)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return Ticket(**row._asdict()) if row else None


def _obey(
    connection: Connection,
    list_: Suppressions,
    nonce: str,
    instruction: Instruction,
    reply: Reply,
    heard: Heard | None,
    used_by: str,
) -> Obeyed:
    now = reply.due_at
    if heard and not hearing.record(connection, list_, heard).is_new:
        return Obeyed(is_new=False)
    ticket = _ticket(connection, nonce, lock=True)
    if ticket is None or ticket.used_at is not None:
        return Obeyed(is_new=True, objection="spent")
    if objection := _do(connection, list_, instruction, now):
        _tell(connection, replace(reply, text=f"Nothing was done: {objection}.\n"))
        return Obeyed(is_new=True, objection=objection)
    this = update(tickets).where(tickets.c.nonce == nonce)
    connection.execute(this.values(used_at=now, used_by=used_by))
    put_off = delete(notices).where(notices.c.key == unproven_key(nonce), is_untold)
    connection.execute(put_off)
    _tell(connection, reply)
    return Obeyed(is_new=True, is_done=True)


def _do(
    connection: Connection, list_: Suppressions, instruction: Instruction, now: datetime
) -> str:
    """Does it; why it could not be done, with nothing changed, or nothing."""
    match instruction:
        case WorkHandoff():
            return working.act(
                connection, list_, instruction.handoff_id, instruction.deed, now
            ).objection
        case EndTask(task_id, by, note, onward):
            is_done = tasks.finish(connection, task_id, by, note, onward, now)
        case MoveTask():
            is_done = tasks.move(connection, instruction.task_id, instruction.to, _MOVED, now)
        case AcceptDraft():
            is_done = drafting.accept(connection, instruction.draft_id, instruction.wire, now)
        case PassDraft():
            is_done = drafting.skip(connection, instruction.draft_id, instruction.onward, now)
        case StopWalks():
            is_done = _stop(connection, instruction.contact_id, now)
        case KeepNote():
            is_done = _note(connection, instruction, now)
        case _:
            assert_never(instruction)
    return "" if is_done else _GONE_ON


def _stop(connection: Connection, contact_id: int, now: datetime) -> bool:
    lock_people(connection, [contact_id])
    live = live_walks(connection, [contact_id])
    move_walks(connection, live, Move.STOPPED, "the owner stopped it by mail", now)
    return bool(live)


def _note(connection: Connection, instruction: KeepNote, now: datetime) -> bool:
    lock_people(connection, [instruction.contact_id])
    for old in contacts_by_id(connection, [instruction.contact_id]).values():
        new = replace(old, notes=noted(old.notes, instruction.text, now))
        rewrite(connection, old, new, f"the owner noted: {instruction.text}", now)
        return True
    return False


def noted(before: str, text: str, now: datetime) -> str:
    """The notes with one more, dated."""
    return "\n".join(part for part in (before, f"{now:%Y-%m-%d}: {text}") if part)


def _answer(
    connection: Connection, list_: Suppressions, heard: Heard | None, reply: Reply | None
) -> bool:
    if heard and not hearing.record(connection, list_, heard).is_new:
        return False
    return _tell(connection, reply) if reply else True


def _tell(connection: Connection, reply: Reply) -> bool:
    """Puts it into the outbox with its ticket, unless one of this key is there."""
    known = select(notices.c.id).where(notices.c.key == reply.key)
    if connection.scalars(known).one_or_none() is not None:
        return False
    row: Values = {
        "account": reply.account,
        "kind": reply.kind,
        "in_place": reply.in_place,
        "subject": reply.subject,
        "text": reply.text,
        "created_at": reply.due_at,
        "due_at": reply.due_at,
        "answering": " ".join(reply.answering),
        "key": reply.key,
    }
    notice_id: int = connection.scalars(insert(notices).returning(notices.c.id), row).one()
    if reply.ticket:
        add_missing(connection, tickets, [_row(replace(reply.ticket, notice_id=notice_id))])
    return True


def _row(ticket: Ticket) -> Values:
    return {name: getattr(ticket, name) for name in Ticket.__dataclass_fields__}
