"""The watchdog is fed by progress: a loop that hangs starves it, a silent server does not."""

import asyncio
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from nurture import ports
from nurture.daemon import Daemon
from nurture.errors import Unreachable
from nurture.flows.hear import listen
from nurture.flows.send import send_due
from nurture.flows.tell import Town, tell_owners
from nurture.house import House, Rhythm
from nurture.mail.cursor import Folder
from tests.fakes.small_house import KEY, START, SmallHouse, mail_from, person
from tests.fakes.supervisor import FakeSupervisor

HOUR = timedelta(hours=1)
WATCHDOG = timedelta(minutes=3)  # WatchdogSec of deploy/nurture.service
PATIENCE = timedelta(minutes=16)


class Hung:
    """A port of which one method never returns, from `since` on."""

    def __init__(self, real: object, method: str, clock: ports.Clock, since: datetime) -> None:
        self._real, self._method, self._clock, self._since = real, method, clock, since

    def __getattr__(self, name: str) -> object:
        if name == self._method and self._clock.now() >= self._since:
            return self._hang
        return getattr(self._real, name)

    async def _hang(self, *_: object) -> None:
        await asyncio.Event().wait()


async def watched(small: SmallHouse, until: datetime, house: House | None = None) -> FakeSupervisor:
    """What the daemon told its supervisor until then; it is cut off there."""
    supervisor = FakeSupervisor(small.clock.now)
    rhythm = Rhythm()
    daemon = Daemon(replace(house or small.house(), supervisor=supervisor, rhythm=rhythm))
    running = asyncio.create_task(daemon.run())
    while small.clock.now() < until:
        for _ in range(20):
            await small.clock.settle()
        wake = small.clock.next_wake
        await small.clock.advance_to(min(wake or until, until))
    status = supervisor.status
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    supervisor.status = status
    return supervisor


async def test_a_daemon_that_gets_on_never_lets_the_watchdog_wait() -> None:
    small = SmallHouse()
    await small.invite(person("Ada"))
    supervisor = await watched(small, START + 3 * HOUR)
    beats = [START, *supervisor.times("alive"), START + 3 * HOUR]
    assert max(later - earlier for earlier, later in pairwise(beats)) < WATCHDOG / 2
    assert supervisor.words[0] == "ready"
    assert supervisor.status == "1 of 1 mailboxes are read"


@pytest.mark.parametrize(
    ("port", "method"),
    [("outgoing", "due"), ("incoming", "cursor"), ("desk", "notices_due"), ("accounts", "renew")],
)
async def test_any_loop_that_hangs_starves_the_watchdog(port: str, method: str) -> None:
    small = SmallHouse()
    house = small.house()
    store = copy(small.store)
    setattr(store, port, Hung(getattr(store, port), method, small.clock, START + HOUR))
    sweep = replace(small.account.limits, sweep_every=timedelta(minutes=5))
    account = replace(small.account, limits=sweep)
    posts = [replace(post, account=account) for post in house.posts]
    stuck = replace(house, posts=posts, store=store)
    supervisor = await watched(small, START + 3 * HOUR, stuck)
    last = supervisor.times("alive")[-1]
    assert START + HOUR - WATCHDOG < last < START + HOUR + 2 * PATIENCE


async def test_a_mailbox_that_does_not_answer_is_no_hang() -> None:
    small = SmallHouse()
    small.mailbox.freeze()
    supervisor = await watched(small, START + 3 * HOUR)
    assert supervisor.times("alive")[-1] > START + 3 * HOUR - WATCHDOG
    assert supervisor.words == ["ready"]
    assert supervisor.status == "0 of 1 mailboxes are read; not read: anna"


async def test_the_status_names_a_mailbox_that_was_read_once_and_cannot_be_read_now() -> None:
    small = SmallHouse()
    opening = small.mailbox.open

    async def open_at_first() -> None:
        if small.clock.now() > START + HOUR:
            raise Unreachable("gone")
        await opening()

    small.mailbox.open = open_at_first  # type: ignore[method-assign]
    supervisor = await watched(small, START + 12 * HOUR)
    assert supervisor.status == "0 of 1 mailboxes are read; not read: anna"


async def test_it_is_ready_only_after_every_account_was_tried() -> None:
    small = SmallHouse()
    house = small.house()
    slow = Hung(small.mailbox, "open", small.clock, START)
    other = replace(small.account, name="bea")
    posts = [*house.posts, replace(house.posts[0], account=other, mailbox=slow)]  # type: ignore[arg-type]
    supervisor = await watched(small, START + HOUR, replace(house, posts=posts))
    assert "ready" not in supervisor.words
    assert supervisor.times("takes_longer")[0] == START
    assert supervisor.times("takes_longer")[-1] < START + PATIENCE
    assert supervisor.status.endswith("not read: bea")


async def test_an_account_that_another_worker_reads_does_not_keep_it_from_being_ready() -> None:
    small = SmallHouse()
    await small.store.accounts.take("anna", "elsewhere", START, START + HOUR)
    supervisor = await watched(small, START + timedelta(minutes=2))
    assert supervisor.words == ["ready"]


async def test_a_reload_that_fails_is_still_ended_for_systemd() -> None:
    small = SmallHouse()

    async def reread() -> str:
        raise RuntimeError("the folder is on fire")

    supervisor = FakeSupervisor(small.clock.now)
    daemon = Daemon(replace(small.house(), supervisor=supervisor, reread=reread))
    running = asyncio.create_task(daemon.run())
    for _ in range(40):
        await small.clock.settle()
    daemon.reread()
    for _ in range(40):
        await small.clock.settle()
    assert supervisor.words == ["ready", "reloading", "ready"]
    assert "the last reload failed" in supervisor.status
    daemon.stop()
    await running
    assert supervisor.words[-1] == "stopping"


class Counting:
    """A clock that counts how often it is asked."""

    def __init__(self, clock: ports.Clock) -> None:
        self.asked = 0
        self._clock = clock

    def now(self) -> datetime:
        self.asked += 1
        return self._clock.now()

    async def sleep_until(self, when: datetime) -> None:
        await self._clock.sleep_until(when)

    def mint_id(self, domain: str) -> str:
        return self._clock.mint_id(domain)


async def heard(small: SmallHouse, clock: Counting, count: int) -> None:
    await small.listen()
    for number in range(count):
        small.mailbox.deliver(Folder.INBOX, mail_from(f"p{number}@x.example", "Hello."))
    await listen(replace(await small.ear(), clock=clock))


async def sent(small: SmallHouse, clock: Counting, count: int) -> None:
    await small.invite(*(person(f"P{number}") for number in range(count)))
    since = await small.listen()
    assert (await send_due(replace(await small.voice(), clock=clock), since)).sent == count


async def told(small: SmallHouse, clock: Counting, count: int) -> None:
    for number in range(count):
        await small.store.desk.tell("anna", "subject", "text", START, str(number))
    town = Town(
        {"anna": small.account},
        small.store.desk,
        [small.route],
        clock,
        small.store.instructions,
        KEY,
    )
    assert await tell_owners(town) == count


@pytest.mark.parametrize("flow", [heard, sent, told], ids=lambda flow: flow.__name__)
async def test_a_long_round_asks_for_the_time_at_each_item(flow: object) -> None:
    """What nurture/pulse.py leans on: a thousand mails are progress, not a hang."""
    asked = []
    for count in (1, 6):
        small = SmallHouse()
        clock = Counting(small.clock)
        await flow(small, clock, count)  # type: ignore[operator]
        asked.append(clock.asked)
    assert asked[1] - asked[0] >= 5
