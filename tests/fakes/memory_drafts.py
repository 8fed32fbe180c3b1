"""Drafts in memory."""

from dataclasses import dataclass, replace
from datetime import datetime

from nurture import ports
from nurture.core.decision import Advance
from nurture.core.draft import OPEN, CopyState, DraftMove, DraftState, move_draft
from nurture.core.enrollment import State
from nurture.core.touch import TouchState
from nurture.letter import Sheet
from nurture.mail.write.rendered import Rendered
from nurture.storage import rule
from nurture.storage.ledger import Event
from tests.fakes.memory_world import World


@dataclass(frozen=True, slots=True)
class MemoryDrafts:
    """ports.Drafts in memory."""

    world: World

    def now_at(self, draft: ports.Draft) -> ports.Draft:
        if draft.state not in OPEN:
            return draft
        world, walk = self.world, self.world.walks[draft.enrollment_id]
        mine = (draft.enrollment_id, draft.step, draft.occurrence)
        has_left = any(
            (each.enrollment_id, each.step, each.occurrence) == mine
            and each.state not in {TouchState.SENDING, TouchState.DEFERRED}
            for each in world.touches.values()
        )
        answered = any(
            each.contact_id == draft.contact_id and each.opened_at > draft.made_at
            for each in world.handoffs.values()
        )
        if has_left:
            return replace(draft, state=move_draft(draft.state, DraftMove.LEFT))
        is_there = (walk.position, walk.occurrence) == (draft.step, draft.occurrence)
        if walk.state is not State.ACTIVE or not is_there or answered:
            return replace(draft, state=move_draft(draft.state, DraftMove.OVERTAKEN))
        return draft

    def _close(self, draft: ports.Draft) -> None:
        bare = replace(draft.sheet, words=Rendered("", "", ""), foot=())
        copy = replace(draft.copy, subject="", text="") if draft.copy else None
        self.world.drafts[draft.id] = replace(draft, sheet=bare, wire=b"", copy=copy)

    def tell(self, draft: ports.Draft, event: str, why: str, now: datetime) -> None:
        where = {"sequence": draft.sequence, "step": draft.step}
        self.world.tell(now, event, why, draft.contact_id, **where)

    async def keep(self, draft: ports.Draft, now: datetime) -> ports.Draft:
        mine = (draft.enrollment_id, draft.step, draft.occurrence)
        for kept in tuple(self.world.drafts.values()):
            known = self.now_at(kept)
            if (known.enrollment_id, known.step, known.occurrence) != mine:
                continue
            if known.state in OPEN:
                return known
            if kept.state in OPEN:
                self._close(known)
        number = len(self.world.drafts) + 1
        made = self.world.drafts[number] = replace(draft, id=number)
        self.tell(made, Event.DRAFT_MADE, draft.why, now)
        return made

    async def open_for(self, enrollment_id: int, step: str, occurrence: str) -> ports.Draft | None:
        mine = (enrollment_id, step, occurrence)
        found = await self.open()
        return next((e for e in found if (e.enrollment_id, e.step, e.occurrence) == mine), None)

    async def open(self, limit: int = 500) -> tuple[ports.Draft, ...]:
        found = [self.now_at(each) for each in self.world.drafts.values()]
        found.sort(key=lambda each: (each.made_at, each.id))
        return tuple(each for each in found if each.state in OPEN)[:limit]

    async def draft(self, draft_id: int) -> ports.Draft | None:
        found = self.world.drafts.get(draft_id)
        return self.now_at(found) if found else None

    async def _waiting(self, draft_id: int) -> ports.Draft | None:
        found = await self.draft(draft_id)
        return found if found and found.state is DraftState.WAITING else None

    async def accept(self, draft_id: int, wire: bytes, now: datetime) -> bool:
        draft = await self._waiting(draft_id)
        if draft is None:
            return False
        state = move_draft(draft.state, DraftMove.ACCEPTED)
        self.world.drafts[draft_id] = replace(draft, state=state, wire=wire, decided_at=now)
        self.make_due(draft, now)
        self.tell(draft, Event.DRAFT_ACCEPTED, "the owner accepted it", now)
        return True

    def make_due(self, draft: ports.Draft, now: datetime) -> None:
        walk = self.world.walks[draft.enrollment_id]
        if walk.held_until is None or walk.held_until <= now:
            free = replace(walk, due_at=now, held_until=None, held_why="")
            self.world.walks[walk.id] = free

    async def reword(self, draft_id: int, sheet: Sheet, now: datetime) -> bool:
        draft = await self._waiting(draft_id)
        if draft is None:
            return False
        copy = draft.copy
        if copy and copy.state in {CopyState.PLACING, CopyState.PLACED}:
            copy = replace(copy, state=CopyState.OUTDATED, since=now)
        self.world.drafts[draft_id] = replace(draft, sheet=sheet, copy=copy)
        self.tell(draft, Event.DRAFT_REWORDED, "the owner changed its words", now)
        return True

    async def skip(self, draft_id: int, onward: Advance, now: datetime) -> bool:
        draft = await self._waiting(draft_id)
        if draft is None:
            return False
        state = move_draft(draft.state, DraftMove.SKIPPED)
        self.world.drafts[draft_id] = replace(draft, state=state, decided_at=now)
        walk = self.world.walks[draft.enrollment_id]
        after = self.world.walks[walk.id] = rule.noted(walk, onward, now)
        self.tell(draft, Event.DRAFT_SKIPPED, onward.why, now)
        if after.state is not State.ACTIVE:
            self.world.tell_walk(after, Event.ENROLLMENT_ENDED, after.reason, now)
        return True

    async def accepted_in(self, sequence: str, limit: int) -> int:
        said_yes = [
            each
            for each in self.world.drafts.values()
            if each.sequence == sequence
            and each.decided_at
            and each.state is not DraftState.SKIPPED
        ]
        return min(limit, len(said_yes))

    async def tidy(self, now: datetime) -> int:
        over = 0
        for kept in tuple(self.world.drafts.values()):
            known = self.now_at(kept)
            if kept.state in OPEN and known.state not in OPEN and kept.is_free:
                over += 1
                self._close(known)
                if known.state is DraftState.STALE:
                    self.tell(known, Event.DRAFT_OVERTAKEN, "it is not wanted any more", now)
        return over
