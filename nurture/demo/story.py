"""Ninety days in one go: the real daemon, a dozen people, and time that jumps when all is quiet."""

import asyncio
import heapq
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from itertools import count

from nurture import log
from nurture.core.enrollment import State
from nurture.daemon import Daemon
from nurture.demo.persona import OWNER, PERSONAS, Persona, Reaction
from nurture.demo.proof import Record, Spoken, promises
from nurture.demo.sandbox import Received
from nurture.demo.stage import ACCOUNT, Stage, built
from nurture.demo.story_clock import StoryClock
from nurture.errors import Broken
from nurture.flows.enroll import enroll
from nurture.house import Rhythm
from nurture.mail.read.inbound import read
from nurture.register import Register
from nurture.transport.sequence_folder import shipped_sequences
from nurture.value import frozen
from nurture.wiring.house import house_of
from nurture.wiring.world import World, world_of

START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
LENGTH = timedelta(days=90)
_RHYTHM = Rhythm(lease=timedelta(days=1), tell=timedelta(hours=12), glance=timedelta(hours=12))
_LOOPS = 3  # attend, tell and glance: when all of them sleep, nothing is left to do now
_PATIENCE = 2000  # breaths of a millisecond
_BLIND_FROM = START + timedelta(days=20)
_OFFICE = range(8, 14)
_FILED = frozenset({"touch_sent", "owner_wrote"})
_HEARD = frozenset({"reply_heard", "owner_wrote", "mail_ignored", "mail_quarantined"})

_TRIES = frozenset({"account_leased", "account_unreadable"})

Event = dict[str, object]


@frozen
class Person:
    """How a persona's ninety days ended."""

    persona: Persona
    mails: int
    state: str
    why: str


@frozen
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
    _steps: dict[str, object] = field(default_factory=dict)
    _spoken: list[Spoken] = field(default_factory=list)
    _verdicts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _blind: list[tuple[datetime, datetime]] = field(default_factory=list)
    _left_in_mailbox: int = 0
    _heard: int = 0
    _can_see: bool = True
    _is_deaf: bool = False
    _stage: Stage | None = None
    _world: World | None = None

    async def play(self) -> Ending:
        """The whole story."""
        log.configure("silent", "debug")
        async with built(self.clock, self._on_mail) as stage:
            self._stage = stage
            async with world_of(stage.settings, self.clock) as world:
                self._world = world
                with log.listening(self._on_event):
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
        """Imports the dozen and enrolls each in their sequence; the sandbox needs no proof."""
        for each in world.settings.accounts:
            await world.store.accounts.prove(ACCOUNT.name, each.place, "demo", self.clock.now())
        await world.store.people.merge([each.contact() for each in PERSONAS], self.clock.now())
        register = Register(
            world.store.outgoing, world.store.people, world.shelf, world.accounts, self.clock
        )
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
        self._tell_of(persona, {"event": "contact_did", "what": reaction.told})
        await self._leave("INBOX", raw)

    async def _leave(self, folder: str, raw: bytes) -> None:
        if self._stage is None:
            raise Broken("the story has no stage")
        self._left_in_mailbox += folder == "INBOX"
        await self._stage.sandbox.deliver(OWNER, raw, folder)

    async def _owner_finds(self, persona: Persona) -> None:
        """Anna adds what a held mail lacked, as `nurture contacts set` does."""
        if self._world is None:
            raise Broken("the story has no world")
        self._tell_of(
            persona, {"event": "owner_did", "what": f"adds what was missing for {persona.name}"}
        )
        found = replace(persona, project=persona.project_found).contact()
        await self._world.store.people.merge([found], self.clock.now())

    async def _owner_answers(self, persona: Persona) -> None:
        """Anna answers from her phone; all that nurture sees is her Sent folder."""
        self._tell_of(
            persona, {"event": "owner_did", "what": f"answers {persona.name} from her phone"}
        )
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
        if persona:
            self._follow(persona, event, seen)
        if seen.pop("level", None) == "debug" or self._is_said_again(event):
            return
        self._tell_of(persona, seen)

    def _follow(self, persona: Persona, event: str, seen: Event) -> None:
        """What the proof must know of somebody, and what the owner does about them."""
        now = self.clock.now()
        if event == "touch_sent":
            self._steps[persona.address] = seen["step"]
        elif event == "reply_heard":
            seen["step"] = self._steps.get(persona.address)
            self._judged(persona, str(seen["verdict"]))
        elif event == "handoff_opened" and persona.given_name == "Ada":
            self._at(now + timedelta(minutes=40), partial(self._owner_answers, persona))
        elif event == "touch_held" and persona.project_found:
            seen["why"] = str(seen["why"]).replace(f"{shipped_sequences()}/", "")
            self._at(now + timedelta(hours=1), partial(self._owner_finds, persona))

    def _is_said_again(self, event: str) -> bool:
        """A mailbox that cannot be read is tried every minute; once is enough to tell."""
        was_deaf = self._is_deaf
        self._is_deaf = event == "account_unreadable" or (was_deaf and event != "account_read")
        return was_deaf and event in _TRIES

    def _tell_of(self, persona: Persona | None, event: Event) -> None:
        at: Event = {"at": self.clock.now().isoformat()}
        who: Event = {}
        if persona:
            who = {"contact": persona.address, "name": persona.name, "sequence": persona.sequence}
        self.tell({"event": event["event"], **at, **who, **event})

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
            why = walk.held_why or walk.reason
            if walk.state is State.ACTIVE and walk.due_at:
                why = f"{walk.position} is next, on {walk.due_at:%d %B %Y}"
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
