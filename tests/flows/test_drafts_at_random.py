"""P1 and P2 for a mail that waits, whatever its owner does, in what order, and what fails."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.core.draft import DraftState
from nurture.errors import Misconfigured, Unreachable
from nurture.flows.answer_draft import Bureau, accept_draft, reword_draft, skip_draft
from nurture.mail.cursor import Folder
from tests.fakes.small_house import ACCOUNT, SEQUENCE, SmallHouse, mail_from, person
from tests.faults.trip import Fault, Trip, Tripping

ADA = person("Ada", "Brandt")
ASKED = SEQUENCE.replace("email: first.md", "email: first.md, approval: required")
AT_HAND = replace(ACCOUNT, drafts_in_mailbox=True)
FILED_WITHIN = timedelta(seconds=90)
A_LOOK = timedelta(seconds=40)


@dataclass
class Desk:
    """An owner with a mail program and a command line, and a daemon that may fail in between."""

    house: SmallHouse
    outbox: list[tuple[Any, bytes]] = field(default_factory=list)
    sent_by_hand: int = 0
    answered: bool = False
    sent_before_answer: int = 0

    def bureau(self) -> Bureau:
        house, store = self.house, self.house.store
        accounts = {"anna": house.account}
        return Bureau(store.drafts, store.people, store.desk, house.shelf, accounts, house.clock)

    async def command(self, act: Callable[..., Awaitable[None]], *words: str) -> None:
        for draft in await self.house.store.drafts.open():
            with suppress(Misconfigured):
                await act(self.bureau(), draft.id, *words)

    async def accept(self) -> None:
        await self.command(accept_draft)

    async def skip(self) -> None:
        await self.command(skip_draft)

    async def reword(self) -> None:
        await self.command(reword_draft, "Hello again", "Dear Ada, something else.\n")

    async def send(self) -> None:
        """The mail leaves at once; the copy goes now, and is filed in Sent some time later."""
        await self._send(lambda raw: raw)

    async def send_renamed(self) -> None:
        await self._send(lambda raw: raw.replace(b"Message-ID: <", b"Message-ID: <new."))

    async def send_and_delete_late(self) -> None:
        await self._send(lambda raw: raw, stays=True)

    async def _send(self, as_: Callable[[bytes], bytes], *, stays: bool = False) -> None:
        mailbox = self.house.mailbox
        for uid, raw in zip(mailbox.uids(Folder.DRAFTS), mailbox.raws(Folder.DRAFTS), strict=True):
            if self.sent_by_hand:
                return  # nobody sends what they have sent
            self.sent_by_hand += 1
            if not stays:
                mailbox.expunge(Folder.DRAFTS, uid)
            self.outbox.append((self.house.clock.now() + FILED_WITHIN, as_(raw)))

    async def delete(self) -> None:
        for uid in self.house.mailbox.uids(Folder.DRAFTS):
            self.house.mailbox.expunge(Folder.DRAFTS, uid)

    async def edit(self) -> None:
        (raw, *_) = self.house.mailbox.raws(Folder.DRAFTS) or (b"",)
        if raw and not self.sent_by_hand:
            await self.delete()
            self.house.mailbox.deliver(Folder.DRAFTS, raw.replace(b"a thought", b"a remark"))

    async def answer(self) -> None:
        if not self.answered:
            self.answered, self.sent_before_answer = True, len(self.house.courier.tried)
            self.house.mailbox.deliver(Folder.INBOX, mail_from(ADA.address, "Please call me."))

    async def look(self) -> None:
        await self.pass_by(A_LOOK)

    async def wait(self) -> None:
        for _ in range(4):
            await self.pass_by(timedelta(minutes=5))

    async def fail(self, fault: Fault, at: int) -> None:
        """One round in which a call fails, or is done and its answer lost, or kills the daemon."""
        house, trip = self.house, Trip(fault, at)
        mailbox, copies = house.mailbox, house.store.copies
        house.mailbox = cast("Any", Tripping(mailbox, trip))
        house.store.copies = cast("Any", Tripping(copies, trip))
        try:
            await self.pass_by(A_LOOK)
        finally:
            house.mailbox, house.store.copies = mailbox, copies

    async def pass_by(self, time: timedelta) -> None:
        house = self.house
        await house.clock.advance_to(house.clock.now() + time)
        for each in [each for each in self.outbox if each[0] <= house.clock.now()]:
            self.outbox.remove(each)
            house.mailbox.deliver(Folder.SENT, each[1])
        with suppress(Unreachable, RuntimeError):
            await house.mailbox.open()
            await house.round()


ACTS = ("accept", "skip", "reword", "send", "send_renamed", "send_and_delete_late", "delete",
        "edit", "answer", "look", "wait")  # fmt: skip
FAULTS = st.tuples(st.sampled_from([Fault.RAISE, Fault.LOSE, Fault.BREAK]), st.integers(0, 6))
STORY = st.lists(st.one_of(st.sampled_from(ACTS), FAULTS), max_size=9)


@settings(max_examples=60, deadline=None)
@given(STORY)
def test_p1_p2_she_gets_it_once_at_most_and_never_after_her_answer(
    story: list[str | tuple[Fault, int]],
) -> None:
    asyncio.run(_play(story))


async def _play(story: list[str | tuple[Fault, int]]) -> None:
    house = SmallHouse(AT_HAND)
    await house.shelve({"tips": ASKED})
    await house.invite(ADA)
    desk = Desk(house)
    await desk.look()
    await desk.look()
    for act in story:
        if isinstance(act, str):
            await getattr(desk, act)()
        else:
            await desk.fail(*act)
    for _ in range(3):
        await desk.wait()
    tried = len(house.courier.tried)
    assert tried + desk.sent_by_hand <= 1, story
    if desk.answered:
        assert tried == desk.sent_before_answer, story
    draft = await house.store.drafts.draft(1)
    assert draft is not None
    if desk.sent_by_hand:
        assert draft.state in {DraftState.SENT, DraftState.SKIPPED, DraftState.STALE}, story
        assert await house.store.incoming.touch_of([draft.sheet.message_id]), story
    if draft.state is DraftState.ACCEPTED:
        raise AssertionError(f"nobody decides it any more: {story}")
    assert await house.store.switch.halts() == ()
    assert len(house.mailbox.uids(Folder.DRAFTS)) <= 1
