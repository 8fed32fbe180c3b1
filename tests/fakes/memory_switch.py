"""The switch and the recovery in memory."""

from dataclasses import dataclass, replace
from datetime import datetime

from nurture import ports
from nurture.core.decision import Advance
from nurture.core.enrollment import Move, State
from nurture.core.halt import Halt, HaltKind
from nurture.core.touch import Touch, TouchMove, TouchState
from nurture.storage import rule
from nurture.storage.lane import count_walks
from nurture.storage.ledger import OF_STATE, Event
from tests.fakes.memory_outgoing import MemoryOutgoing
from tests.fakes.memory_world import World


@dataclass(frozen=True, slots=True)
class MemorySwitch:
    """ports.Switch in memory."""

    world: World

    async def halts(self) -> tuple[Halt, ...]:
        return tuple(sorted(self.world.halts.values(), key=lambda each: (each.since, each.kind)))

    async def halt(self, kind: HaltKind, why: str, now: datetime) -> bool:
        is_new = kind not in self.world.halts
        self.world.halts.setdefault(kind, Halt(kind, why, now))
        return is_new

    async def lift(self, kind: HaltKind, why: str, now: datetime) -> bool:
        was_halted = self.world.halts.pop(kind, None) is not None
        if was_halted:
            self.world.lifted[kind] = now
        return was_halted

    async def lifted_at(self, kind: HaltKind) -> datetime | None:
        return self.world.lifted.get(kind)

    async def settle_in(self, now: datetime) -> str:
        return ""  # memory is never copied


@dataclass(frozen=True, slots=True)
class MemoryRecovery:
    """ports.Recovery in memory."""

    world: World

    async def newest_touch(self, account: str) -> datetime | None:
        touches = [each for each in self.world.touches.values() if each.account == account]
        walks = [each for each in self.world.walks.values() if each.account == account]
        begun = max((each.begun_at for each in touches), default=None)
        return begun or min((each.enrolled_at for each in walks), default=None)

    async def knows_mail(self, message_id: str, before: datetime) -> bool:
        heard = (each.heard for each in self.world.mails)
        return any(each.message_id == message_id and each.at < before for each in heard)

    async def touches(self, enrollment_id: int) -> tuple[Touch, ...]:
        found = [
            each for each in self.world.touches.values() if each.enrollment_id == enrollment_id
        ]
        return tuple(sorted(found, key=lambda each: (each.begun_at, each.id)))

    async def confirm(self, touch_id: int, at: datetime, to: Advance | None, now: datetime) -> bool:
        touch = self.world.touches[touch_id]
        if touch.state not in rule.UNSETTLED:
            return False
        self.world.touches[touch_id] = replace(touch, sent_at=at)
        outgoing = MemoryOutgoing(self.world)
        await outgoing.resolve(touch_id, TouchMove.PROVEN_SENT, to, now, "found in Sent")
        self.world.touched(touch.contact_id, at)
        return True

    async def recall(self, recalled: ports.Recalled, now: datetime) -> bool:
        _, is_new = await self.recalled(recalled, now)
        return is_new

    async def recalled(
        self, recalled: ports.Recalled, now: datetime, event: Event = Event.MAIL_RECALLED
    ) -> tuple[Touch, bool]:
        world, walk = self.world, self.world.walks[recalled.enrollment_id]
        for touch in world.touches.values():
            here = (touch.enrollment_id, touch.step, touch.occurrence)
            if here == (walk.id, recalled.step, recalled.occurrence):
                is_new = await self.confirm(touch.id, recalled.sent_at, recalled.next, now)
                self._learn(touch.id, recalled.ids)
                return touch, is_new
        touch = self._touch(recalled)
        world.spend(walk.account, 1, recalled.sent_at)
        world.touches[touch.id] = touch
        world.epochs[touch.id], world.wires[touch.id] = 0, b""
        world.intents[touch.id] = _intent(touch, recalled)
        self._learn(touch.id, recalled.ids)
        world.touched(walk.contact_id, recalled.sent_at)
        world.tell_touch(touch, event, recalled.why, now)
        after = world.walks[walk.id] = rule.recalled(walk, recalled)
        if not rule.stands_at(after, walk.position, walk.occurrence):
            world.leave(walk)
        if after.state is not walk.state:
            world.tell_walk(after, OF_STATE[after.state], after.reason, now)
        return touch, True

    def _touch(self, found: ports.Recalled) -> Touch:
        walk = self.world.walks[found.enrollment_id]
        return Touch(
            id=len(self.world.touches) + 1,
            enrollment_id=walk.id,
            contact_id=walk.contact_id,
            account=walk.account,
            sequence=walk.sequence,
            revision=walk.revision,
            step=found.step,
            occurrence=found.occurrence,
            state=TouchState.SENT,
            message_id=found.ids[0],
            begun_at=found.sent_at,
            subject=found.subject,
            sent_at=found.sent_at,
            attempts=1,
        )

    def _learn(self, touch_id: int, ids: tuple[str, ...]) -> None:
        for each in ids:
            self.world.ids.setdefault(each, touch_id)

    async def doubt(self, contact_id: int, why: str, at: datetime, now: datetime) -> int:
        live = self.world.live([contact_id])
        active = [walk for walk in live if walk.state is State.ACTIVE]
        self.world.meet(contact_id, at)
        self.world.move(active, Move.DOUBTED, why, now)
        return count_walks(active)


def _intent(touch: Touch, found: ports.Recalled) -> ports.Intent:
    return ports.Intent(
        enrollment_id=touch.enrollment_id,
        contact_id=touch.contact_id,
        step=touch.step,
        occurrence=touch.occurrence,
        recipient=found.recipient,
        message_id=touch.message_id,
        subject=touch.subject,
        due_at=found.sent_at,
        why=found.why,
        piece=found.piece,
    )
