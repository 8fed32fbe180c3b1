"""A whole daemon on fakes, and months that pass in milliseconds."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from nurture import ports
from nurture.core.account import Account, Limits, Owner
from nurture.core.contact import Contact
from nurture.core.sequence import Sequence
from nurture.daemon import Daemon
from nurture.definition import read_sequence
from nurture.demo.story_clock import StoryClock
from nurture.ear import Ear
from nurture.errors import Unreachable
from nurture.flows.enroll import enroll
from nurture.flows.hear import listen
from nurture.flows.send import Spoken, Voice, send_due
from nurture.flows.settle_by_hand import settle_by_hand
from nurture.flows.shelve import Shelf, shelve
from nurture.flows.tend_drafts import tend_drafts
from nurture.house import House, Post, Rhythm, never_backed_up
from nurture.kit import Kit
from nurture.mail.cursor import Folder
from nurture.mail.write.template import parse_template
from nurture.register import Register
from tests.fakes.courier import FakeCourier
from tests.fakes.mailbox import FakeMailbox
from tests.fakes.memory import Memory
from tests.fakes.story import ALLOWED

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = b"k" * 32
ACCOUNT = Account(
    name="anna",
    address="anna@carter.example",
    owner=Owner("Anna Carter", "anna@carter.example", "Europe/London", "12 Mill Lane, York"),
    limits=Limits(sweep_every=timedelta(hours=6), gap=timedelta(0)),
)
SEQUENCE = """
sequence: tips
why: you asked us for an offer
window: {days: monday to friday, hours: "08:30 to 17:00"}
steps:
  - {id: first, email: first.md}
  - {id: quiet, wait: 2 weeks}
  - {id: second, email: second.md}
"""
TEMPLATES = {
    "first.md": "---\nsubject: Hello {{ given_name }}\n---\nDear {{ given_name }}, a thought.\n",
    "second.md": "---\nsubject: One more, {{ given_name }}\n---\nOne for {{ company }}.\n",
}


class NoChannel:
    """A channel that keeps what it is told, or refuses all of it."""

    def __init__(self) -> None:
        self.told: list[ports.Telling] = []
        self.is_broken = False

    async def tell(self, telling: ports.Telling) -> None:
        """See the port."""
        if self.is_broken:
            raise Unreachable("the channel was told to fail")
        self.told.append(telling)


def route_to(channel: NoChannel, name: str = "mail", *accounts: str) -> ports.Route:
    """Everything about these accounts, or about Anna's, goes to this channel, but for digests."""
    kinds = frozenset(ports.NoticeKind) - {ports.NoticeKind.DIGEST}
    return ports.Route(name, channel, dict.fromkeys(accounts or ("anna",), kinds))


