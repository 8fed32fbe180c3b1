"""Runs the real engine until a day: hearing, admitting, sending, and the owner's own work."""

import heapq
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import count
from typing import Final

from nurture import ports
from nurture.core.account import Account
from nurture.core.calendar import at_wall_time, local_day
from nurture.core.task import TaskMove
from nurture.demo.story_clock import StoryClock
from nurture.ear import Ear, nobody_obeys
from nurture.flows.admit import admit
from nurture.flows.finish_task import Workbench, finish_task
from nurture.flows.hear import listen
from nurture.flows.reconnect import reconnect
from nurture.flows.send import Voice, send_due
from nurture.flows.shelve import Shelf
from nurture.house import House, Post
from nurture.kit import Kit
from nurture.mail.cursor import Folder
from nurture.mail.delivery import Accepted, Answer, Delivery, Envelope, Phase, Rejected, Scope
from nurture.register import Door
from nurture.simulation.mailbox import MemoryMailbox
from nurture.simulation.persona import Crowd, Temper
from nurture.speech import one_by_one
from nurture.storage import Store
from nurture.value import frozen

_SECOND: Final = timedelta(seconds=1)
_DAY: Final = timedelta(days=1)
_AT_WORK: Final = time(10)
_FAR: Final = timedelta(days=36500)
_BATCH: Final = 50
_NOBODY: Final = Answer(Phase.RCPT, 550, "5.1.1 no such user")


@frozen
class Scene:
    """What a simulation works with: a store that is thrown away, and a clock that jumps."""

    store: Store
    shelf: Shelf
    accounts: Mapping[str, Account]
    clock: StoryClock
    key: bytes
    crowd: Crowd


class Play:
    """A simulation that can be carried on, a turn at a time; nothing leaves the machine."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._order = count()
        self._arrivals: list[tuple[datetime, int, str, bytes]] = []
        self._posts = {name: Correspondent(self, each) for name, each in scene.accounts.items()}

    async def until(self, end: datetime) -> AsyncIterator[datetime]:
        """Lives through the time to `end`; yields at the beginning of every day."""
        clock = self._scene.clock
        for post in self._posts.values():
            await post.begin(clock.now() + _FAR)
        morning = clock.now()
        while clock.now() < end:
            if clock.now() >= morning:
                yield morning
                await self._begin_day()
                morning = self._next_morning()
            ahead = [await post.turn() for post in self._posts.values()]
            soonest = min(each for each in (*ahead, self.next_arrival, morning) if each)
            await clock.advance_to(max(soonest, clock.now() + _SECOND))
            self.bring()

    def expect(self, account: str, at: datetime, raw: bytes) -> None:
        """Mail for an account's inbox, at that instant."""
        heapq.heappush(self._arrivals, (at, next(self._order), account, raw))

    @property
    def scene(self) -> Scene:
        """What it works with."""
        return self._scene

    @property
    def house(self) -> House:
        """What the daemon would work with, in the place of these correspondents."""
        scene = self._scene
        return House(
            posts=[Post(each.account, each.mailbox, each) for each in self._posts.values()],
            store=scene.store,
            catalog=scene.shelf,
            routes=(),
            clock=scene.clock,
            key=scene.key,
            worker="simulation",
        )

    @property
    def next_arrival(self) -> datetime | None:
        """When the next mail is due to arrive."""
        return self._arrivals[0][0] if self._arrivals else None

    def bring(self) -> None:
        """Puts what has arrived by now into the inboxes."""
        while self._arrivals and self._arrivals[0][0] <= self._scene.clock.now():
            at, _, account, raw = heapq.heappop(self._arrivals)
            self._posts[account].mailbox.deliver(Folder.INBOX, raw, at)

    def _next_morning(self) -> datetime:
        now = self._scene.clock.now()
        zone = next((each.owner.zone for each in self._scene.accounts.values()), "UTC")
        today = local_day(now, zone)
        at_work = at_wall_time(today, _AT_WORK, zone)
        return at_work if at_work > now else at_wall_time(today + _DAY, _AT_WORK, zone)

    async def _begin_day(self) -> None:
        """Whoever matches begins, and the owner does what is due today."""
        scene = self._scene
        for post in self._posts.values():
            door = post.door()
            await admit(door)
            await reconnect(door, scene.store.reconnections)
        store = scene.store
        bench = Workbench(
            store.tasks, store.people, store.outgoing, scene.shelf, scene.accounts, scene.clock
        )
        for task, _ in await store.tasks.tasks(open_only=True):
            zone = scene.accounts[task.account].owner.zone
            if task.due_on <= local_day(scene.clock.now(), zone):
                await finish_task(bench, task.id, TaskMove.FINISHED, "done")


