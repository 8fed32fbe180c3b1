"""Random fault schedules of the watcher: nothing lost, nothing twice, nothing sent while blind."""

import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from nurture.errors import Unreachable
from nurture.mail.cursor import Folder
from tests.fakes.mailbox import FakeMailbox
from tests.fakes.small_house import SmallHouse, mail_from, person

SCHEDULES = int(os.environ.get("NURTURE_SCHEDULES", "1000"))
CHUNKS = 20
STEPS = 14
WATCHED = (Folder.INBOX, Folder.JUNK)


class StruckMailbox(FakeMailbox):
    """Something happens in the middle of a reading, after so many more calls and mails."""

    strikes: list[tuple[int, Callable[[], None]]]

    def _fault(self, method: str, *, needs_open: bool = True) -> None:
        due = [act for left, act in self.strikes if left <= 0]
        self.strikes = [(left - 1, act) for left, act in self.strikes if left > 0]
        for act in due:
            act()
        super()._fault(method, needs_open=needs_open)


@dataclass
class Sweep:
    """One schedule: what was done to the mailbox, and what must be true at its end."""

    dice: random.Random
    house: SmallHouse = field(default_factory=SmallHouse)
    replies: dict[bytes, str] = field(default_factory=dict)
    deleted: set[bytes] = field(default_factory=set)
    people: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.mailbox = StruckMailbox(self.house.clock)
        self.mailbox.strikes = []
        self.house.mailbox = self.mailbox

    async def run(self) -> None:
        await self.house.listen()
        for _ in range(STEPS):
            await self.house.clock.advance_to(
                self.house.clock.now() + timedelta(seconds=self.dice.randint(1, 600))
            )
            if self.dice.random() < 0.4:
                await self.invite()
            for _ in range(self.dice.randint(0, 2)):
                self.do(self.any_act())
            if self.dice.random() < 0.5:
                self.mailbox.strikes.append((self.dice.randint(0, 12), self.any_act()))
            await self.speak()
        self.mailbox.strikes = []
        self.mailbox.thaw()
        while not await self.speak():
            pass
        self.check()

    async def invite(self) -> None:
        name = f"P{len(self.people)}"
        (contact,) = await self.house.invite(person(name, f"Firm{name}"))
        self.people.append(contact.address)

    async def speak(self) -> bool:
        """One round of the daemon; whoever had answered before it must hear nothing in it."""
        lay_there = {raw for folder in WATCHED for raw in self.mailbox.raws(folder)}
        before = len(self.house.courier.tried)
        try:
            heard_since = await self.house.listen()
        except Unreachable as error:
            self.log.append(f"blind: {error}")
            assert len(self.house.courier.tried) == before
            return False
        await self.house.speak(heard_since)
        # What somebody else deleted in the middle of this reading was never to be seen.
        answered = {self.replies[raw] for raw in lay_there - self.deleted}
        told = {each.recipient for each in self.house.courier.tried[before:]}
        assert not told & answered, (told & answered, self.log)
        return True

    def do(self, act: Callable[[], None]) -> None:
        act()

    def any_act(self) -> Callable[[], None]:
        acts = (self.reply, self.reply, self.repeat, self.fail, self.freeze, self.thaw,
                self.thaw, self.renumber, self.expunge)  # fmt: skip
        return self.dice.choice(acts)

    def reply(self) -> None:
        if self.people:
            sender = self.dice.choice(self.people)
            raw = mail_from(sender, f"Number {len(self.replies)}: call me.")
            self.replies[raw] = sender
            self.mailbox.deliver(self.dice.choice(WATCHED), raw)
            self.log.append(f"reply of {sender}")

    def repeat(self) -> None:
        if self.replies:
            raw = self.dice.choice(list(self.replies))
            if raw not in self.deleted:
                self.mailbox.deliver(self.dice.choice(WATCHED), raw)
                self.log.append("the same again")

    def fail(self) -> None:
        method = self.dice.choice(("open", "position", "fetch", ""))
        self.mailbox.fail_next(method)
        self.log.append(f"fail {method}")

    def freeze(self) -> None:
        self.mailbox.freeze()
        self.log.append("freeze")

    def thaw(self) -> None:
        self.mailbox.thaw()

    def renumber(self) -> None:
        folder = self.dice.choice(WATCHED)
        self.mailbox.renumber(folder)
        self.log.append(f"renumber {folder}")

    def expunge(self) -> None:
        folder = self.dice.choice(WATCHED)
        there = list(zip(self.mailbox.uids(folder), self.mailbox.raws(folder), strict=True))
        if there:
            uid, raw = self.dice.choice(there)
            self.mailbox.expunge(folder, uid)
            self.deleted.add(raw)
            self.log.append(f"expunge {folder} {uid}")

    def check(self) -> None:
        heard = Counter(mail.heard.text for mail in self.house.store.world.mails)
        for raw, sender in self.replies.items():
            text = raw.decode().partition("\r\n\r\n")[2].strip()
            assert heard[text] <= 1, (text, self.log)
            assert heard[text] == 1 or raw in self.deleted, (sender, text, self.log)
        reached = Counter(each.recipient for each in self.house.courier.delivered)
        assert all(count == 1 for count in reached.values())


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(CHUNKS))
async def test_p4_p5_whatever_befalls_the_mailbox(chunk: int) -> None:
    told = replies = blind = 0
    for number in range(chunk, SCHEDULES, CHUNKS):
        sweep = Sweep(random.Random(number))
        await sweep.run()
        told += len(sweep.house.courier.delivered)
        replies += len(sweep.replies)
        blind += sum(line.startswith("blind") for line in sweep.log)
    assert min(told, replies, blind) > 0
