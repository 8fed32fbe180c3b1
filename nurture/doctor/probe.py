"""A probe to the mailbox itself, an answer to it, and the daemon's own ear on both."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from nurture import ports
from nurture.core.account import Account
from nurture.core.contact import Contact
from nurture.core.decision import Advance
from nurture.core.enrollment import Enrollment, State
from nurture.ear import Ear
from nurture.errors import Refused, Unreachable
from nurture.flows.hear import listen
from nurture.mail.cursor import Cursor, Folder
from nurture.mail.delivery import Accepted, Delivery, Envelope
from nurture.mail.read.inbound import Inbound, read
from nurture.mail.tokens import plus_address, sign
from nurture.mail.write.compose import Correspondent, Message, compose
from nurture.storage import Store, open_store
from nurture.storage.backup import url_of
from nurture.value import frozen

_PATIENCE: Final = timedelta(minutes=3)
_LOOK_EVERY: Final = 5.0
_STEP: Final = "probe"
# Nobody's address: only the id that is answered, or our token, can lead from the answer to it.
_NOBODY: Final = "self-test@nurture.invalid"
_PROBE: Final = """\
This is nurture's test of this mailbox. It now sends an answer to this mail, and looks whether it
recognises it. You may delete both.
"""
_ANSWER: Final = """\
Thank you, that arrived. Could we talk on the phone some time this week? Best wishes.
"""


@frozen
class Heard:
    """What came of the self-test: the probe as it arrived, and how late the server's clock is.

    `is_filed` tells whether the provider put a copy into Sent by itself.
    """

    probe: Inbound
    skew: timedelta
    is_filed: bool = False


@frozen
class Apparatus:
    """Everything it takes to test one account: its own two connections, and a clock."""

    account: Account
    courier: ports.Courier
    mailbox: ports.Mailbox
    clock: ports.Clock
    key: bytes


async def try_answer(apparatus: Apparatus) -> Heard:
    """Sends the probe, answers it, and returns once the answer was recognised as a person's.

    All of it is recorded in a database that is thrown away; nothing in the mailbox is marked,
    and no contact is involved.  Raises Refused with what went wrong, and Unreachable.
    """
    quiet = replace(apparatus, account=replace(apparatus.account, since=None))
    async with _laboratory(quiet) as trial:
        await trial.send_probe()
        probe = await trial.wait_for_probe()
        await trial.answer(probe)
        await trial.wait_for_verdict()
        is_filed = await apparatus.mailbox.holds(Folder.SENT, trial.probe_id, or_replaced=True)
        return Heard(probe, trial.skew, is_filed)


@dataclass(slots=True)
class _Trial:
    """One run, under a mark in the subject that nobody else writes."""

    apparatus: Apparatus
    store: Store
    lease: ports.Lease
    contact: Contact
    walk: int
    mark: str
    places: Mapping[Folder, Cursor]
    begun_at: datetime
    skew: timedelta = timedelta(0)
    probe_id: str = ""

    async def settle(self) -> None:
        """What lies in the mailbox already is none of ours."""
        await listen(self._ear(self.apparatus.account.own_addresses))

    async def send_probe(self) -> None:
        """Hands in the probe and records it as the daemon records a touch."""
        account, now = self.apparatus.account, self.apparatus.clock.now()
        envelope = _envelope(account, self._mint(), f"nurture {self.mark}", _PROBE, now, self._to)
        accepted = await self._hand_in(envelope, "the probe")
        self.probe_id = envelope.message_id
        await self.store.recovery.recall(
            ports.Recalled(
                enrollment_id=self.walk,
                step=_STEP,
                ids=(envelope.message_id, *accepted.server_ids),
                subject=f"nurture {self.mark}",
                recipient=self.contact.address,
                sent_at=now,
                next=Advance(_STEP, now + timedelta(days=365), "the self-test waits"),
                why="self-test",
            ),
            now,
        )

    async def wait_for_probe(self) -> Inbound:
        """The probe as it lies in the inbox or the junk."""
        until = self.begun_at + _PATIENCE
        while True:
            await listen(self._ear(self.apparatus.account.own_addresses))
            for folder, place in self.places.items():
                if found := await self._find(folder, place):
                    return found
            if self.apparatus.clock.now() >= until:
                break
            await self.apparatus.mailbox.wait(_LOOK_EVERY)
        raise Refused(
            "the probe was handed in, but did not arrive within three minutes: look whether a "
            "rule or filter moves it, and whether `address` is an address of this mailbox"
        )

    async def answer(self, probe: Inbound) -> None:
        """Answers as a person's program does: to Reply-To, citing the id that arrived."""
        account, now = self.apparatus.account, self.apparatus.clock.now()
        to = probe.reply_to or account.address
        answer = _message(account, self._mint(), f"Re: {probe.subject}", _ANSWER, now)
        answer = replace(
            answer,
            recipient=Correspondent(to),
            in_reply_to=probe.message_id,
            references=(probe.message_id,),
        )
        wire = compose(answer)
        await self._hand_in(Envelope(account.address, to, wire, answer.message_id), "the answer")

    async def wait_for_verdict(self) -> None:
        """Until the answer has stopped the walk, by citing our id."""
        until = self.apparatus.clock.now() + _PATIENCE
        while self.apparatus.clock.now() < until:
            await listen(self._ear(frozenset()))
            for handoff in await self.store.desk.handoffs():
                talk = await self.store.desk.conversation(handoff.id)
                if talk and self.mark in talk.inbound_subject:
                    return
            await self.apparatus.mailbox.wait(_LOOK_EVERY)
        raise Refused(
            "the answer to the probe was not recognised within three minutes: the server may give "
            "mails another Message-ID; see `files_sent_copy` and `subaddressing` in nurture.toml"
        )

    async def _find(self, folder: Folder, place: Cursor) -> Inbound | None:
        async for each in self.apparatus.mailbox.fetch(folder, place, self.begun_at):
            if self.mark.encode() in each.raw:
                if each.arrived_at:
                    self.skew = each.arrived_at - self.begun_at
                return read(each.raw)
        return None

    @property
    def _to(self) -> str:
        """The plus-address with our token, to which an answer should go; empty without one."""
        account = self.apparatus.account
        if not account.subaddressing:
            return ""
        return plus_address(account.address, sign(self.apparatus.key, str(self.contact.id)))

    async def _hand_in(self, envelope: Envelope, what: str) -> Accepted:
        delivery: Delivery = await self.apparatus.courier.deliver(envelope)
        if isinstance(delivery, Accepted):
            return delivery
        raise Refused(f"{what} could not be handed in: {delivery.answer}")

    def _mint(self) -> str:
        return self.apparatus.clock.mint_id(self.apparatus.account.address.rpartition("@")[2])

    def _ear(self, own: frozenset[str]) -> Ear:
        store, apparatus = self.store, self.apparatus
        return Ear(
            account=apparatus.account,
            own=own,
            lease=self.lease,
            accounts=store.accounts,
            incoming=store.incoming,
            people=store.people,
            mailbox=apparatus.mailbox,
            switch=store.switch,
            clock=apparatus.clock,
            key=apparatus.key,
        )


