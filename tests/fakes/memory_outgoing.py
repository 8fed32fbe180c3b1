"""Enrollments and touches in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from nurture import ports
from nurture.core.contact import Contact
from nurture.core.decision import Advance, Decision, End, Hold, Pace, Postpone
from nurture.core.enrollment import Enrollment, Move, State
from nurture.core.halt import objection_of
from nurture.core.touch import Touch, TouchMove, TouchState, move_touch
from nurture.errors import Broken
from nurture.mail.delivery import Accepted
from nurture.storage import rule
from nurture.storage.ledger import OF_STATE, OF_TOUCH, Event
from tests.fakes.memory_world import World, colleagues

_LEFT = (TouchState.SENT, TouchState.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class MemoryOutgoing:
    """ports.Outgoing in memory."""

    world: World

    async def keep_revision(self, name: str, revision: str, source: str, now: datetime) -> None:
        self.world.revisions.setdefault((name, revision), source)

    async def revision_source(self, name: str, revision: str) -> str | None:
        return self.world.revisions.get((name, revision))

    async def enroll(self, enrollments: Sequence[Enrollment]) -> tuple[int | None, ...]:
        return tuple(self._enroll(walk) for walk in enrollments)

    def _enroll(self, walk: Enrollment) -> int | None:
        world, key = self.world, (walk.contact_id, walk.sequence, walk.run)
        contact = world.contacts.get(walk.contact_id)
        if contact is None or contact.address in world.noes:
            return None
        if key in {(each.contact_id, each.sequence, each.run) for each in world.walks.values()}:
            return None
        number, waits_for = len(world.walks) + 1, self._waits_for(contact)
        kept = rule.moved(walk, Move.DOUBTED, waits_for) if waits_for else walk
        world.walks[number] = replace(kept, id=number)
        world.tell_walk(walk, Event.ENROLLMENT_STARTED, walk.because, walk.enrolled_at)
        if waits_for:
            world.tell_walk(walk, Event.ENROLLMENT_PAUSED, waits_for, walk.enrolled_at)
        return number

    def _waits_for(self, contact: Contact) -> str:
        if self.world.unfinished(contact.id):
            return rule.ANSWER_WAITS
        for each in colleagues(self.world, contact):
            handoff = self.world.unfinished(each)
            if handoff and handoff.id in self.world.covering:
                return rule.COLLEAGUE_WAITS
        return ""

    def _active(self, account: str) -> list[Enrollment]:
        found = (walk for walk in self.world.walks.values() if walk.account == account)
        return [walk for walk in found if walk.state is State.ACTIVE and walk.due_at]

    async def next_due(self, account: str) -> datetime | None:
        return min((walk.due_at for walk in self._active(account)), default=None)

    async def due(self, account: str, now: datetime, limit: int) -> tuple[ports.Due, ...]:
        found = [walk for walk in self._active(account) if walk.due_at <= now]
        found.sort(key=lambda walk: (walk.due_at, walk.id))
        return tuple(self._due(walk, now) for walk in found[:limit])

    def _due(self, walk: Enrollment, now: datetime) -> ports.Due:
        world = self.world
        contact = world.contacts[walk.contact_id]
        past = [each for each in world.touches.values() if each.enrollment_id == walk.id]
        postponed = [
            each
            for each in past
            if each.state is TouchState.DEFERRED and each.step == walk.position
        ]
        this_year = [
            each
            for each in world.touches.values()
            if each.contact_id == contact.id
            and each.state in rule.MAY_HAVE_LEFT
            and each.sent_at > now - rule.YEAR
        ]
        return ports.Due(
            enrollment=walk,
            contact=contact,
            pace=Pace(world.last_touch.get(contact.id), len(this_year)),
            is_suppressed=contact.address in world.noes,
            postponed=postponed[0] if postponed else None,
            thread=tuple(each for each in past if each not in postponed),
        )

    async def sent_since(self, account: str, since: datetime) -> tuple[datetime, ...]:
        when = []
        for touch in self.world.touches.values():
            left = touch.sent_at if touch.state in rule.MAY_HAVE_LEFT else None
            left = touch.begun_at if touch.state is TouchState.SENDING else left
            if touch.account == account and left and left >= since:
                when.append(left)
        return tuple(sorted(when))

    async def note(self, decisions: Sequence[tuple[int, Decision]], now: datetime) -> None:
        for enrollment_id, decision in decisions:
            walk = self.world.walks.get(enrollment_id)
            if walk is None or walk.state is not State.ACTIVE:
                continue
            after = self.world.walks[walk.id] = rule.noted(walk, decision, now)
            for event, why in _note_lines(walk, decision):
                self.world.tell_walk(walk, event, why, now)
            if after.state is not State.ACTIVE:
                self.world.call_off(walk.id, "the walk has ended", now)

    async def begin(
        self,
        lease: ports.Lease,
        intents: Sequence[ports.Intent],
        now: datetime,
        heard_since: datetime,
    ) -> tuple[ports.Begun | ports.Stopped, ...]:
        account = self.world.accounts.get(lease.account, ports.AccountState(lease.account))
        why = objection_of(self.world.halts.values())
        why = why or rule.account_objection(account, lease, now, heard_since)
        results: list[ports.Begun | ports.Stopped] = []
        for intent in intents:
            objection = why or rule.objection(self._look(intent), intent, account, now)
            results.append(
                ports.Stopped(objection)
                if objection
                else ports.Begun(self._begin(intent, lease.epoch, now))
            )
        return tuple(results)

    def _look(self, intent: ports.Intent) -> rule.Look:
        world, contact = self.world, self.world.contacts.get(intent.contact_id)
        under_way = (each for each in world.touches.values() if each.state is TouchState.SENDING)
        return rule.Look(
            walk=world.walks.get(intent.enrollment_id),
            touch=self._touch(intent),
            suppressed=world.noes.get(intent.recipient, ""),
            contact=contact,
            last_touch_at=world.last_touch.get(intent.contact_id),
            has_one_under_way=any(each.contact_id == intent.contact_id for each in under_way),
            id_is_taken=intent.message_id in world.ids,
        )

    def _touch(self, intent: ports.Intent) -> Touch | None:
        key = (intent.enrollment_id, intent.step, intent.occurrence)
        found = self.world.touches.values()
        same = (each for each in found if (each.enrollment_id, each.step, each.occurrence) == key)
        return next(same, None)

    def _begin(self, intent: ports.Intent, epoch: int, now: datetime) -> int:
        world, walk, before = self.world, self.world.walks[intent.enrollment_id], None
        before = self._touch(intent)
        number = before.id if before else len(world.touches) + 1
        world.touches[number] = Touch(
            id=number,
            enrollment_id=walk.id,
            contact_id=walk.contact_id,
            account=walk.account,
            sequence=walk.sequence,
            revision=walk.revision,
            step=intent.step,
            occurrence=intent.occurrence,
            state=TouchState.SENDING,
            message_id=intent.message_id,
            begun_at=now,
            subject=intent.subject,
            attempts=before.attempts + 1 if before else 1,
            reply=before.reply if before else "",
        )
        world.intents[number], world.epochs[number] = intent, epoch
        world.ids[intent.message_id] = number
        world.wires[number] = intent.wire
        world.walks[walk.id] = rule.cleared(walk)
        return number

    async def settle(self, settlements: Sequence[ports.Settlement]) -> None:
        for each in settlements:
            touch = self.world.touches.get(each.touch_id)
            if touch is None:
                raise Broken(f"there is no touch {each.touch_id} to settle")
            was_given_up = touch.state is TouchState.UNCERTAIN
            if not (was_given_up and each.move is TouchMove.LOST_SIGHT):
                move_touch(touch.state, rule.in_hindsight(touch.state, each.move))
        for each in settlements:
            self._settle(each)

    def _settle(self, by: ports.Settlement) -> None:
        world, touch = self.world, self.world.touches[by.touch_id]
        walk, was_given_up = world.walks[touch.enrollment_id], touch.state is TouchState.UNCERTAIN
        if not (was_given_up and by.move is TouchMove.LOST_SIGHT):
            state = move_touch(touch.state, rule.in_hindsight(touch.state, by.move))
            if was_given_up:
                doubt = world.doubts.get(touch.id, "")
                onward = rule.resolved(walk, touch.step, doubt, by.next, by.at)
            else:
                onward = rule.settled(walk, touch.step, by)
            if state is TouchState.DEFERRED and onward.state is not State.ACTIVE:
                state = move_touch(state, TouchMove.CALLED_OFF)
            if state is TouchState.UNCERTAIN and onward.state is not walk.state:
                world.doubts[touch.id] = onward.reason
            sent_at = by.at if state in _LEFT else None
            reply = str(by.delivery.answer)
            after = replace(touch, state=state, sent_at=sent_at, reply=reply)
            why = world.intents[touch.id].why if state is TouchState.SENT else by.why or reply
            self._put(after, why, by.at)
            self._put_walk(onward, onward.reason, by.at)
        if isinstance(by.delivery, Accepted):
            world.ids = dict.fromkeys(by.delivery.server_ids, touch.id) | world.ids
        if by.suppress:
            world.refuse([world.intents[touch.id].recipient], by.suppress)
            world.move(world.live([touch.contact_id]), Move.BOUNCED, by.suppress, by.at)

    def _put(self, touch: Touch, why: str, at: datetime) -> None:
        self.world.touches[touch.id] = touch
        self.world.tell_touch(touch, OF_TOUCH[touch.state], why, at)
        if touch.state in _LEFT:
            self.world.touched(touch.contact_id, touch.sent_at)
        else:
            self.world.wires[touch.id] = b""

    def _put_walk(self, walk: Enrollment, why: str, at: datetime) -> None:
        if walk.state is not self.world.walks[walk.id].state:
            self.world.tell_walk(walk, OF_STATE[walk.state], why, at)
        self.world.walks[walk.id] = walk

    async def lose_sight(self, lease: ports.Lease, now: datetime) -> tuple[Touch, ...]:
        lost = []
        for touch in tuple(self.world.touches.values()):
            is_older = self.world.epochs[touch.id] < lease.epoch
            if touch.account == lease.account and touch.state is TouchState.SENDING and is_older:
                state = move_touch(touch.state, TouchMove.LOST_SIGHT)
                after = replace(touch, state=state, sent_at=touch.begun_at)
                self._put(after, rule.LOST_SIGHT, now)
                walk = self.world.walks[touch.enrollment_id]
                if walk.state is State.ACTIVE and walk.position == touch.step:
                    self.world.doubts[touch.id] = rule.LOST_SIGHT
                    paused = rule.moved(walk, Move.DOUBTED, rule.LOST_SIGHT)
                    self._put_walk(paused, rule.LOST_SIGHT, now)
                lost.append(after)
        return tuple(lost)

    async def uncertain(self, account: str) -> tuple[Touch, ...]:
        found = (each for each in self.world.touches.values() if each.account == account)
        return tuple(each for each in found if each.state is TouchState.UNCERTAIN)

    async def resolve(
        self, touch_id: int, move: TouchMove, next_step: Advance | None, now: datetime, why: str
    ) -> None:
        touch = self.world.touches.get(touch_id)
        if touch is None:
            raise Broken(f"there is no touch {touch_id} to resolve")
        state = move_touch(touch.state, move)
        sent_at = touch.sent_at if state in _LEFT else None
        self._put(replace(touch, state=state, sent_at=sent_at), why, now)
        walk, doubt = self.world.walks[touch.enrollment_id], self.world.doubts.get(touch.id, "")
        self._put_walk(rule.resolved(walk, touch.step, doubt, next_step, now), why, now)

    async def copies_owed(self, account: str) -> tuple[tuple[Touch, bytes], ...]:
        found = (each for each in self.world.touches.values() if each.account == account)
        sent = (each for each in found if each.state is TouchState.SENT)
        return tuple((each, wire) for each in sent if (wire := self.world.wires[each.id]))

    async def copy_filed(self, touch_id: int) -> None:
        self.world.wires[touch_id] = b""


def _note_lines(walk: Enrollment, decision: Decision) -> list[tuple[Event, str]]:
    match decision:
        case Postpone(why=why):
            return [(Event.TOUCH_POSTPONED, why)]
        case Hold(why=why):
            return [] if why == walk.held_why else [(Event.TOUCH_HELD, why)]
        case Advance(to=None, why=why):
            return [(Event.STEP_DONE, why), (Event.ENROLLMENT_ENDED, Move.FINISHED)]
        case Advance(why=why):
            return [(Event.STEP_DONE, why)]
        case End(why=why):
            return [(Event.ENROLLMENT_ENDED, why)]
        case _:
            return []
