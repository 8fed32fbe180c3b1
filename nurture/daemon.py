"""Keeps the loops alive: hear and send per leased account, tell, glance, and an orderly stop."""

import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from nurture import journal, log, ports
from nurture.core.account import Account
from nurture.core.calendar.season import Away
from nurture.errors import Unreachable
from nurture.flows.admit import admit
from nurture.flows.ask_feast_days import ask_feast_days
from nurture.flows.bring_back import bring_back
from nurture.flows.file_copies import file_copies
from nurture.flows.gather_moved import gather_moved
from nurture.flows.hear import listen
from nurture.flows.heed_cues import heed_cues
from nurture.flows.obey import Fate, obey
from nurture.flows.reconnect import reconnect
from nurture.flows.remind_drafts import remind_drafts
from nurture.flows.remind_handoffs import Vigil, remind_handoffs
from nurture.flows.report_clock import report_clock
from nurture.flows.report_reading import Silence, report_deafness, report_thrift
from nurture.flows.report_sudden_end import report_sudden_end
from nurture.flows.send import Spoken, send_due
from nurture.flows.settle_doubt import lose_sight, settle_doubts
from nurture.flows.settle_in import settle_in
from nurture.flows.sound_alarm import Alarm, crying_out, outlast
from nurture.flows.sum_up import Morning, sum_up
from nurture.flows.tell import Town, tell_owners
from nurture.flows.tend_drafts import tend_drafts
from nurture.flows.warn_backup import warn_backup
from nurture.flows.warn_expiry import warn_expiry
from nurture.flows.warn_permission import warn_permission
from nurture.house import House, Newsstand, Post
from nurture.kit import Kit
from nurture.mail.cursor import Cursor, Fetched
from nurture.mail.read.inbound import Inbound
from nurture.overview import Shelves
from nurture.pulse import Pulse

_GRACE_SECONDS = 30.0  # to finish a dialogue; systemd's own limit is longer (domain.md O6)
_TELL, _GLANCE = "tell owners", "glance around"  # account names have no space
_FETCH = "fetch sources"
_BREATH = timedelta(seconds=1)
_UNSURE = timedelta(minutes=1)  # until a doubtful clock is looked at again
_MOVED_AT_ONCE = timedelta(seconds=10)  # after a mail came, its owner may be at their desk
_PROOF_COMES = timedelta(minutes=1)  # mail programs file their copy in Sent after they sent it
_LOOK_AT_SOURCES = timedelta(minutes=15)
_NEW_TOKEN = timedelta(hours=1)  # an older copy of the database is told apart from then on


@dataclass(slots=True)
class _Watch:
    """What the glance knows of an account that this worker attends."""

    kit: Kit
    rests_until: datetime | None = None
    is_full: bool = False
    is_lost: bool = False
    looked_ahead: date | None = None
    admitted_at: datetime | None = None
    unproven_since: datetime | None = None
    stirred_at: datetime | None = None
    looked_through: dict[str, Cursor] = field(default_factory=dict)

    @property
    def post(self) -> Post:
        """The account and its connections."""
        return self.kit.post

    @property
    def lease(self) -> ports.Lease:
        """By what the account is ours."""
        return self.kit.lease


