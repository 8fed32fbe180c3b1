"""One account under its lease: hears to the end, then speaks, round after round (promise P5)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from nurture import journal, ports
from nurture.errors import Unreachable
from nurture.flows.admit import admit
from nurture.flows.ask_feast_days import ask_feast_days
from nurture.flows.file_copies import file_copies
from nurture.flows.gather_moved import gather_moved
from nurture.flows.hear import listen
from nurture.flows.heed_cues import heed_cues
from nurture.flows.obey import Fate, obey
from nurture.flows.reconnect import reconnect
from nurture.flows.remind_drafts import remind_drafts
from nurture.flows.report_clock import report_clock
from nurture.flows.report_reading import Silence, report_deafness, report_thrift
from nurture.flows.send import Spoken, send_due
from nurture.flows.settle_doubt import settle_doubts
from nurture.flows.sound_alarm import Alarm, crying_out
from nurture.flows.tend_drafts import tend_drafts
from nurture.flows.warn_backup import warn_backup
from nurture.flows.warn_crowd import warn_crowd
from nurture.flows.warn_expiry import warn_expiry
from nurture.flows.warn_permission import warn_permission
from nurture.house import House, Post
from nurture.kit import Kit
from nurture.mail.cursor import Cursor, Fetched
from nurture.mail.read.inbound import Inbound
from nurture.pulse import Pulse

_BREATH = timedelta(seconds=1)
_UNSURE = timedelta(minutes=1)  # until a doubtful clock is looked at again
_MOVED_AT_ONCE = timedelta(seconds=10)  # after a mail came, its owner may be at their desk
_PROOF_COMES = timedelta(minutes=1)  # mail programs file their copy in Sent after they sent it


@dataclass(slots=True)
class Attendance:
    """What this worker does for one account; `ring` says that somebody may have to be told."""

    kit: Kit
    pulse: Pulse
    alarm: Alarm
    is_stopping: Callable[[], bool]
    ring: Callable[[], None]
    _rests_until: datetime | None = None
    _is_full: bool = False
    _is_lost: bool = False
    _looked_ahead: date | None = None
    _looked_around: datetime | None = None
    _admitted_at: datetime | None = None
    _unproven_since: datetime | None = None
    _stirred_at: datetime | None = None
    _looked_through: dict[str, Cursor] = field(default_factory=dict)

    @property
    def post(self) -> Post:
        """The account and its connections."""
        return self.kit.post

    @property
    def house(self) -> House:
        """What everything here works with."""
        return self.kit.house

    @property
    def lease(self) -> ports.Lease:
        """By what the account is ours."""
        return self.kit.lease

    def open_doors(self) -> None:
        """Whoever matches a sequence may be somebody else now: the next round looks."""
        self._admitted_at = None

    async def look_up(self, now: datetime, *, is_halted: bool) -> None:
        """Renews the lease, and wakes a rest that goes past something that became due earlier."""
        self._is_lost = not await self.house.store.accounts.renew(
            self.lease, now, now + self.house.rhythm.lease
        )
        due = await self.house.store.outgoing.next_due(self.post.account.name)
        may_speak = not is_halted and not self._is_full
        rests_past_it = due and may_speak and self._rests_until and due < self._rests_until
        if self._is_lost or (rests_past_it and due and due <= now):
            self.post.mailbox.wake()

    async def rounds(self) -> None:
        """Round after round, until something cannot be reached.

        Then all begins anew under a newer epoch: an outcome that could not be written is found
        as a doubt (promise P2), and the pulse sets the pace.
        """
        while not self.is_stopping():
            if self._is_lost:
                journal.account_lease_lost(self.post.account.name)
                return
            try:
                again_at = await self._round()
            except Unreachable as error:
                await self._report_deafness(error)
                return
            if again_at:
                await self._rest(again_at)

    async def _round(self) -> datetime | None:
        """Listens to the end, then speaks; returns how long to rest, None for not at all."""
        heard_since = await listen(self.kit.ear(self._obeys))
        self.alarm.all_clear()
        if self.post.mailbox.is_sparing:
            await report_thrift(self.house.store.desk, self.post.account, self.house.clock.now())
        self.pulse.heard(self.post.account.name)
        self.ring()
        await gather_moved(self.kit.pigeonholes(self._looked_through))
        await settle_doubts(self.kit.doubt())
        await self._admit()
        await tend_drafts(self.kit.tray(), heard_since)
        spoken = await self._speak(heard_since)
        await file_copies(self.kit.cabinet())
        await self._look_ahead()
        if spoken.sent or spoken.decided:
            return None
        return await self._again_at(spoken)

    async def _speak(self, heard_since: datetime) -> Spoken:
        """Sends what is due, unless nobody knows what time it is (domain.md O14)."""
        why = self.house.clock_doubt()
        if not why:
            return await send_due(self.kit.voice(self.is_stopping), heard_since)
        now = self.house.clock.now()
        await report_clock(self.post.account, why, self.house.store.desk, now)
        self.ring()
        return Spoken(again_at=now + _UNSURE, is_full=True)

    async def _admit(self) -> None:
        """Looks now and then who has come to match a sequence; a halt leaves the doors closed."""
        now = self.house.clock.now()
        if self._admitted_at and now - self._admitted_at < self.house.rhythm.admit:
            return
        if not await self.house.store.switch.halts():
            door = self.kit.door()
            await heed_cues(door, self.house.store.cues)
            await admit(door)
            await reconnect(door, self.house.store.reconnections)
        self._admitted_at = now

    async def _again_at(self, spoken: Spoken) -> datetime:
        account, now = self.post.account, self.house.clock.now()
        self._is_full = spoken.is_full
        next_due = spoken.again_at or await self.house.store.outgoing.next_due(account.name)
        sweep = now + account.limits.sweep_every
        if account.commands and self._stirred_at and now - self._stirred_at < _MOVED_AT_ONCE:
            # What was moved while another folder was open, no server tells.
            sweep = min(sweep, now + _MOVED_AT_ONCE / 5)
        if self._unproven_since and now - self._unproven_since < _PROOF_COMES:
            # At once, then less and less often: most programs take a second or two.
            sweep = min(sweep, now + (now - self._unproven_since) / 2)
        return max(min(next_due or sweep, sweep), now + _BREATH)

    async def _rest(self, until: datetime) -> None:
        """Listens to the inbox until mail comes, the time has come, or somebody wakes it."""
        self._rests_until = until
        self.pulse.beat(self.post.account.name, until - self.house.clock.now())
        alarm = asyncio.create_task(self._wake_at(until))
        try:
            if not self.is_stopping():
                await self.post.mailbox.wait(self.post.account.limits.sweep_every.total_seconds())
        except Unreachable as error:
            journal.account_unreadable(self.post.account.name, str(error))
        finally:
            self._rests_until = None
            alarm.cancel()

    async def _wake_at(self, until: datetime) -> None:
        await self.house.clock.sleep_until(until)
        self.post.mailbox.wake()

    async def _look_ahead(self) -> None:
        house, account, now = self.house, self.post.account, self.house.clock.now()
        if self.post.tokens is not None:
            ends = await self.post.tokens.expiries()
            await warn_expiry(account, ends, house.store.desk, now)
        if (hour := now.replace(minute=0, second=0, microsecond=0)) != self._looked_around:
            self._looked_around = hour
            await warn_crowd(account, house.store.accounts, house.store.desk, now)
        if self._looked_ahead != now.date():
            self._looked_ahead = now.date()
            clock = self.pulse.clock_of(account.name)
            await warn_permission(account, house.store.permits, clock)
            await warn_backup(account, house.last_backup(), house.store.desk, now)
            await remind_drafts(account, house.store.drafts, house.store.desk, clock)
            await ask_feast_days(
                account, house.store.permits, house.catalog, house.store.desk, clock
            )

    async def _report_deafness(self, fault: Unreachable) -> None:
        """No eyes, no mouth (promise P5)."""
        silence = Silence(self.post.account, self.house.store.accounts, self.house.store.desk)
        async with crying_out(self.alarm, self.house.clock):
            if await report_deafness(silence, fault, self.house.clock.now()):
                self.ring()

    async def _obeys(self, inbound: Inbound, fetched: Fetched) -> bool:
        """Whether it was a command; where its proof may come any second, we look again soon."""
        self._stirred_at = self.house.clock.now()
        fate = await obey(self.kit.audience(), inbound, fetched)
        if fate is Fate.UNPROVEN:
            self._unproven_since = self.house.clock.now()
        return fate is not Fate.NOT_MEANT
