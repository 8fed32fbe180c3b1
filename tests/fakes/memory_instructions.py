"""What owners ask for by mail, in memory."""

from dataclasses import dataclass, replace
from datetime import datetime

from nurture import ports
from nurture.core.enrollment import Move
from nurture.core.handoff.ticket import Ticket
from nurture.ports.instructions import (
    AcceptDraft,
    EndTask,
    KeepNote,
    MoveTask,
    PassDraft,
    StopWalks,
    WorkHandoff,
    unproven_key,
)
from nurture.storage.instructions import noted
from tests.fakes.memory_desk import MemoryDesk
from tests.fakes.memory_drafts import MemoryDrafts
from tests.fakes.memory_incoming import MemoryIncoming
from tests.fakes.memory_tasks import MemoryTasks
from tests.fakes.memory_world import World


@dataclass(frozen=True, slots=True)
class MemoryInstructions:
    """ports.Instructions in memory."""

    world: World

    async def issue(self, ticket: Ticket) -> Ticket:
        known = (each for each in self.world.tickets.values() if each.notice_id == ticket.notice_id)
        return next(known, None) or self.world.tickets.setdefault(ticket.nonce, ticket)

    async def ticket(self, nonce: str) -> Ticket | None:
        return self.world.tickets.get(nonce)

    async def obey(
        self,
        ticket: Ticket,
        instruction: ports.Instruction,
        reply: ports.Reply,
        heard: ports.Heard | None,
        used_by: str,
    ) -> ports.Obeyed:
        if heard and not (await MemoryIncoming(self.world).record(heard)).is_new:
            return ports.Obeyed(is_new=False)
        known = self.world.tickets.get(ticket.nonce)
        if known is None or known.used_at is not None:
            return ports.Obeyed(is_new=True, objection="spent")
        if objection := await self._do(instruction, reply.due_at):
            self._tell(replace(reply, text=f"Nothing was done: {objection}.\n"))
            return ports.Obeyed(is_new=True, objection=objection)
        spent = replace(known, used_at=reply.due_at, used_by=used_by)
        self.world.tickets[ticket.nonce] = spent
        for number, post in tuple(self.world.posts.items()):
            if post.key == unproven_key(ticket.nonce) and not post.is_told:
                del self.world.posts[number]
        self._tell(reply)
        return ports.Obeyed(is_new=True, is_done=True)

    async def answer(self, heard: ports.Heard | None, reply: ports.Reply | None) -> bool:
        if heard and not (await MemoryIncoming(self.world).record(heard)).is_new:
            return False
        return self._tell(reply) if reply else True

    async def _do(self, instruction: ports.Instruction, now: datetime) -> str:
        match instruction:
            case WorkHandoff(handoff_id, deed):
                return (await MemoryDesk(self.world).act(handoff_id, deed, now)).objection
            case EndTask(task_id, by, note, onward):
                done = await MemoryTasks(self.world).finish(task_id, by, note, onward, now)
            case MoveTask(task_id, to):
                why = "the owner moved it by mail"
                done = await MemoryTasks(self.world).move(task_id, to, why, now)
            case AcceptDraft(draft_id, wire):
                done = await MemoryDrafts(self.world).accept(draft_id, wire, now)
            case PassDraft(draft_id, onward):
                done = await MemoryDrafts(self.world).skip(draft_id, onward, now)
            case StopWalks(contact_id):
                live = self.world.live([contact_id])
                self.world.move(live, Move.STOPPED, "the owner stopped it by mail", now)
                done = bool(live)
            case KeepNote(contact_id, text):
                old = self.world.contacts[contact_id]
                new = replace(old, notes=noted(old.notes, text, now))
                self.world.rewrite(old, new, f"the owner noted: {text}", now)
                done = True
        return "" if done else "that is decided already, or is not there any more"

    def _tell(self, reply: ports.Reply) -> bool:
        world = self.world
        if any(post.key == reply.key for post in world.posts.values()):
            return False
        notice = ports.Notice(
            0,
            reply.account,
            reply.kind,
            reply.subject,
            reply.text,
            reply.due_at,
            in_place=reply.in_place,
            key=reply.key,
            answering=" ".join(reply.answering),
        )
        number = world.post(notice, reply.key)
        if reply.ticket:
            world.tickets[reply.ticket.nonce] = replace(reply.ticket, notice_id=number)
        return True
