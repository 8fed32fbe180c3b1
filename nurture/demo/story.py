"""Ninety days in one go: the real daemon, a dozen people, and time that jumps when all is quiet."""

import asyncio
import heapq
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from itertools import count

from nurture import journal
from nurture.daemon import Daemon, Rhythm
from nurture.demo.persona import OWNER, PERSONAS, Persona, Reaction
from nurture.demo.proof import Record, Spoken, promises
from nurture.demo.sandbox import Received
from nurture.demo.stage import ACCOUNT, Stage, built
from nurture.demo.story_clock import StoryClock
from nurture.errors import Broken
from nurture.flows.enroll import Register, enroll
from nurture.mail.inbound import read
from nurture.wiring import World, house_of, world_of

START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
LENGTH = timedelta(days=90)
_RHYTHM = Rhythm(lease=timedelta(days=1), tell=timedelta(hours=12), glance=timedelta(hours=12))
_LOOPS = 3  # attend, tell and glance: when all of them sleep, nothing is left to do now
_PATIENCE = 2000  # breaths of a millisecond
_BLIND_FROM = START + timedelta(days=20)
_OFFICE = range(9, 14)
_FILED = frozenset({"touch_sent", "owner_wrote"})
_HEARD = frozenset({"reply_heard", "owner_wrote", "mail_ignored", "mail_quarantined"})

Event = dict[str, object]


@dataclass(frozen=True, slots=True)
class Person:
    """How a persona's ninety days ended."""

    persona: Persona
    mails: int
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Ending:
    """What came of everybody, and which promises held."""

    people: tuple[Person, ...]
    promises: dict[str, bool]