@dataclass(slots=True)
class Correspondent:
    """One account in a simulation: its own mailbox in memory, and a courier that asks the crowd."""

    play: Play
    account: Account
    mailbox: MemoryMailbox = field(init=False)
    lease: ports.Lease | None = None
    mails: Counter[str] = field(default_factory=Counter)
    _read_up_to: int = -1

    def __post_init__(self) -> None:
        # The breath between two mails only spreads them over the minutes of an hour.
        limits = replace(self.account.limits, gap=timedelta(0), batch=_BATCH)
        self.account = replace(self.account, limits=limits, files_sent_copy=True, since=None)
        self.mailbox = MemoryMailbox(self.play.scene.clock)

    async def begin(self, until: datetime) -> None:
        """Takes the lease, once."""
        now, store = self.play.scene.clock.now(), self.play.scene.store
        if self.lease is None:
            self.lease = await store.accounts.take(self.account.name, "simulation", now, until)
            await listen(self._ear())

    async def turn(self) -> datetime | None:
        """Hears what has come, speaks, and says when to look again; None for never."""
        scene = self.play.scene
        now, outgoing = scene.clock.now(), scene.store.outgoing
        position = await self.mailbox.position(Folder.INBOX)
        if position and position.uid != self._read_up_to:
            await listen(self._ear())
            self._read_up_to = position.uid
        else:
            await scene.store.accounts.was_read(self._held, now)
        due = await outgoing.next_due(self.account.name)
        while due and due <= now:
            spoken = await send_due(self._voice(), now)
            due = spoken.again_at or await outgoing.next_due(self.account.name)
            if not spoken.sent and not spoken.decided:
                break
        return max(due, now + _SECOND) if due else None

    async def deliver(self, envelope: Envelope) -> Delivery:
        """The port Courier: the person's temper decides what comes of it."""
        scene, address = self.play.scene, envelope.recipient
        if scene.crowd.temper(address) is Temper.REFUSES:
            return Rejected(_NOBODY, Scope.RECIPIENT)
        self.mails[address] += 1
        contact = await scene.store.people.contact(address)
        if contact is not None:
            reaction = scene.crowd.reaction(
                contact, self.mails[address], envelope.wire, scene.clock.now()
            )
            if reaction:
                self.play.expect(self.account.name, reaction.at, reaction.raw)
        return Accepted(Answer(Phase.BODY, 250, "taken"))

    async def carry(self, load: ports.Load) -> None:
        """The port Courier: each in its turn."""
        await one_by_one(load, self.deliver)

    async def close(self) -> None:
        """Nothing to end."""

    def door(self) -> Door:
        """Who may come in, however much there is to do."""
        return replace(self._kit.door(), tasks=None)

    @property
    def _held(self) -> ports.Lease:
        if self.lease is None:
            raise RuntimeError("the simulation has not begun")
        return self.lease

    @property
    def _kit(self) -> Kit:
        post = Post(self.account, self.mailbox, self)
        return Kit(self.play.house, post, self._held, self.play.scene.clock)

    def _ear(self) -> Ear:
        return self._kit.ear(nobody_obeys)

    def _voice(self) -> Voice:
        """Nobody is there to be asked for a word."""
        return replace(self._kit.voice(_never), drafts=None)


def _never() -> bool:
    return False
