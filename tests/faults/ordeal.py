"""One database and one provider under daemons that die, and what must be true after each death."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from nurture.demo.sandbox import Sandbox
from nurture.mail.cursor import Folder
from nurture.settings import Settings
from nurture.storage.engine import make_engine, parse_url
from nurture.transport.imap import ImapEndpoint, ImapMailbox
from nurture.transport.security import Tls
from tests.faults.death import FORKS, When, live
from tests.faults.evening import (
    ACCOUNT,
    LIMITS,
    OWNER,
    PASSWORD,
    SEQUENCE,
    START,
    fill,
    settings,
    write_sequence,
)
from tests.servers.lying_smtp import LyingSmtp, Taken

STEPS = ("first", "second")
_MORE = """\
  - id: pause
    wait: 1 day
  - id: second
    email: second.md
"""
_MOST_LIVES = 40
_BETWEEN_LIVES = timedelta(days=2)
_BUSY_ELSEWHERE = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)
_TOUCHES = text(
    "SELECT t.id, c.address, t.step, t.state, t.message_id, e.state, e.position, e.reason, t.reply"
    " FROM touches t"
    " JOIN contacts c ON c.id = t.contact_id JOIN enrollments e ON e.id = t.enrollment_id"
)
_UNTOUCHED = text(
    "SELECT count(*) FROM enrollments e WHERE NOT EXISTS"
    " (SELECT 1 FROM touches t WHERE t.enrollment_id = e.id)"
    " AND NOT (e.state = 'active' AND e.position = 'first' AND e.due_at IS NOT NULL)"
)
_MAY_HAVE_LEFT = frozenset({"sending", "sent", "uncertain"})


@dataclass(slots=True)
class Ordeal:
    """Everything outlives the daemons; `taken` of the server is the truth about who got what."""

    told: Settings
    smtp: LyingSmtp
    sandbox: Sandbox
    engine: Engine
    lives: int = 0
    _in_flight: set[int] = field(default_factory=set)
    _filed: int = 0
    _newcomers: Iterable[int] = field(default_factory=count)

    async def welcome(self, number: int) -> None:
        """So many more people are due."""
        people = [f"person{next(iter(self._newcomers))}@example.net" for _ in range(number)]
        await fill(self.told, people, self.now)

    def born(self, call: str = "", when: When = When.NEVER) -> ForkServerProcess:
        """A daemon, which dies there, by another's hand, or never."""
        self.lives += 1
        process = FORKS.Process(target=live, args=(self.told, self.now, call, when))
        process.start()
        return process

    async def buried(self, *processes: ForkServerProcess) -> bool:
        """Once all of them are gone, and their transactions with them; whether one was killed."""
        for process in processes:
            await asyncio.to_thread(process.join, 60)
            assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
        while self.engine.dialect.name == "postgresql" and self._rows(_BUSY_ELSEWHERE) != [(0,)]:
            await asyncio.sleep(0)
        if self.told.accounts[0].account.files_sent_copy:
            await self._file_copies()
        return any(process.exitcode for process in processes)

    def copies(self) -> Counter[tuple[str, str]]:
        """How often the server took each mail to a contact."""
        taken = [each for each in self.smtp.taken if each.recipient != OWNER]
        return Counter((each.recipient, step_of(each)) for each in taken)

    async def live_on(self) -> None:
        """One life after another, until nobody is due any more."""
        for _ in range(_MOST_LIVES):
            if not self.due():
                return
            await self.buried(self.born())
        raise AssertionError(f"{self.due()} people are still due after {_MOST_LIVES} lives")

    def check(self, where: str) -> Counter[str]:
        """P2, R1 and R2: one copy at most, and each mail is sent, in doubt or still due."""
        copies = self.copies()
        assert set(copies.values()) <= {1}, (where, copies.most_common(3))
        assert self._rows(_UNTOUCHED) == [(0,)], where
        touches = self._rows(_TOUCHES)
        left = {
            (address, step) for _, address, step, state, *_ in touches if state in _MAY_HAVE_LEFT
        }
        assert set(copies) <= left, (where, set(copies) - left)
        for number, address, step, state, _, walk, position, *why in touches:
            here = (where, number, address, step, state, walk, position, why)
            # What was put off for five days is given up; lives lie two days apart.
            is_given_up = state in {"refused", "cancelled"} and "greylisted" in why[-1]
            assert not is_given_up or walk == "ended" or position != step, here
            assert state in _MAY_HAVE_LEFT | {"deferred"} or is_given_up, here
            assert not is_given_up or (address, step) not in copies, here
            assert state != "sent" or (address, step) in copies, here
            assert state != "deferred" or (walk, position) == ("active", step), here
            assert state != "sending" or (walk, position) == ("active", step), here
            assert state != "uncertain" or (walk, position) == ("paused", step), here
            # What was under way when somebody died is never tried again.
            assert number not in self._in_flight or state != "deferred", here
        self._in_flight = {number for number, _, _, state, *_ in touches if state == "sending"}
        return Counter(state for _, _, _, state, *_ in touches)

    def check_the_end(self, where: str) -> Counter[str]:
        """Nothing is under way, and the owner was told of every doubt (R3)."""
        found = self.check(where)
        assert set(found) <= {"sent", "uncertain", "refused", "cancelled"}, (where, found)
        doubts = self._rows(text("SELECT id FROM touches WHERE state = 'uncertain'"))
        told = text("SELECT key FROM notices WHERE key LIKE 'uncertain/%' AND told_at IS NOT NULL")
        asked = {key for (key,) in self._rows(told)}
        assert {f"uncertain/{number}" for (number,) in doubts} <= asked, (where, doubts, asked)
        assert self._rows(
            text("SELECT count(*) FROM notices WHERE told_at IS NULL AND kind != 'digest'")
        ) == [(0,)]
        assert self._rows(text("SELECT count(*) FROM enrollments WHERE state = 'active'")) == [(0,)]
        return found

    async def copies_in_sent(self) -> Counter[str]:
        """How many mails to whom lie in Sent."""
        where = self.told.accounts[0].imap
        endpoint = ImapEndpoint(where.host, where.port, OWNER, PASSWORD, tls=Tls.NONE)
        mailbox = ImapMailbox(endpoint)
        await mailbox.open()
        found = [each async for block in mailbox.headings(Folder.SENT) for each in block]
        await mailbox.close()
        return Counter(address for each in found for address in each.recipients)

    def due(self) -> int:
        """How many walks are not over."""
        rows = self._rows(text("SELECT count(*) FROM enrollments WHERE state = 'active'"))
        number: int = rows[0][0]
        return number

    @property
    def now(self) -> datetime:
        """When the youngest life began."""
        return START + self.lives * _BETWEEN_LIVES

    def _rows(self, query: Any) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query)]

    async def _file_copies(self) -> None:
        """As a provider does that files copies itself."""
        for each in self.smtp.taken[self._filed :]:
            if each.recipient != OWNER:
                await self.sandbox.deliver(OWNER, each.wire, "Sent")
        self._filed = len(self.smtp.taken)