class SmallHouse:
    """One account on fakes; flows can be called one by one, or the daemon can `live`."""

    def __init__(self, account: Account = ACCOUNT, start: datetime = START) -> None:
        self.account = account
        self.clock = StoryClock(start)
        self.store = Memory()
        self.mailbox = FakeMailbox(self.clock)
        self.courier = FakeCourier()
        self.channel = NoChannel()
        self.route = route_to(self.channel)
        self.shelf = Shelf(self.store.outgoing, {}, {})
        self.lease: ports.Lease | None = None
        self.tokens: ports.TokenSource | None = None
        self.last_backup = never_backed_up

    async def shelve(
        self,
        sources: Mapping[str, str] | None = None,
        templates: Mapping[str, str] | None = None,
    ) -> Sequence:
        """Accepts these sequences; returns the first one."""
        texts = dict(sources or {"tips": SEQUENCE})
        mails = dict(templates or TEMPLATES)
        read = {name: read_sequence(text, f"{name}.yaml", mails) for name, text in texts.items()}
        parsed = {name: parse_template(text, name) for name, text in mails.items()}
        outgoing, now = self.store.outgoing, self.clock.now()
        self.shelf = await shelve(read, texts, parsed, outgoing, now)
        return next(iter(read.values()))

    async def invite(self, *contacts: Contact, sequence: str = "tips") -> tuple[Contact, ...]:
        """Imports and enrolls, all due now."""
        if not self.shelf.sequences:
            await self.shelve()
        await self.store.people.merge(contacts, self.clock.now())
        known = [await self.store.people.contact(each.address) for each in contacts]
        people = tuple(each for each in known if each)
        register = Register(
            self.store.outgoing, self.store.people, self.shelf, {"anna": self.account}, self.clock
        )
        await enroll(
            register, people, self.shelf.sequences[sequence], self.account, reason="by hand"
        )
        return people

    async def take_lease(self) -> ports.Lease:
        """The account's lease, taken once."""
        if self.lease is None:
            until = self.clock.now() + timedelta(days=3650)
            self.lease = await self.store.accounts.take("anna", "w", self.clock.now(), until)
        assert self.lease is not None
        return self.lease

    async def listen(self) -> datetime:
        """One reading of every folder to its end."""
        return await listen(await self.ear())

    async def ear(self) -> Ear:
        """What it takes to hear."""
        return Ear(
            account=self.account,
            own=self.account.own_addresses,
            lease=await self.take_lease(),
            accounts=self.store.accounts,
            incoming=self.store.incoming,
            people=self.store.people,
            mailbox=self.mailbox,
            switch=self.store.switch,
            clock=self.clock,
            key=KEY,
            settles_by_hand=partial(settle_by_hand, (await self.kit()).witness()),
        )

    async def kit(self) -> Kit:
        """What each flow takes, as the daemon puts it together."""
        house = self.house()
        return Kit(house, house.posts[0], await self.take_lease(), self.clock)

    async def voice(self) -> Voice:
        """What it takes to speak."""
        lease = await self.take_lease()
        return Voice.over(
            self.store, self.account, lease, self.courier, self.shelf, self.clock, KEY
        )

    async def round(self) -> Spoken:
        """Listens to the end, tends the drafts, then speaks once."""
        heard_since = await self.listen()
        await tend_drafts((await self.kit()).tray(), heard_since)
        return await self.speak(heard_since)

    async def speak(self, heard_since: datetime) -> Spoken:
        """Whatever is due, on the strength of a reading that began then."""
        return await send_due(await self.voice(), heard_since)

    async def sent_to(self, address: str) -> list[str]:
        """The subjects that reached an address, in order."""
        return [
            line[9:]
            for envelope in self.courier.delivered
            if envelope.recipient == address
            for line in envelope.wire.decode().split("\r\n")
            if line.startswith("Subject: ")
        ]

    def house(self) -> House:
        """What the daemon works with."""
        return House(
            posts=[Post(self.account, self.mailbox, self.courier, self.tokens)],
            last_backup=self.last_backup,
            store=self.store,
            catalog=self.shelf,
            routes=[self.route],
            clock=self.clock,
            key=KEY,
            worker="w",
            rhythm=Rhythm(*([timedelta(hours=6)] * 3)),
        )

    async def live(self, until: datetime, events: Iterable[tuple[datetime, bytes]] = ()) -> None:
        """The daemon runs until then; each event is a mail that arrives at its time."""
        daemon = Daemon(self.house())
        running = asyncio.create_task(daemon.run())
        agenda = sorted(events, key=lambda event: event[0])
        while self.clock.now() < until and not running.done():
            await self._quiet(running)
            ahead = [until, self.clock.next_wake, agenda[0][0] if agenda else None]
            await self.clock.advance_to(min(each for each in ahead if each))
            while agenda and agenda[0][0] <= self.clock.now():
                self.mailbox.deliver(Folder.INBOX, agenda.pop(0)[1])
        daemon.stop()
        await running

    async def _quiet(self, running: asyncio.Task[None]) -> None:
        for _ in range(500):
            await self.clock.settle()
            if self.clock.asleep >= 3 or running.done():
                return
        raise AssertionError("the daemon does not come to rest")


def mail_from(address: str, text: str, *fields: str, cites: str = "") -> bytes:
    """A mail as it might lie in the inbox."""
    rows = [
        f"From: {address}",
        f"To: {ACCOUNT.address}",
        "Subject: Re: Hello",
        "Date: Mon, 02 Mar 2026 10:00:00 +0000",
        f"Message-ID: <{abs(hash((address, text, fields)))}@their.example>",
        *((f"In-Reply-To: <{cites}>",) if cites else ()),
        *fields,
        "Content-Type: text/plain; charset=utf-8",
        "",
        text,
        "",
    ]
    return "\r\n".join(rows).encode()


def person(name: str, company: str = "", **fields: object) -> Contact:
    """A contact of that given name, at a company's domain or at home."""
    domain = f"{company.lower()}.example" if company else f"{name.lower()}.example"
    contact = Contact(f"{name.lower()}@{domain}", given_name=name, company=company or f"{name} Ltd")
    return replace(contact, **{"country": "GB", "consent": ALLOWED, **fields})
