"""A few verbs to bring any store into the situation that a contract is about."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

from nurture import ports
from nurture.core.account import Limits
from nurture.core.account.family import scope_of
from nurture.core.contact import Basis, Consent, Contact
from nurture.core.decision import Advance, Decision
from nurture.core.effect import NOTHING, Effect
from nurture.core.enrollment import Enrollment, Move, State
from nurture.core.handoff import Outcome
from nurture.core.handoff.deed import Close
from nurture.core.task import Channel, Task
from nurture.core.touch import Touch, TouchMove
from nurture.core.verdict import Evidence, Meaning, Verdict, Weight
from nurture.letter import Sheet
from nurture.mail.cursor import Fetched, Folder
from nurture.mail.delivery import (
    Accepted,
    Answer,
    Deferred,
    Delivery,
    Phase,
    Rejected,
    Scope,
    Unknown,
)
from nurture.mail.write.compose import Correspondent
from nurture.mail.write.rendered import Rendered

ACCOUNT = "anna"
ALLOWED = Consent(Basis.EXPRESS, date(2020, 1, 1), "a signed form")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
FREELY = Limits(per_day=10_000, per_domain=0, gap=timedelta(0), batch=1_000)
"""Caps that stand in nobody's way."""
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)

_SAID = Answer(Phase.BODY, 250, "2.0.0 queued as ABC")
ACCEPTED = Accepted(_SAID, ("server-id@mx.example.net",))
LATER = Deferred(Answer(Phase.RCPT, 451, "4.7.1 greylisted"), Scope.RECIPIENT)
SLOWLY = Deferred(Answer(Phase.BODY, 421, "4.7.28 slow down"), Scope.DOMAIN)
NEVER = Rejected(Answer(Phase.RCPT, 550, "5.1.1 no such user"), Scope.RECIPIENT)
NOBODY_KNOWS = Unknown(Answer(Phase.BODY, 0, "connection lost"))

REPLY = Verdict(
    Meaning.HUMAN_REPLY,
    0.95,
    (Evidence("human", Meaning.HUMAN_REPLY, Weight.CERTAIN, "Thanks, call me"),),
)
ANSWERED = Effect(move=Move.ANSWERED, colleague_move=Move.COLLEAGUE_ANSWERED, handoff="answered")
OPTED_OUT = Effect(move=Move.OPTED_OUT, suppress="opted out", alert="Bob asked for no more mail")


SHEET = Sheet(
    sender=Correspondent("anna@firm.example", "Anna"),
    recipient=Correspondent("bob@firm.example"),
    words=Rendered("Hello", "Dear Bob", "<p>Dear Bob</p>"),
    foot=("Anna", "Road 1"),
    message_id="1.first@firm.example",
    reply_to=Correspondent("anna+x@firm.example", "Anna"),
    in_reply_to="a@firm.example",
    references=("b@firm.example", "a@firm.example"),
    headers=(("List-Unsubscribe", "<mailto:a@firm.example>"),),
    attachments=("files/terms.pdf",),
)


