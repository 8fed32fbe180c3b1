"""Keeps the loops alive: hear and send per leased account, tell, glance, and an orderly stop."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from nurture import journal, log, ports
from nurture.attendance import Attendance
from nurture.core.account import Account
from nurture.core.calendar.season import Away
from nurture.flows.bring_back import bring_back
from nurture.flows.remind_handoffs import Vigil, remind_handoffs
from nurture.flows.report_sudden_end import report_sudden_end
from nurture.flows.settle_doubt import lose_sight
from nurture.flows.settle_in import settle_in
from nurture.flows.sound_alarm import Alarm, crying_out, outlast
from nurture.flows.sum_up import Morning, sum_up
from nurture.flows.tell import Town, tell_owners
from nurture.house import House, Newsstand, Post
from nurture.kit import Kit
from nurture.overview import Shelves
from nurture.pulse import Pulse

_GRACE_SECONDS = 30.0  # to finish a dialogue; systemd's own limit is longer (domain.md O6)
_TELL, _GLANCE = "tell owners", "glance around"  # account names have no space
_FETCH = "fetch sources"
_LOOK_AT_SOURCES = timedelta(minutes=15)
_NEW_TOKEN = timedelta(hours=1)  # an older copy of the database is told apart from then on


@dataclass(slots=True)
class Daemon:
    """The running program; `stop` may be called at any time, once or more."""

    house: House
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _bell: asyncio.Event = field(default_factory=asyncio.Event)
    _page: asyncio.Event = field(default_factory=asyncio.Event)
    _attended: dict[str, Attendance] = field(default_factory=dict)
    _pulse: Pulse = field(init=False)
    _alarm: Alarm = field(init=False)

    def __post_init__(self) -> None:
        accounts = [post.account.name for post in self.house.posts]
        of = {post.account.name: post.account for post in self.house.posts}
        self._alarm = Alarm(of, self.house.routes)
        self._pulse = Pulse(self.house.clock, self.house.supervisor, self._stopping, accounts)

    def stop(self) -> None:
        """Lets the dialogue under way end, settles it, gives the leases back; `run` returns."""
        self._stopping.set()
        self._bell.set()
        self._page.set()
        for each in self._attended.values():
            each.post.mailbox.wake()

    def reread(self) -> None:
        """Soon takes over what was edited in the sequences; what is broken stays as it was (P9)."""
        self._page.set()

    async def run(self) -> None:
        """Runs until `stop`; one failing account or message never stops the others.

        Nothing begins before the database can be told apart from its copies.
        """
        house = self.house
        work = partial(settle_in, house.store.switch, house.clock)
        is_stopping = self._stopping.is_set
        if not await outlast(work, self._alarm, house.clock, house.supervisor, is_stopping):
            return
        journal.daemon_started(accounts=len(self.house.posts), version=self.house.version)
        async with asyncio.TaskGroup() as group:
            loops = [
                group.create_task(self._pulse.keep(post.account.name, partial(self._attend, post)))
                for post in self.house.posts
            ]
            loops.append(group.create_task(self._pulse.keep(_TELL, self._tell)))
            loops.append(group.create_task(self._pulse.keep(_GLANCE, self._glance)))
            if self.house.newsstand:
                fetching = partial(self._fetch, self.house.newsstand)
                loops.append(group.create_task(self._pulse.keep(_FETCH, fetching)))
            await self._stopping.wait()
            self.house.supervisor.stopping()
            _, late = await asyncio.wait(loops, timeout=_GRACE_SECONDS)
            for loop in late:
                loop.cancel()
        journal.daemon_stopped()

    @property
    def pulse(self) -> Pulse:
        """How the loops get on, for whoever watches from outside."""
        return self._pulse

    async def _attend(self, post: Post) -> None:
        """Hears and speaks for one account while its lease is ours; always hears first."""
        with log.attending(post.account.name):
            await self._attend_leased(post)

    async def _attend_leased(self, post: Post) -> None:
        async with crying_out(self._alarm, self.house.clock):
            lease = await self._take_lease(post.account)
        if lease is None:
            return
        attendance = self._attended[post.account.name] = Attendance(
            Kit(self.house, post, lease, self._pulse.clock_of(post.account.name)),
            self._pulse,
            self._alarm,
            self._stopping.is_set,
            self._bell.set,
        )
        journal.account_leased(post.account.name, epoch=lease.epoch)
        try:
            await self.house.store.accounts.occupy(lease, post.place)
            await lose_sight(attendance.kit.doubt())
            await attendance.rounds()
        finally:
            self._pulse.fell_deaf(post.account.name)
            del self._attended[post.account.name]
            await post.mailbox.close()
            await post.courier.close()
            await self.house.store.accounts.release(lease)

    async def _take_lease(self, account: Account) -> ports.Lease | None:
        while not self._stopping.is_set():
            now = self.house.clock.now()
            until = now + self.house.rhythm.lease
            before = await self.house.store.accounts.state(account.name)
            lease = await self.house.store.accounts.take(
                account.name, self.house.worker, now, until
            )
            if lease:
                await report_sudden_end(self.house.store.desk, account, before, now)
                return lease
            self._pulse.tried(account.name)
            self._pulse.beat(account.name, self.house.rhythm.lease / 4)
            await self._pulse.pause(self.house.rhythm.lease / 4)
        return None

    async def _tell(self) -> None:
        house, clock = self.house, self._pulse.clock_of(_TELL)
        accounts = {post.account.name: post.account for post in house.posts}
        closed = partial(_closed_days, house)
        instructions, key = house.store.instructions, house.key
        town = Town(
            accounts, house.store.desk, house.routes, clock, instructions, key, closed=closed
        )
        vigil = Vigil(accounts, house.store.desk, house.store.people, house.catalog, clock)
        morning = Morning(accounts, _shelves(house, clock))
        while not self._stopping.is_set():
            self._bell.clear()
            # What is known is told first: no mistake in what follows may keep an answer back.
            await tell_owners(town)
            more = await bring_back(house.store.desk, clock) + await remind_handoffs(vigil)
            # A morning before the first reading would call every account deaf.
            if self._pulse.is_ready:
                more += await sum_up(morning)
            if more:
                self._bell.set()
            self._pulse.beat(_TELL, house.rhythm.tell)
            await self._pulse.pause(house.rhythm.tell, self._bell)

    async def _fetch(self, stand: Newsstand) -> None:
        """Looks at the sources whose time has come; whatever they send, the others go on."""
        # Only here: who has nothing fetched need not hold what reads the web's pages.
        from nurture.flows.fetch_sources import fetch_due

        clock, (first, *_) = self._pulse.clock_of(_FETCH), self.house.posts
        while not self._stopping.is_set():
            await fetch_due(stand, self.house.store.desk, first.account.name, clock)
            self._pulse.beat(_FETCH, _LOOK_AT_SOURCES)
            await self._pulse.pause(_LOOK_AT_SOURCES)

    async def _glance(self) -> None:
        """Looks around until the stop; a database that cannot be used is cried out."""
        async with crying_out(self._alarm, self.house.clock):
            await self._look_around()

    async def _look_around(self) -> None:
        """Renews the leases, and wakes whoever rests past something that became due earlier."""
        settled_at = self.house.clock.now()
        while not self._stopping.is_set():
            now = self.house.clock.now()
            if now - settled_at >= _NEW_TOKEN:
                settled_at = await settle_in(self.house.store.switch, self.house.clock)
            is_halted = bool(await self.house.store.switch.halts())
            for each in tuple(self._attended.values()):
                await each.look_up(now, is_halted=is_halted)
            self._pulse.beat(_GLANCE, self.house.rhythm.glance)
            await self._pulse.pause(self.house.rhythm.glance, self._page)
            if await self.house.has_changed():
                self._page.set()
            if self._page.is_set() and not self._stopping.is_set():
                self._page.clear()
                await self._pulse.reload(self.house.reread)
                for each in self._attended.values():
                    each.open_doors()
                self._bell.set()


def _shelves(house: House, clock: ports.Clock) -> Shelves:
    return Shelves(
        accounts=house.store.accounts,
        desk=house.store.desk,
        tasks=house.store.tasks,
        promises=house.store.promises,
        drafts=house.store.drafts,
        people=house.store.people,
        outgoing=house.store.outgoing,
        switch=house.store.switch,
        catalog=house.catalog,
        clock=clock,
        key=house.key,
    )


def _closed_days(house: House) -> tuple[Away, ...]:
    return house.catalog.calendar.away