@dataclass(slots=True)
class Story:
    """One playing of the demo; `tell` is given every event as it happens."""

    tell: Callable[[Event], None]
    clock: StoryClock = field(default_factory=lambda: StoryClock(START))
    _people: dict[int, Persona] = field(default_factory=dict)
    _agenda: list[tuple[datetime, int, Callable[[], Awaitable[None]]]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=count)
    _mails: Counter[str] = field(default_factory=Counter)
    _spoken: list[Spoken] = field(default_factory=list)
    _verdicts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _blind: list[tuple[datetime, datetime]] = field(default_factory=list)
    _left_in_mailbox: int = 0
    _heard: int = 0
    _can_see: bool = True
    _stage: Stage | None = None

    async def play(self) -> Ending:
        """The whole story."""
        journal.configure("silent", "debug")
        async with built(self.clock, self._on_mail) as stage:
            self._stage = stage
            async with world_of(stage.settings, self.clock) as world:
                with journal.listening(self._on_event):
                    await self._invite(world)
                    await self._run_daemon(stage, world)
                    return await self._ending(stage, world)

    async def _run_daemon(self, stage: Stage, world: World) -> None:
        daemon = Daemon(house_of(world, _RHYTHM))
        running = asyncio.create_task(daemon.run())
        try:
            await self._live(stage, world, running)
        finally:
            daemon.stop()
            await running

    async def _invite(self, world: World) -> None:
        """Imports the dozen and enrolls each in their sequence."""
        await world.store.people.merge([each.contact() for each in PERSONAS], self.clock.now())
        register = Register(world.store.outgoing, world.store.people, world.accounts, self.clock)
        for persona in PERSONAS:
            contact = await world.store.people.contact(persona.address)
            if contact is None:
                raise Broken(f"{persona.address} was not imported")
            self._people[contact.id] = persona
            sequence = world.shelf.sequences[persona.sequence]
            await enroll(register, [contact], sequence, ACCOUNT, reason="the demo")

    async def _live(self, stage: Stage, world: World, running: asyncio.Task[None]) -> None:
        end = START + LENGTH
        while self.clock.now() < end:
            await self._quiet(stage, running)
            await self._plan_blindness(stage, world)
            ahead = [end, self.clock.next_wake, self._agenda[0][0] if self._agenda else None]
            await self.clock.advance_to(min(each for each in ahead if each))
            while self._agenda and self._agenda[0][0] <= self.clock.now():
                _, _, act = heapq.heappop(self._agenda)
                await act()

    async def _quiet(self, stage: Stage, running: asyncio.Task[None]) -> None:
        """Until every loop sleeps and every mail in the owner's mailbox was looked at."""
        for _ in range(_PATIENCE):
            await self.clock.settle()
            told = sum(mail.recipient == OWNER for mail in stage.received)
            unread = self._left_in_mailbox + told - self._heard
            if self.clock.asleep >= _LOOPS and (unread <= 0 or not self._can_see):
                return
            if running.done():
                await running
            await self.clock.breathe()
        raise Broken("the demo's daemon does not come to rest")

    def _at(self, when: datetime, act: Callable[[], Awaitable[None]]) -> None:
        heapq.heappush(self._agenda, (when, next(self._order), act))

    async def _plan_blindness(self, stage: Stage, world: World) -> None:
        """Once, around something that is due in office hours, the mailbox cannot be read."""
        if self._blind or self.clock.now() < _BLIND_FROM:
            return
        due = await world.store.outgoing.next_due(ACCOUNT.name)
        if due is None or due.hour not in _OFFICE or due - self.clock.now() < timedelta(hours=1):
            return
        start, end = due - timedelta(minutes=10), due + timedelta(hours=2)
        self._blind.append((start, end))
        self._at(start, partial(self._blindfold, stage))
        self._at(end, stage.unveil)
        self._at(start, partial(self._say, "mailbox_unreachable"))
        self._at(end, partial(self._say, "mailbox_back"))

    async def _blindfold(self, stage: Stage) -> None:
        await stage.blindfold()
        self._can_see = False  # until the next reading to the end

    async def _say(self, event: str) -> None:
        self.tell({"event": event, "at": self.clock.now().isoformat()})

    def _on_mail(self, mail: Received) -> None:
        """Somebody got a mail; perhaps they will do something about it."""
        persona = next((each for each in PERSONAS if each.address == mail.recipient), None)
        if persona is None:
            return
        self._mails[persona.address] += 1
        for reaction in persona.reactions:
            if reaction.on_mail == self._mails[persona.address]:
                when = mail.at + reaction.after
                self._at(when, partial(self._react, persona, reaction, mail))

    async def _react(self, persona: Persona, reaction: Reaction, mail: Received) -> None:
        now = self.clock.now()
        raw = reaction.write(persona, read(mail.raw), now)
        self._spoken.append(Spoken(persona, now, reaction.meaning, read(raw).message_id))
        self.tell({
            "event": "contact_did", "at": now.isoformat(), "contact": persona.address,
            "name": persona.name, "what": reaction.told,
        })  # fmt: skip
        await self._leave("INBOX", raw)

    async def _leave(self, folder: str, raw: bytes) -> None:
        if self._stage is None:
            raise Broken("the story has no stage")
        self._left_in_mailbox += folder == "INBOX"
        await self._stage.sandbox.deliver(OWNER, raw, folder)

    async def _owner_answers(self, persona: Persona) -> None:
        """Anna answers from her phone; all that nurture sees is her Sent folder."""
        now = self.clock.now()
        rows = (
            f"From: Anna Carter <{OWNER}>", f"To: {persona.name} <{persona.address}>",
            "Subject: Re: your question", f"Date: {format_datetime(now)}",
            f"Message-ID: <{now:%Y%m%d%H%M%S}.phone@{OWNER.partition('@')[2]}>",
            "Content-Type: text/plain; charset=us-ascii", "", "I call you at four. Anna", "",
        )  # fmt: skip
        await self._leave("Sent", "\r\n".join(rows).encode())

    def _on_event(self, seen: Event) -> None:
        """From the journal's ids to people, and on to whoever tells the story."""
        event = str(seen["event"])
        self._heard += event in _HEARD
        self._can_see |= event == "account_read"
        contact_id = seen.pop("contact_id", None)
        persona = self._people.get(contact_id) if isinstance(contact_id, int) else None
        # What lies in Sent is announced by nobody and counts once it is there to be read.
        self._left_in_mailbox += event in _FILED
        if persona and event == "reply_heard":
            self._judged(persona, str(seen["verdict"]))
        if persona and event == "handoff_opened" and persona.given_name == "Ada":
            when = self.clock.now() + timedelta(minutes=40)
            self._at(when, partial(self._owner_answers, persona))
        if seen.pop("level", None) == "debug":
            return
        who = {"contact": persona.address, "name": persona.name} if persona else {}
        self.tell({**seen, "at": self.clock.now().isoformat(), **who})

    def _judged(self, persona: Persona, verdict: str) -> None:
        theirs = [each.message_id for each in self._spoken if each.persona == persona]
        open_ids = [each for each in theirs if each not in self._verdicts]
        self._verdicts[(open_ids or theirs or ["nobody"])[0]].append(verdict)

    async def _ending(self, stage: Stage, world: World) -> Ending:
        people, reasons = [], {}
        for contact_id, persona in self._people.items():
            ledger = await world.store.desk.ledger(contact_id)
            reasons[persona.address] = sum(bool(e.event == "touch_sent" and e.why) for e in ledger)
            walk = (await world.store.desk.enrollments(contact_id))[-1]
            why = walk.held_why or (ledger[-1].why if ledger else "")
            mails = self._mails[persona.address]
            people.append(Person(persona, mails, str(walk.state), why))
        record = Record(
            account=ACCOUNT,
            personas=PERSONAS,
            received=stage.received,
            spoken=self._spoken,
            blind=self._blind,
            verdicts=self._verdicts,
            reasons=reasons,
            windows={name: each.window for name, each in world.shelf.sequences.items()},
        )
        return Ending(tuple(people), promises(record))