@dataclass(slots=True)
class Story:
    """One account whose mailbox has just been read, and whatever a test lets happen in it."""

    store: ports.Stores
    lease: ports.Lease | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    async def leased(self, at: datetime = START, worker: str = "w1") -> ports.Lease:
        """A new lease under which the mailbox was read at that instant."""
        lease = await self.store.accounts.take(ACCOUNT, worker, at, at + DAY)
        assert lease is not None
        await self.store.accounts.was_read(lease, at)
        self.lease = lease
        return lease

    async def known(self, address: str, **fields: object) -> Contact:
        """A contact as the store knows them, who may be written to."""
        known = replace(Contact(address, consent=ALLOWED), **fields)
        await self.store.people.merge([known], START)
        contact = await self.store.people.contact(address)
        assert contact is not None
        return contact

    async def enrolled(
        self, address: str = "bob@firm.example", sequence: str = "tips", **fields: object
    ) -> Enrollment:
        """A walk at its first step, due at START, of a contact made where needed."""
        contact = await self.store.people.contact(address) or await self.known(address)
        (number,) = await self.store.outgoing.enroll([walk_of(contact, sequence, **fields)])
        assert number is not None
        return await self.walk(contact.id, number)

    async def walk(self, contact_id: int, enrollment_id: int) -> Enrollment:
        """An enrollment as it is stored now."""
        found = await self.store.desk.enrollments(contact_id)
        return next(walk for walk in found if walk.id == enrollment_id)

    async def now_at(self, walk: Enrollment) -> Enrollment:
        """The same enrollment as it is stored now."""
        return await self.walk(walk.contact_id, walk.id)

    def intent(self, walk: Enrollment, recipient: str = "bob@firm.example") -> ports.Intent:
        """What is about to leave for a walk at the step it stands at."""
        return ports.Intent(
            enrollment_id=walk.id,
            contact_id=walk.contact_id,
            step=walk.position,
            occurrence=walk.occurrence,
            recipient=recipient,
            message_id=f"{walk.id}.{walk.position}@firm.example",
            subject="Hello",
            due_at=walk.due_at or START,
            why="its time has come",
            wire=b"Subject: Hello\r\n\r\nHi\r\n",
            family=scope_of("anna.example", recipient),
        )

    async def noted(self, walk: Enrollment, decision: Decision, at: datetime = START) -> bool:
        """A decision that sends nothing, under the lease of this story."""
        lease = self.lease or await self.leased()
        return await self.store.outgoing.note(lease, [(walk.id, decision)], at)

    async def look(
        self,
        *intents: ports.Intent,
        at: datetime = START,
        heard_since: datetime = START,
        limits: Limits = FREELY,
    ) -> tuple[ports.Begun | ports.Stopped, ...]:
        """The last look under the lease of this story."""
        lease = self.lease or await self.leased()
        return await self.store.outgoing.begin(lease, intents, at, heard_since, limits)

    async def counted(self, at: datetime = START) -> int:
        """How many mails count against the account's day."""
        return (await self.store.accounts.state(ACCOUNT)).tally.within_day(at)

    async def begun(self, walk: Enrollment, *, at: datetime = START) -> int:
        """The id of a touch that is on its way."""
        (look,) = await self.look(self.intent(walk), at=at)
        assert isinstance(look, ports.Begun), look
        return look.touch_id

    async def settled(
        self, touch_id: int, move: TouchMove, delivery: Delivery, **fields: object
    ) -> None:
        """Settles a touch a minute after START."""
        first = ports.Settlement(touch_id, move, START + MINUTE, delivery)
        await self.store.outgoing.settle([replace(first, **fields)])

    async def sent(self, walk: Enrollment, *, to: str | None = "second") -> int:
        """The id of a touch that was sent; the walk is at the step `to` from then on."""
        touch_id = await self.begun(walk)
        onward = Advance(to, START + 7 * DAY, "first was sent")
        await self.settled(touch_id, TouchMove.ACCEPTED, ACCEPTED, next=onward)
        return touch_id

    async def deferred(self, walk: Enrollment, *, at: datetime = START) -> int:
        """The id of a touch that waits for another try, an hour later."""
        look_at = replace(self.intent(walk), last_touch_at=at)
        (look,) = await self.look(look_at, at=at)
        assert isinstance(look, ports.Begun), look
        await self.settled(look.touch_id, TouchMove.POSTPONED, LATER, retry_at=at + HOUR)
        return look.touch_id

    def mail(
        self,
        contact: Contact | None = None,
        effect: Effect = NOTHING,
        *,
        touch: Touch | None = None,
        **fields: object,
    ) -> ports.Heard:
        """An incoming mail of its own, an hour after START."""
        number = next(self._numbers)
        first = ports.Heard(
            account=ACCOUNT,
            fetched=Fetched(Folder.INBOX, 7, number, b"Subject: Re\r\n\r\nHi", 18),
            at=START + HOUR,
            message_id=f"in{number}@firm.example",
            sender=contact.address if contact else "stranger@example.net",
            subject="Re: Hello",
            text="Thanks, call me",
            digest=f"digest {number}",
            verdict=REPLY,
            match=ports.Match(contact, touch, "it cites our message", is_certain=True)
            if contact
            else None,
            effect=effect,
            outcome="human_reply",
            references=("root@anna.example",),
        )
        return replace(first, **fields)

    async def hears(self, contact: Contact, effect: Effect, **fields: object) -> ports.Recorded:
        """What recording a mail of this contact changed."""
        return await self.store.incoming.record(self.mail(contact, effect, **fields))

    async def learns(self, contact_id: int, address: str) -> None:
        """A mail comes from the contact at that address, too."""
        contact = await self.store.people.contact_by_id(contact_id)
        assert contact is not None
        await self.hears(contact, Effect(learn_alias=address))

    async def closed(
        self, handoff_id: int | None, outcome: Outcome, at: datetime = START + DAY
    ) -> ports.Acted:
        """A person closes the handoff."""
        assert handoff_id is not None
        return await self.store.desk.act(handoff_id, Close("Anna", outcome), at)

    async def events(self, contact_id: int) -> list[str]:
        """What the ledger tells about a contact, without the reasons."""
        return [line.event for line in await self.store.desk.ledger(contact_id)]


def walk_of(contact: Contact, sequence: str = "tips", **fields: object) -> Enrollment:
    """A walk that is about to be enrolled, due at START."""
    first = Enrollment(
        id=0,
        contact_id=contact.id,
        account=ACCOUNT,
        sequence=sequence,
        revision="r1",
        state=State.ACTIVE,
        position="first",
        anchor_at=START,
        due_at=START,
        enrolled_at=START,
        because="by hand",
    )
    return replace(first, **fields)


def draft_of(walk: Enrollment, **fields: object) -> ports.Draft:
    """A mail that is about to wait for its owner's word."""
    draft = ports.Draft(
        0, walk.id, walk.contact_id, walk.account, walk.sequence, walk.position, "1", SHEET, START,
        "its time has come",
    )  # fmt: skip
    return replace(draft, **fields)


def order_of(walk: Enrollment, **fields: object) -> ports.Order:
    """A call that blocks what follows, at the step where the walk stands."""
    task = Task(
        id=0,
        enrollment_id=walk.id,
        contact_id=walk.contact_id,
        account=walk.account,
        sequence=walk.sequence,
        step=walk.position,
        occurrence=walk.occurrence,
        channel=Channel.CALL,
        title="Ask Bob how it went",
        text="Ask Bob how it went.",
        due_on=date(2026, 3, 9),
        created_at=START,
        why="the first year is over",
    )
    return ports.Order(replace(task, **fields))
