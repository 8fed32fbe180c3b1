"""What can be asked of the running daemon from outside: metrics, life, readiness, who may send."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

from nurture import SCHEMA, __version__, ical, log
from nurture.agenda import calendar_of, paths_of
from nurture.core.enrollment import State
from nurture.core.halt import HaltKind
from nurture.daemon import Daemon
from nurture.errors import Unreachable
from nurture.ports import AccountState
from nurture.standing import why_silent
from nurture.storage.figures import Figures, figures
from nurture.tally import COUNTERS, Tally
from nurture.transport.exposition import CONTENT_TYPE, Labels, Metric, written
from nurture.transport.host import resident_bytes
from nurture.transport.http_page import Page, reading, serving
from nurture.value import frozen
from nurture.wiring.world import World


@asynccontextmanager
async def watched(world: World, daemon: Daemon, worker: int = 1) -> AsyncIterator[int]:
    """Answers where the settings say so, for the while; the port, 0 for nowhere.

    Each of several workers of a machine has a port of its own, one behind the other.
    """
    if not world.settings.watch:
        yield 0
        return
    watch = Watch(world, daemon, Tally(), world.clock.now())
    pages: dict[str, Callable[[], Awaitable[Page]]] = {
        "/metrics": watch.metrics,
        "/live": watch.live,
        "/ready": watch.ready,
        "/accounts": watch.accounts,
        **{path: partial(watch.tasks, *which) for path, which in paths_of(world).items()},
    }
    with log.listening(watch.tally):
        host, _, first = world.settings.watch.rpartition(":")
        listen = f"{host}:{int(first) + worker - 1}"
        async with serving(listen, reading(pages)) as port:
            yield port


@frozen
class Watch:
    """The pages; none but `tasks`, at its secret path, shows an address or a word of a mail."""

    world: World
    daemon: Daemon
    tally: Tally
    started_at: datetime

    async def live(self) -> Page:
        """Whether every loop gets on; what a supervisor may restart by."""
        late = self.daemon.pulse.late
        return Page(503, f"late: {', '.join(late)}\n") if late else Page(200, "live\n")

    async def ready(self) -> Page:
        """Whether each account was tried, and the database can be written."""
        if not self.daemon.pulse.is_ready:
            return Page(503, "starting\n")
        try:
            await self.world.store.database.probe_writing()
        except Unreachable as error:
            return Page(503, f"{error}\n")
        return Page(200, "ready\n")

    async def accounts(self) -> Page:
        """For each account whether it can send, and why not."""
        try:
            whys = await self._whys()
        except Unreachable as error:
            return Page(503, f"{error}\n")
        rows = {
            name: {"can_send": not why, "why": log.without_addresses(why)}
            for name, (_, why) in whys.items()
        }
        return Page(200, f"{json.dumps(rows, ensure_ascii=False)}\n", "application/json")

    async def tasks(self, account: str, as_days: bool) -> Page:
        """What the owner of this account has to do, for their calendar program."""
        try:
            text = await calendar_of(self.world, as_days=as_days, account=account)
        except Unreachable as error:
            return Page(503, f"{error}\n")
        return Page(200, text, ical.KIND)

    async def metrics(self) -> Page:
        """Everything, for Prometheus; without the database only what was counted here."""
        found = [*self._counters(), *self._process()]
        try:
            now = self.world.clock.now()
            found += _stored(await figures(self.world.store.database, now), now)
            found += _accounts(await self._whys())
            found.append(await self._expiries())
        except Unreachable:
            found.append(_one("nurture_database_up", "Whether the database answers.", 0))
        else:
            found.append(_one("nurture_database_up", "Whether the database answers.", 1))
        return Page(200, written(sorted(found, key=lambda each: each.name)), CONTENT_TYPE)

    async def _whys(self) -> dict[str, tuple[AccountState, str]]:
        store, now = self.world.store, self.world.clock.now()
        halts = await store.switch.halts()
        found = {}
        for name, account in self.world.accounts.items():
            state = await store.accounts.state(name)
            why = "; ".join(each.why for each in halts) or self.daemon.house.clock_doubt()
            why = why or why_silent(account, state, now)
            found[name] = state, why
        return found

    async def _expiries(self) -> Metric:
        samples: dict[Labels, float] = {}
        for post in self.daemon.house.posts:
            for each in await post.tokens.expiries() if post.tokens else ():
                labels = (("account", post.account.name), ("what", each.what))
                samples[labels] = each.at.timestamp()
        meaning = "When a login or a client secret ends."
        return Metric("nurture_token_expiry_timestamp_seconds", "gauge", meaning, samples)

    def _counters(self) -> Iterator[Metric]:
        for name, meaning in COUNTERS.items():
            yield Metric(name, "counter", meaning, dict(self.tally.counts[name]))

    def _process(self) -> Iterator[Metric]:
        labels = (("schema", SCHEMA), ("version", __version__))
        meaning = "Which nurture this is."
        yield Metric("nurture_build_info", "gauge", meaning, {labels: 1})
        meaning = "When the daemon started."
        yield _one("process_start_time_seconds", meaning, self.started_at.timestamp())
        yield _one("process_resident_memory_bytes", "Memory in use.", resident_bytes())
        if newest := self.daemon.house.last_backup():
            meaning = "When the newest backup beside the database was made."
            yield _one("nurture_backup_timestamp_seconds", meaning, newest.timestamp())
        late = len(self.daemon.pulse.late)
        yield _one("nurture_loops_late", "Loops that do not get on.", late)


def _one(name: str, meaning: str, value: float) -> Metric:
    return Metric(name, "gauge", meaning, {(): value})


def _by(name: str, meaning: str, label: str, values: Mapping[str, float]) -> Metric:
    samples: dict[Labels, float] = {((label, key),): value for key, value in values.items()}
    return Metric(name, "gauge", meaning, samples)


def _stored(found: Figures, now: datetime) -> Iterator[Metric]:
    walks = {str(state): found.enrollments.get(state, 0) for state in State}
    yield _by("nurture_enrolments", "Walks by state.", "state", walks)
    lags = {name: (now - since).total_seconds() for name, since in found.due_since.items()}
    yield _by("nurture_due_lag_seconds", "Age of the oldest due step.", "account", lags)
    yield _by("nurture_handoffs_open", "Answers nobody took yet.", "age", found.handoffs)
    if found.first_response is not None:
        meaning = "Median time of 30 days until an answer was taken."
        seconds = found.first_response.total_seconds()
        yield _one("nurture_handoff_first_response_seconds", meaning, seconds)
    meaning = "Mails of which nobody knows whether they left."
    yield _one("nurture_uncertain_messages", meaning, found.uncertain)
    yield _one("nurture_to_check_messages", "Mails that a person must judge.", found.to_check)
    yield _one("nurture_quarantined_messages", "Mails that broke nurture.", found.quarantined)
    yield _one("nurture_notices_untold", "Notices that some channel still owes.", found.untold)
    yield _one("nurture_db_size_bytes", "Size of the database.", found.size)
    halts = {str(kind): float(kind in found.halts) for kind in HaltKind}
    yield _by("nurture_halted", "Whether all sending stands still.", "kind", halts)


def _accounts(whys: Mapping[str, tuple[AccountState, str]]) -> Iterator[Metric]:
    read = {
        name: state.read_started_at.timestamp()
        for name, (state, _) in whys.items()
        if state.read_started_at
    }
    name = "nurture_imap_last_sweep_timestamp_seconds"
    yield _by(name, "When the mailbox was last read to its end.", "account", read)
    can = {name: float(not why) for name, (_, why) in whys.items()}
    yield _by("nurture_account_can_send", "Whether mail may leave.", "account", can)
    paused = {name: 1 - value for name, value in can.items()}
    yield _by("nurture_account_paused", "Whether mail is kept back.", "account", paused)
