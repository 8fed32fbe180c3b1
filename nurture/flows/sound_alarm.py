"""Tells every owner at once, past the outbox, that the database itself cannot be used."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from nurture import journal, ports
from nurture.core.account import Account
from nurture.errors import Unreachable

_AGAIN = timedelta(hours=6)
_PATIENCE = timedelta(minutes=1)
_LOOK_AGAIN = timedelta(seconds=30)

T = TypeVar("T")


@dataclass(slots=True)
class Alarm:
    """Whom to reach and how; remembers what was said, since nothing can be written down."""

    accounts: Mapping[str, Account]
    routes: Sequence[ports.Route]
    since: datetime | None = None
    told: dict[str, datetime] = field(default_factory=dict)

    def all_clear(self) -> None:
        """The database answers again: the next fault is news."""
        self.since = None
        self.told.clear()


async def sound_alarm(alarm: Alarm, fault: Unreachable, now: datetime) -> int:
    """How many owners were told: once the fault lasts a minute, then every six hours.

    Without a database no last look passes, so nothing is sent meanwhile, and nothing is heard:
    whoever is not told would believe that all is well.
    """
    alarm.since = alarm.since or now
    if now - alarm.since < _PATIENCE:
        return 0
    heard = 0
    for name, account in alarm.accounts.items():
        told_at = alarm.told.get(account.owner.address)
        if told_at and now - told_at < _AGAIN:
            continue
        if await _tell(alarm, name, account, fault, now):
            alarm.told[account.owner.address] = now
            heard += 1
    return heard


@asynccontextmanager
async def crying_out(alarm: Alarm, clock: ports.Clock) -> AsyncIterator[None]:
    """For work that only the database can keep from being done: its fault is told, and raised."""
    try:
        yield
    except Unreachable as fault:
        await sound_alarm(alarm, fault, clock.now())
        raise


async def outlast(
    work: Callable[[], Awaitable[T]],
    alarm: Alarm,
    clock: ports.Clock,
    supervisor: ports.Supervisor,
    is_stopping: Callable[[], bool] = lambda: False,
) -> T | None:
    """What `work` returns, once the database lets it; None where the daemon is to stop instead.

    Whoever gave up would be started anew by the supervisor, which counts failures and gives up
    as well; and nobody would tell the owners twice a day.
    """
    while not is_stopping():
        try:
            done = await work()
        except Unreachable as fault:
            now = clock.now()
            journal.database_unusable(str(fault))
            supervisor.takes_longer(4 * _LOOK_AGAIN)
            await sound_alarm(alarm, fault, now)
            await clock.sleep_until(now + _LOOK_AGAIN)
        else:
            alarm.all_clear()
            return done
    return None


async def _tell(
    alarm: Alarm, name: str, account: Account, fault: Unreachable, now: datetime
) -> bool:
    telling = ports.Telling(
        account=name,
        key=f"database/{now:%Y-%m-%d %H}",
        subject="nurture stands still: its database cannot be used",
        text=f"Nothing is sent and no answer is recorded, for {account.address} and all others.\n"
        f"The reason: {fault}\n"
        "What to do: mend that; nurture goes on by itself, and nothing is lost or sent twice.",
    )
    has_told = False
    for route in alarm.routes:
        if not route.wants(name, telling.kind):
            continue
        try:
            await route.channel.tell(telling)
        except Unreachable as error:
            journal.owner_not_told(name, "alarm", str(error), channel=route.name)
        else:
            journal.owner_told(name, "alarm", notice=0, channel=route.name)
            has_told = True
    return has_told
