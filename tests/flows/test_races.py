"""R4: no robot mail after an answer that lay in the inbox before the claim (reliability.md 9)."""

import os
import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from nurture import ports
from nurture.core.account import Limits
from tests.fakes.mailbox import FakeMailbox
from tests.fakes.small_house import ACCOUNT, START, SmallHouse, mail_from, person

RACES = int(os.environ.get("NURTURE_RACES", "1000"))
HEAT = 100  # races that run at once, each with a contact of its own
POLL = timedelta(minutes=5)
LIMITS = Limits(sweep_every=POLL, gap=timedelta(0), per_day=10_000)


class DeafMailbox(FakeMailbox):
    """IDLE is up but dead: nobody is told of mail, it has to be looked for."""

    def _has_unread(self) -> bool:
        return False


class Course:
    """So many contacts, each with an instant at which they answer and one at which mail is due."""

    def __init__(self, seed: int, mailbox: type[FakeMailbox]) -> None:
        self.dice = random.Random(seed)
        self.house = SmallHouse(replace(ACCOUNT, limits=LIMITS))
        self.house.mailbox = mailbox(self.house.clock)
        self.answered_at: dict[str, datetime] = {}
        self.due_at: dict[str, datetime] = {}
        self.claimed_at: dict[str, datetime] = {}

    async def run(self) -> None:
        house, world = self.house, self.house.store.world
        people = await house.invite(*(person(f"P{n}", f"Firm{n}") for n in range(HEAT)))
        for contact in people:
            answered = START + timedelta(seconds=self.dice.uniform(600, 6 * 3600))
            claim = answered + self.dice.uniform(-0.5, 2) * POLL
            self.answered_at[contact.address] = answered
            self.due_at[contact.address] = claim
            (walk,) = (each for each in world.walks.values() if each.contact_id == contact.id)
            world.walks[walk.id] = replace(walk, due_at=claim)
        self._note_claims()
        mails = [(at, mail_from(address, "Call me.")) for address, at in self.answered_at.items()]
        await house.live(START + timedelta(hours=7), mails)

    def _note_claims(self) -> None:
        begin = self.house.store.outgoing.begin

        class Noting:
            def __getattr__(self, name: str) -> object:
                return getattr(real, name)

            async def begin(
                self,
                lease: ports.Lease,
                intents: tuple[ports.Intent, ...],
                now: datetime,
                heard_since: datetime,
                limits: Limits,
            ) -> tuple[ports.Begun | ports.Stopped, ...]:
                looks = await begin(lease, intents, now, heard_since, limits)
                for intent, look in zip(intents, looks, strict=True):
                    if isinstance(look, ports.Begun):
                        claimed[intent.recipient] = now
                return looks

        real, claimed = self.house.store.outgoing, self.claimed_at
        self.house.store.outgoing = Noting()  # type: ignore[assignment]


@pytest.mark.slow
@pytest.mark.parametrize("mailbox", [FakeMailbox, DeafMailbox])
async def test_r4_an_answer_in_the_inbox_before_the_claim_stops_the_mail(
    mailbox: type[FakeMailbox],
) -> None:
    left = 0
    for seed in range(max(1, RACES // HEAT // 2)):
        course = Course(seed, mailbox)
        await course.run()
        for address, claimed in course.claimed_at.items():
            assert claimed < course.answered_at[address], (seed, address)
        # A house that never spoke would win every race.
        in_time = {who for who, due in course.due_at.items() if due < course.answered_at[who]}
        assert course.claimed_at.keys() == in_time
        heard = {mail.heard.sender for mail in course.house.store.world.mails}
        assert heard >= course.answered_at.keys()
        left += len(in_time)
    assert left > 0