@asynccontextmanager
async def _laboratory(apparatus: Apparatus) -> AsyncIterator[_Trial]:
    """A database in which somebody waits for the answer, and the mailbox read to its end."""
    now, name = apparatus.clock.now(), apparatus.account.name
    with TemporaryDirectory(prefix="nurture-self-test-") as folder:
        store = await open_store(url_of(Path(folder) / "trial.db"), apparatus.key, now)
        try:
            lease = await store.accounts.take(name, "self-test", now, now + timedelta(hours=1))
            await store.people.merge([Contact(_NOBODY)], now)
            contact = await store.people.contact(_NOBODY)
            if lease is None or contact is None:
                raise Unreachable("the database of the self-test could not be filled")
            (walk,) = await store.outgoing.enroll([_walk(contact, name, now)])
            mark = apparatus.clock.mint_id("self-test").partition("@")[0]
            await apparatus.mailbox.open()
            places = await _places(apparatus.mailbox)
            trial = _Trial(apparatus, store, lease, contact, walk or 0, mark, places, now)
            await trial.settle()
            yield trial
        finally:
            await store.close()


async def _places(mailbox: ports.Mailbox) -> dict[Folder, Cursor]:
    """Where new mail will lie."""
    found = {each: await mailbox.position(each) for each in (Folder.INBOX, Folder.JUNK)}
    return {folder: cursor for folder, cursor in found.items() if cursor is not None}


def _walk(contact: Contact, account: str, now: datetime) -> Enrollment:
    return Enrollment(
        id=0,
        contact_id=contact.id,
        account=account,
        sequence="self-test",
        revision="1",
        state=State.ACTIVE,
        position=_STEP,
        anchor_at=now,
        due_at=None,
        enrolled_at=now,
        because="self-test",
    )


def _message(account: Account, mint: str, subject: str, text: str, now: datetime) -> Message:
    return Message(
        sender=Correspondent(account.address, account.owner.name),
        recipient=Correspondent(account.address),
        subject=subject,
        text=text,
        message_id=mint,
        date=now,
    )


def _envelope(
    account: Account, mint: str, subject: str, text: str, now: datetime, reply_to: str
) -> Envelope:
    """The probe carries the two fields of one-click, to see whether the signature covers them."""
    fields = (
        ("List-Unsubscribe", f"<mailto:{account.address}?subject=unsubscribe>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )
    message = replace(
        _message(account, mint, subject, text, now),
        reply_to=Correspondent(reply_to) if reply_to else None,
        headers=fields,
    )
    return Envelope(account.address, account.address, compose(message), mint)
