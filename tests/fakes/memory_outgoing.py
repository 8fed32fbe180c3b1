"""Enrollments and touches in memory."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from nurture import ports
from nurture.core.account import Limits
from nurture.core.contact import Contact
from nurture.core.decision import Advance, Decision
from nurture.core.enrollment import Enrollment, Move, State
from nurture.core.library import Reader
from nurture.core.library.echo import Offered
from nurture.core.sequence.carry import Carried
from nurture.core.situation import Pace
from nurture.core.task import TaskMove, TaskState
from nurture.core.touch import Touch, TouchMove, TouchState
from nurture.storage import rule
from nurture.storage.lane import lanes_together, parting_owed
from nurture.storage.ledger import Event
from nurture.storage.noting import note_lines
from nurture.storage.objection import holds_lease
from tests.fakes import memory_look, memory_readers, memory_settling, memory_tasks
from tests.fakes.memory_world import World, colleagues


@dataclass(frozen=True, slots=True)
class MemoryOutgoing:
    """ports.Outgoing in memory."""

    world: World

    async def keep_revision(self, name: str, revision: str, source: str, now: datetime) -> None:
        self.world.revisions.setdefault((name, revision), source)

    async def revision_source(self, name: str, revision: str) -> str | None:
        return self.world.revisions.get((name, revision))

    async def enroll(self, enrollments: Sequence[Enrollment]) -> tuple[int | None, ...]:
        return enroll(self.world, enrollments)

    async def walks(self, contact_ids: Collection[int]) -> Mapping[int, tuple[Enrollment, ...]]:
        known = self.world.walks.values()
        found = {each: tuple(w for w in known if w.contact_id == each) for each in contact_ids}
        return {each: walks for each, walks in found.items() if walks}

    async def paces(self, contact_ids: Collection[int], now: datetime) -> Mapping[int, Pace]:
        known = [self.world.contacts[each] for each in contact_ids if each in self.world.contacts]
        return {contact.id: self.world.pace(contact, now) for contact in known}

    async def walking(self, sequence: str) -> tuple[ports.Walking, ...]:
        world = self.world
        runs: dict[tuple[int, int], list[Enrollment]] = {}
        for walk in world.walks.values():
            if walk.sequence == sequence:
                runs.setdefault((walk.contact_id, walk.run), []).append(walk)
        live = [
            lanes
            for _, lanes in sorted(runs.items())
            if any(lane.state is not State.ENDED for lane in lanes)
        ]
        return tuple(
            ports.Walking(
                world.contacts[lanes[0].contact_id],
                tuple(lanes),
                frozenset(
                    each.step
                    for each in (*world.touches.values(), *world.tasks.values())
                    if each.enrollment_id in {lane.id for lane in lanes}
                ),
            )
            for lanes in live
        )

    async def carry(self, carried: Sequence[Carried], now: datetime, why: str) -> int:
        world = self.world
        sound = [
            each for each in carried if all(world.walks.get(was.id) == was for was in each.was)
        ]
        for each in sound:
            gone = [lane for lane in each.ended if lane.state is not State.ENDED]
            world.move(gone, Move.STOPPED, why, now)
            for lane in each.kept:
                world.walks[lane.id] = lane
            for lane in each.begun:
                number = len(world.walks) + 1
                world.walks[number] = replace(lane, id=number)
            for lane in (*each.kept, *each.begun):
                world.tell_walk(lane, Event.WALK_CARRIED, why, now)
        return len(sound)

    def _active(self, account: str) -> list[Enrollment]:
        found = (walk for walk in self.world.walks.values() if walk.account == account)
        return [walk for walk in found if walk.state is State.ACTIVE and walk.due_at]

    async def next_due(self, account: str) -> datetime | None:
        return min((walk.due_at for walk in self._active(account)), default=None)

    async def due(self, account: str, now: datetime, limit: int) -> tuple[ports.Due, ...]:
        found = [walk for walk in self._active(account) if walk.due_at <= now]
        found.sort(key=lambda walk: (walk.due_at, walk.id))
        return tuple(self._due(walk, now) for walk in found[:limit])

    async def ahead(self, contact_id: int, now: datetime) -> tuple[ports.Due, ...]:
        found = (walk for walk in self.world.walks.values() if walk.contact_id == contact_id)
        return tuple(self._due(walk, now) for walk in found if walk.state is State.ACTIVE)

    def _due(self, walk: Enrollment, now: datetime) -> ports.Due:
        world = self.world
        contact = world.contacts[walk.contact_id]
        past = [each for each in world.touches.values() if each.enrollment_id == walk.id]
        here = (walk.position, walk.occurrence)
        postponed = [
            each
            for each in past
            if each.state is TouchState.DEFERRED and (each.step, each.occurrence) == here
        ]
        return ports.Due(
            enrollment=walk,
            contact=contact,
            pace=world.pace(contact, now),
            is_suppressed=bool(world.refused(contact.address)),
            postponed=postponed[0] if postponed else None,
            thread=tuple(each for each in past if each not in postponed),
            hush=world.hush_over(contact, now),
            owes_parting=parting_owed(walk.id, world.live([contact.id])),
            override=world.overrides.get((contact.id, walk.sequence, walk.position)),
            overridden=frozenset(
                step
                for whose, sequence, step in world.overrides
                if (whose, sequence) == (contact.id, walk.sequence)
            ),
        )

    async def reader(self, contact: Contact, now: datetime) -> Reader:
        return memory_readers.reader(self.world, contact, now)

    async def readers(self, contacts: Sequence[Contact], now: datetime) -> tuple[Reader, ...]:
        found = (memory_readers.reader(self.world, each, now) for each in contacts)
        return tuple(replace(each, wrote=(), noted=()) for each in found)

    async def asked(self, walk: Enrollment) -> ports.Asked | None:
        here = (walk.id, walk.position, walk.occurrence)
        for each in self.world.tasks.values():
            if (each.enrollment_id, each.step, each.occurrence) == here:
                return ports.Asked(each.created_at, each.state is TaskState.OPEN)
        return None

    async def offered(self) -> tuple[Offered, ...]:
        return tuple(memory_readers.offered(self.world))

    async def under_way(self, account: str, after: int, limit: int) -> tuple[ports.Underway, ...]:
        walks = (walk for walk in self._active(account) if not walk.lane and walk.id > after)
        return tuple(
            ports.Underway(
                walk.id,
                walk.sequence,
                walk.revision,
                walk.position,
                walk.due_at,
                self.world.contacts[walk.contact_id],
            )
            for walk in sorted(walks, key=lambda walk: walk.id)[:limit]
        )

    async def note(
        self, lease: ports.Lease, decisions: Sequence[tuple[int, Decision]], now: datetime
    ) -> bool:
        account = self.world.accounts.get(lease.account, ports.AccountState(lease.account))
        if not holds_lease(account, lease):
            return False
        for enrollment_id, decision in decisions:
            walk = self.world.walks.get(enrollment_id)
            if walk is not None and walk.state is State.ACTIVE:
                self._note(walk, decision, now)
        return True

    def _note(self, walk: Enrollment, decision: Decision, now: datetime) -> None:
        world = self.world
        after = world.walks[walk.id] = rule.noted(walk, decision, now)
        world.lines += note_lines(walk, decision, now)
        if after.state is not State.ACTIVE:
            world.call_off(walk.id, "the walk has ended", now)
            if after.reason != Move.FINISHED:
                world.close_tasks(walk.id, TaskMove.CALLED_OFF, "the walk has ended", now)
        if isinstance(decision, Advance):
            if rule.leaves(walk, decision):
                world.leave(walk)
                world.close_tasks(walk.id, TaskMove.EXPIRED, "its time went by", now, walk)
            if decision.change:
                contact = world.contacts[walk.contact_id]
                new = rule.changed_by(contact, decision.change)
                world.rewrite(contact, new, decision.why, now)
            if decision.starts:
                live = world.live([walk.contact_id])
                mine = (walk.sequence, walk.run)
                lanes = [each for each in live if (each.sequence, each.run) == mine]
                world.move(lanes, Move.STOPPED, decision.why, now)
                enroll(world, decision.starts)

    async def assign(self, orders: Sequence[ports.Order], now: datetime) -> None:
        memory_tasks.assign(self.world, orders, now)

    async def begin(
        self,
        lease: ports.Lease,
        intents: Sequence[ports.Intent],
        now: datetime,
        heard_since: datetime,
        limits: Limits,
    ) -> tuple[ports.Begun | ports.Stopped, ...]:
        return memory_look.begin(self.world, lease, intents, now, heard_since, limits)

    async def settle(self, settlements: Sequence[ports.Settlement]) -> None:
        memory_settling.settle(self.world, settlements)

    async def lose_sight(self, lease: ports.Lease, now: datetime) -> tuple[Touch, ...]:
        return memory_settling.lose_sight(self.world, lease, now)

    async def uncertain(self, account: str) -> tuple[Touch, ...]:
        found = (each for each in self.world.touches.values() if each.account == account)
        return tuple(each for each in found if each.state is TouchState.UNCERTAIN)

    async def resolve(
        self, touch_id: int, move: TouchMove, next_step: Advance | None, now: datetime, why: str
    ) -> None:
        memory_settling.resolve(self.world, touch_id, move, next_step, now, why)

    async def copies_owed(self, account: str) -> tuple[tuple[Touch, bytes], ...]:
        found = (each for each in self.world.touches.values() if each.account == account)
        sent = (each for each in found if each.state is TouchState.SENT)
        return tuple((each, wire) for each in sent if (wire := self.world.wires[each.id]))

    async def copy_filed(self, touch_id: int) -> None:
        self.world.wires[touch_id] = b""


def enroll(world: World, given: Sequence[Enrollment]) -> tuple[int | None, ...]:
    """See ports.Outgoing; also for walks that a step starts."""
    new: dict[tuple[int, str, int, str], int] = {}
    for lanes in lanes_together(given):
        contact = world.contacts.get(lanes[0].contact_id)
        taken = {_lane(walk) for walk in world.walks.values()}
        is_new = not taken & {_lane(walk) for walk in lanes}
        if contact and not world.refused(contact.address) and is_new:
            waits_for = _waits_for(world, contact)
            for walk in lanes:
                number = new[_lane(walk)] = len(world.walks) + 1
                kept = rule.moved(walk, Move.DOUBTED, waits_for) if waits_for else walk
                world.walks[number] = replace(kept, id=number)
            first = lanes[0]
            at = first.enrolled_at
            world.tell_walk(first, Event.ENROLLMENT_STARTED, first.because, at)
            if waits_for:
                world.tell_walk(first, Event.ENROLLMENT_PAUSED, waits_for, at)
    return tuple(new.pop(_lane(walk), None) for walk in given)


def _lane(walk: Enrollment) -> tuple[int, str, int, str]:
    return walk.contact_id, walk.sequence, walk.run, walk.lane


def _waits_for(world: World, contact: Contact) -> str:
    if world.unfinished(contact.id):
        return rule.ANSWER_WAITS
    for each in colleagues(world, contact):
        handoff = world.unfinished(each)
        if handoff and handoff.id in world.covering:
            return rule.COLLEAGUE_WAITS
    return ""