@dataclass(slots=True)
class Daemon:
    """The running program; `stop` may be called at any time, once or more."""

    house: House
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _bell: asyncio.Event = field(default_factory=asyncio.Event)
    _page: asyncio.Event = field(default_factory=asyncio.Event)
    _watches: dict[str, _Watch] = field(default_factory=dict)
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
        for watch in self._watches.values():
            watch.post.mailbox.wake()

    def reread(self) -> None:
        """Soon takes over what was edited in the sequences; what is broken stays as it was (P9)."""
        self._page.set()

    async def run(self) -> None:
        """Runs until `stop`; one failing account or message never stops the others.

        Nothing begins before the database can be told apart from its copies.
        """
        house = self.house
        work = partial(settle_in, house.switch, house.clock)
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
        watch = self._watches[post.account.name] = _Watch(
            Kit(self.house, post, lease, self._pulse.clock_of(post.account.name))
        )
        journal.account_leased(post.account.name, epoch=lease.epoch)
        try:
            await self.house.accounts.occupy(lease, post.place)
            await lose_sight(watch.kit.doubt())
            await self._rounds(watch)
        finally:
            self._pulse.fell_deaf(post.account.name)
            del self._watches[post.account.name]
            await post.mailbox.close()
            await post.courier.close()
            await self.house.accounts.release(lease)

    async def _take_lease(self, account: Account) -> ports.Lease | None:
        while not self._stopping.is_set():
            now = self.house.clock.now()
            until = now + self.house.rhythm.lease
            before = await self.house.accounts.state(account.name)
            lease = await self.house.accounts.take(account.name, self.house.worker, now, until)
            if lease:
                await report_sudden_end(self.house.desk, account, before, now)
                return lease
            self._pulse.tried(account.name)
            self._pulse.beat(account.name, self.house.rhythm.lease / 4)
            await self._pulse.pause(self.house.rhythm.lease / 4)
        return None

    async def _rounds(self, watch: _Watch) -> None:
        """Round after round, until something cannot be reached.

        Then all begins anew under a newer epoch: an outcome that could not be written is found
        as a doubt (promise P2), and the pulse sets the pace.
        """
        while not self._stopping.is_set():
            if watch.is_lost:
                journal.account_lease_lost(watch.post.account.name)
                return
            try:
                again_at = await self._round(watch)
            except Unreachable as error:
                await self._report_deafness(watch, error)
                return
            if again_at:
                await self._rest(watch, again_at)

    async def _round(self, watch: _Watch) -> datetime | None:
        """Listens to the end, then speaks; returns how long to rest, None for not at all."""
        heard_since = await listen(watch.kit.ear(partial(self._obeys, watch)))
        self._alarm.all_clear()
        if watch.post.mailbox.is_sparing:
            await report_thrift(self.house.desk, watch.post.account, self.house.clock.now())
        self._pulse.heard(watch.post.account.name)
        self._bell.set()
        await gather_moved(watch.kit.pigeonholes(watch.looked_through))
        await settle_doubts(watch.kit.doubt())
        await self._admit(watch)
        await tend_drafts(watch.kit.tray(), heard_since)
        spoken = await self._speak(watch, heard_since)
        await file_copies(watch.kit.cabinet())
        await self._look_ahead(watch)
        if spoken.sent or spoken.decided:
            return None
        return await self._again_at(watch, spoken)

    async def _speak(self, watch: _Watch, heard_since: datetime) -> Spoken:
        """Sends what is due, unless nobody knows what time it is (domain.md O14)."""
        why = self.house.clock_doubt()
        if not why:
            return await send_due(watch.kit.voice(self._stopping.is_set), heard_since)
        now = self.house.clock.now()
        await report_clock(watch.post.account, why, self.house.desk, now)
        self._bell.set()
        return Spoken(again_at=now + _UNSURE, is_full=True)

    async def _admit(self, watch: _Watch) -> None:
        """Looks now and then who has come to match a sequence; a halt leaves the doors closed."""
        now = self.house.clock.now()
        if watch.admitted_at and now - watch.admitted_at < self.house.rhythm.admit:
            return
        if not await self.house.switch.halts():
            door = watch.kit.door()
            await heed_cues(door, self.house.cues)
            await admit(door)
            await reconnect(door, self.house.reconnections)
        watch.admitted_at = now

    async def _again_at(self, watch: _Watch, spoken: Spoken) -> datetime:
        account, now = watch.post.account, self.house.clock.now()
        watch.is_full = spoken.is_full
        next_due = spoken.again_at or await self.house.outgoing.next_due(account.name)
        sweep = now + account.limits.sweep_every
        if account.commands and watch.stirred_at and now - watch.stirred_at < _MOVED_AT_ONCE:
            # What was moved while another folder was open, no server tells.
            sweep = min(sweep, now + _MOVED_AT_ONCE / 5)
        if watch.unproven_since and now - watch.unproven_since < _PROOF_COMES:
            # At once, then less and less often: most programs take a second or two.
            sweep = min(sweep, now + (now - watch.unproven_since) / 2)
        return max(min(next_due or sweep, sweep), now + _BREATH)

    async def _rest(self, watch: _Watch, until: datetime) -> None:
        """Listens to the inbox until mail comes, the time has come, or somebody wakes it."""
        watch.rests_until = until
        self._pulse.beat(watch.post.account.name, until - self.house.clock.now())
        alarm = asyncio.create_task(self._wake_at(watch.post.mailbox, until))
        try:
            if not self._stopping.is_set():
                await watch.post.mailbox.wait(watch.post.account.limits.sweep_every.total_seconds())
        except Unreachable as error:
            journal.account_unreadable(watch.post.account.name, str(error))
        finally:
            watch.rests_until = None
            alarm.cancel()

    async def _wake_at(self, mailbox: ports.Mailbox, until: datetime) -> None:
        await self.house.clock.sleep_until(until)
        mailbox.wake()

    async def _look_ahead(self, watch: _Watch) -> None:
        post, now = watch.post, self.house.clock.now()
        if post.tokens is not None:
            ends = await post.tokens.expiries()
            await warn_expiry(post.account, ends, self.house.desk, now)
        if watch.looked_ahead != now.date():
            watch.looked_ahead = now.date()
            clock = self._pulse.clock_of(post.account.name)
            await warn_permission(post.account, self.house.permits, clock)
            await warn_backup(post.account, self.house.last_backup(), self.house.desk, now)
            await remind_drafts(post.account, self.house.drafts, self.house.desk, clock)
            await ask_feast_days(
                post.account, self.house.permits, self.house.catalog, self.house.desk, clock
            )

    async def _report_deafness(self, watch: _Watch, fault: Unreachable) -> None:
        """No eyes, no mouth (promise P5)."""
        silence = Silence(watch.post.account, self.house.accounts, self.house.desk)
        async with crying_out(self._alarm, self.house.clock):
            if await report_deafness(silence, fault, self.house.clock.now()):
                self._bell.set()

    async def _tell(self) -> None:
        house, clock = self.house, self._pulse.clock_of(_TELL)
        accounts = {post.account.name: post.account for post in house.posts}
        closed = partial(_closed_days, house)
        instructions, key = house.instructions, house.key
        town = Town(accounts, house.desk, house.routes, clock, instructions, key, closed=closed)
        vigil = Vigil(accounts, house.desk, house.people, house.catalog, clock)
        morning = Morning(accounts, _shelves(house, clock))
        while not self._stopping.is_set():
            self._bell.clear()
            # What is known is told first: no mistake in what follows may keep an answer back.
            await tell_owners(town)
            more = await bring_back(house.desk, clock) + await remind_handoffs(vigil)
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
            await fetch_due(stand, self.house.desk, first.account.name, clock)
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
                settled_at = await settle_in(self.house.switch, self.house.clock)
            is_halted = bool(await self.house.switch.halts())
            for name, watch in tuple(self._watches.items()):
                until = now + self.house.rhythm.lease
                watch.is_lost = not await self.house.accounts.renew(watch.lease, now, until)
                due = await self.house.outgoing.next_due(name)
                may_speak = not is_halted and not watch.is_full
                rests_past_it = due and may_speak and watch.rests_until and due < watch.rests_until
                if watch.is_lost or (rests_past_it and due and due <= now):
                    watch.post.mailbox.wake()
            self._pulse.beat(_GLANCE, self.house.rhythm.glance)
            await self._pulse.pause(self.house.rhythm.glance, self._page)
            if await self.house.has_changed():
                self._page.set()
            if self._page.is_set() and not self._stopping.is_set():
                self._page.clear()
                await self._pulse.reload(self.house.reread)
                for watch in self._watches.values():
                    watch.admitted_at = None
                self._bell.set()

    async def _obeys(self, watch: _Watch, inbound: Inbound, fetched: Fetched) -> bool:
        """Whether it was a command; where its proof may come any second, we look again soon."""
        watch.stirred_at = self.house.clock.now()
        fate = await obey(watch.kit.audience(), inbound, fetched)
        if fate is Fate.UNPROVEN:
            watch.unproven_since = self.house.clock.now()
        return fate is not Fate.NOT_MEANT


def _shelves(house: House, clock: ports.Clock) -> Shelves:
    return Shelves(
        accounts=house.accounts,
        desk=house.desk,
        tasks=house.tasks,
        promises=house.promises,
        drafts=house.drafts,
        people=house.people,
        outgoing=house.outgoing,
        switch=house.switch,
        catalog=house.catalog,
        clock=clock,
        key=house.key,
    )


def _closed_days(house: House) -> tuple[Away, ...]:
    return house.catalog.calendar.away
