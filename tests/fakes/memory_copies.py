"""Copies of drafts in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from nurture import ports
from nurture.core.draft import COPY_RESTS, CopyState, DraftMove, DraftState, move_draft
from nurture.core.touch import Touch
from nurture.storage.ledger import Event
from tests.fakes.memory_drafts import MemoryDrafts
from tests.fakes.memory_switch import MemoryRecovery
from tests.fakes.memory_world import World


@dataclass(frozen=True, slots=True)
class MemoryCopies:
    """ports.Copies in memory."""

    world: World

    @property
    def _drafts(self) -> MemoryDrafts:
        return MemoryDrafts(self.world)

    def _of(self, account: str) -> list[ports.Draft]:
        found = [self._drafts.now_at(each) for each in self.world.drafts.values()]
        found.sort(key=lambda each: (each.made_at, each.id))
        return [each for each in found if each.account == account]

    async def lacking(self, account: str, now: datetime, limit: int) -> tuple[ports.Draft, ...]:
        mine = self._of(account)
        refused = [each for each in mine if each.copy and each.copy.state is CopyState.REFUSED]
        if any(each.copy and each.copy.since > now - COPY_RESTS for each in refused):
            return ()
        waiting = [each for each in mine if each.state is DraftState.WAITING]
        return tuple(each for each in waiting if each.copy is None or each in refused)[:limit]

    async def out(self, account: str) -> tuple[ports.Draft, ...]:
        return tuple(each for each in self._of(account) if not each.is_free)

    async def move(
        self, draft_id: int, before: CopyState | None, after: ports.Copy | None, now: datetime
    ) -> bool:
        kept = self.world.drafts.get(draft_id)
        if kept is None:
            return False
        draft = self._drafts.now_at(kept)
        stands = draft.copy.state if draft.copy else None
        is_placed = after is not None and after.state is CopyState.PLACING
        if stands is not before or (is_placed and draft.state is not DraftState.WAITING):
            return False
        self.world.drafts[draft_id] = moved = replace(kept, copy=after)
        if after and after.state is CopyState.PLACED:
            self._drafts.tell(draft, Event.DRAFT_PLACED, "it lies in your Drafts folder, too", now)
        if draft.state is DraftState.ACCEPTED and moved.is_free:
            self._drafts.make_due(draft, now)
        return True

    async def doubt(self, draft_id: int, after: ports.Copy, now: datetime) -> bool:
        kept = self.world.drafts.get(draft_id)
        if kept is None or self._drafts.now_at(kept).state is not DraftState.ACCEPTED:
            return False
        self.world.drafts[draft_id] = replace(
            kept,
            state=move_draft(kept.state, DraftMove.DOUBTED),
            wire=b"",
            decided_at=None,
            copy=after,
        )
        why = "the owner may have sent it by hand, and is asked again"
        self._drafts.tell(kept, Event.DRAFT_DOUBTED, why, now)
        return True

    async def sent_perhaps(
        self, account: str, message_ids: Sequence[str], recipients: Sequence[str]
    ) -> tuple[ports.Draft, ...]:
        return tuple(
            each
            for each in self._of(account)
            if each.copy
            and (
                each.sheet.message_id in message_ids
                or self.world.contacts[each.contact_id].address in recipients
            )
        )

    async def sent_by_hand(self, sent: ports.Recalled, now: datetime) -> Touch:
        recovery = MemoryRecovery(self.world)
        touch, is_new = await recovery.recalled(sent, now, Event.TOUCH_SENT)
        if is_new:
            self.world.owner_answered(touch.contact_id, now)
        return touch
