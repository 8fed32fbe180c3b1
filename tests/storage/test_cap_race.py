"""Two workers on one database: no cap is ever exceeded, and a breaker outlives them (P6)."""

import asyncio
import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from nurture.core.account import Limits
from nurture.core.enrollment import Enrollment
from nurture.core.touch import TouchMove
from nurture.ports import Begun, Lease, Settlement, Stopped
from nurture.storage import Store, open_store
from tests.fakes.story import ACCEPTED, ACCOUNT, DAY, FREELY, HOUR, LATER, SLOWLY, START, Story

KEY = b"a key for tests"
LIMITS = replace(FREELY, per_day=9, per_family=12, per_domain=5)
FAMILIES = ("gmail.com", "firm.example")


class Town:
    """Two accounts of one sender, each with its worker, and everything that left."""

    def __init__(self, workers: tuple[Store, Store]) -> None:
        self.workers = workers
        self.leases: dict[str, Lease] = {}
        self.left: list[tuple[datetime, str, str]] = []

    async def settle_in(self, people: int) -> list[tuple[Enrollment, str]]:
        """Leases for ever, mailboxes read, and so many people of two families."""
        for store, account in zip(self.workers, (ACCOUNT, "otto"), strict=True):
            lease = await store.accounts.take(account, "w", START, START + 30 * DAY)
            assert lease is not None
            await store.accounts.was_read(lease, START + 20 * DAY)
            self.leases[account] = lease
        story, walks = Story(self.workers[0]), []
        for number in range(people):
            domain, account = FAMILIES[number % 2], (ACCOUNT, "otto")[number // 2 % 2]
            walks.append((await story.enrolled(f"p{number}@{domain}", account=account), domain))
        return walks

    async def look(
        self, account: str, some: list[tuple[Enrollment, str]], at: datetime, limits: Limits
    ) -> None:
        """A last look for a batch; some of what passed is settled, most of that was taken."""
        store = self.workers[account == "otto"]
        story = Story(store)
        intents = [story.intent(walk, f"x@{domain}") for walk, domain in some]
        lease = self.leases[account]
        looks = await store.outgoing.begin(lease, intents, at, START, limits)
        begun = [
            (look, domain)
            for look, (_, domain) in zip(looks, some, strict=True)
            if isinstance(look, Begun)
        ]
        self.left += [(at, account, domain) for _, domain in begun]
        settled = [
            Settlement(look.touch_id, TouchMove.ACCEPTED, at, ACCEPTED) for look, _ in begun[::2]
        ]
        await store.outgoing.settle(settled)

    def most(self, **wanted: str) -> int:
        """The most that left in any 24 hours, of an account or of a family."""
        when = [
            at
            for at, account, domain in self.left
            if wanted.get("account", account) == account and wanted.get("domain", domain) == domain
        ]
        return max((sum(s <= at < s + DAY for at in when) for s in when), default=0)


@pytest.mark.parametrize("seed", range(3))
async def test_p6_two_workers_together_exceed_no_cap_whatever_the_order(
    workers: tuple[Store, Store], seed: int
) -> None:
    chance, town = random.Random(seed), Town(workers)
    walks = await town.settle_in(120)
    for _ in range(12):
        now = START + chance.randrange(60) * HOUR
        batches = []
        for account in (ACCOUNT, "otto"):
            ours = [each for each in walks if each[0].account == account]
            some = chance.sample(ours, min(6, len(ours)))
            at = now + timedelta(minutes=chance.randrange(-90, 90))
            batches.append(town.look(account, some, max(at, START), LIMITS))
        await asyncio.gather(*batches)
    assert {town.most(account=name) <= LIMITS.per_day for name in (ACCOUNT, "otto")} == {True}
    assert town.most(domain="gmail.com") <= LIMITS.per_family
    assert town.most(domain="firm.example") <= LIMITS.per_domain
    assert len(town.left) > LIMITS.per_day


async def test_p6_of_the_last_place_in_a_family_only_one_worker_has_it(
    workers: tuple[Store, Store],
) -> None:
    town = Town(workers)
    walks = await town.settle_in(40)
    for turn in range(10):
        pair = walks[turn * 4 : turn * 4 + 4 : 2]
        before, limits = len(town.left), replace(LIMITS, per_family=turn + 1)
        await asyncio.gather(
            *(town.look(walk.account, [(walk, "gmail.com")], START, limits) for walk, _ in pair)
        )
        assert len(town.left) == before + 1


async def test_a_breaker_a_pace_and_a_tally_survive_a_restart(url: str) -> None:
    first = await open_store(url, KEY, START)
    story = Story(first)
    one, two, three = [await story.enrolled(f"p{number}@gmail.com") for number in range(3)]
    limits = replace(FREELY, gap=timedelta(minutes=5))
    (look,) = await story.look(story.intent(one, "x@gmail.com"), limits=limits)
    assert isinstance(look, Begun)
    slowly = Settlement(look.touch_id, TouchMove.POSTPONED, START, SLOWLY, retry_at=START + HOUR)
    await first.outgoing.settle([slowly])
    await first.accounts.rest(ACCOUNT, START + timedelta(minutes=1), "421")
    before = await first.accounts.state(ACCOUNT), await first.accounts.backed_off()
    await first.close()
    again = await open_store(url, KEY, START)
    assert (await again.accounts.state(ACCOUNT), await again.accounts.backed_off()) == before
    later = Story(again, story.lease)
    at = START + timedelta(minutes=10)
    looks = await later.look(
        later.intent(two, "x@gmail.com"), later.intent(three, "x@gmail.com"), at=at, limits=limits
    )
    assert all(isinstance(each, Stopped) and "given time" in each.why for each in looks)
    await again.close()


async def test_a_settlement_and_a_look_at_once_do_not_wait_for_each_other(
    workers: tuple[Store, Store],
) -> None:
    town = Town(workers)
    walks = await town.settle_in(80)
    one, other = workers
    for turn in range(10):
        (walk, domain), (next_walk, next_domain) = walks[turn * 8], walks[turn * 8 + 2]
        lease, intent = town.leases[walk.account], Story(one).intent(walk, f"x@{domain}")
        (look,) = await one.outgoing.begin(lease, [intent], START, START, FREELY)
        assert isinstance(look, Begun)
        later = Settlement(look.touch_id, TouchMove.POSTPONED, START, LATER, retry_at=START + DAY)
        lease = town.leases[next_walk.account]
        intent = Story(other).intent(next_walk, f"x@{next_domain}")
        _, (look,) = await asyncio.gather(
            one.outgoing.settle([later]),
            other.outgoing.begin(lease, [intent], START, START, FREELY),
        )
        assert isinstance(look, Begun)