def step_of(taken: Taken) -> str:
    """Which of the two notes it is."""
    return next((step for step in STEPS if f"The {step} note".encode() in taken.wire), "")


@asynccontextmanager
async def ordeal(
    folder: Path,
    url: str,
    *,
    provider_files: bool = False,
    batch: int = 10,
    words: str = "all the best.",
) -> AsyncIterator[Ordeal]:
    """An installation on this database, and the provider it speaks to."""
    mails = {
        step: f"---\nsubject: The {step} note\n---\nDear {{{{ given_name }}}},\n\n{words}\n"
        for step in STEPS
    }
    write_sequence(folder, SEQUENCE + _MORE, **mails)
    sandbox = Sandbox(lambda: datetime.now(UTC))
    account = replace(ACCOUNT, files_sent_copy=provider_files, limits=replace(LIMITS, batch=batch))
    async with AsyncExitStack() as stack:
        smtp = await stack.enter_async_context(LyingSmtp(password=PASSWORD).running())
        await sandbox.start({OWNER: PASSWORD})
        stack.push_async_callback(sandbox.close)
        engine = make_engine(parse_url(url))
        stack.callback(engine.dispose)
        told = settings(folder, smtp.port, sandbox.imap_port, account)
        yield Ordeal(replace(told, storage_url=url), smtp, sandbox, engine)
