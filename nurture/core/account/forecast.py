"""How long it takes, day by day, until everything that is to be sent has left within the caps."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Final

from nurture.core.account.allowance import Spending, breath, cap_of, cap_on
from nurture.core.account.family import Family
from nurture.core.account.mailbox import Limits
from nurture.core.calendar import Wait, Window, at_wall_time, local_day
from nurture.value import frozen

_NOON: Final = time(12)
_MIDNIGHT: Final = time(0)
_DAY: Final = timedelta(days=1)
_NO_TIME: Final = timedelta(0)
_PART: Final = 20  # people who take their turn together
_ACCOUNT, _FAMILY = "account", "family"
_HORIZON: Final = 20 * 365  # days: beyond that nobody's plans hold
_MEAN_STRETCH: Final = 1.25  # of a breath, which jitter makes up to half as long again


@frozen
class Crowd:
    """So many people to whom the same is still to be sent, by the same account.

    The first mail is ready on a day; before each further one lie the waits of `waits`.  Whoever
    is in no capped family has an empty `scope`.
    """

    account: str
    scope: str
    people: int
    ready_on: date
    waits: tuple[tuple[Wait, ...], ...]
    window: Window
    is_new: bool = False


@frozen
class Course:
    """What leaves from an account or to a family: how much, from when to when, at most a day."""

    name: str
    mails: int
    first_on: date
    last_on: date
    busiest: int


@frozen
class Forecast:
    """When all of it has left; a day is None where there is nothing, or nothing within 20 years.

    `overdue_until` is about what is due today, `begun_by` about the first mails of the new ones.
    """

    accounts: tuple[Course, ...]
    families: tuple[Course, ...]
    overdue_until: date | None
    begun_by: date | None
    ends_on: date | None
    left_over: int


@frozen
class Purse:
    """What one account may send, and what it has sent so far."""

    limits: Limits
    spending: Spending


@frozen
class Market:
    """Everything that a forecast starts from: the present moment, accounts and families."""

    now: datetime
    zone: str
    purses: Mapping[str, Purse]
    families: Mapping[str, Family]

    @property
    def today(self) -> date:
        """The day on the owner's calendar."""
        return local_day(self.now, self.zone)


def forecast(market: Market, crowds: Iterable[Crowd]) -> Forecast:
    """The days on which everything leaves, if nobody answers and the owner writes nothing.

    Caps are reckoned by calendar days, pace and windows on the owner's clock.
    """
    course = _Simulation(market)
    for crowd in crowds:
        for turn, part in _parts(crowd):
            course.put(part, turn)
    for ahead in range(_HORIZON):
        if course.is_over:
            break
        course.live(market.today + ahead * _DAY)
    return course.result()


def _parts(crowd: Crowd) -> Iterator[tuple[float, Crowd]]:
    """Crowds that are ready on the same day take turns, each in proportion to its size."""
    for begun in range(0, crowd.people, _PART):
        people = min(_PART, crowd.people - begun)
        yield begun / crowd.people, replace(crowd, people=people)


@dataclass(slots=True)
class _Simulation:
    """One day after the other; what waits is kept in the order in which it became ready."""

    market: Market
    queues: dict[str, list[tuple[date, float, int, Crowd]]] = field(default_factory=dict)
    windows: dict[str, set[Window]] = field(default_factory=lambda: defaultdict(set))
    sent: dict[tuple[str, str], Counter[date]] = field(default_factory=lambda: defaultdict(Counter))
    first_sent: dict[str, datetime] = field(default_factory=dict)
    overdue_until: date | None = None
    begun_by: date | None = None
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def is_over(self) -> bool:
        return not any(self.queues.values())

    def put(self, crowd: Crowd, turn: float = 0) -> None:
        self.windows[crowd.account].add(crowd.window)
        queue = self.queues.setdefault(crowd.account, [])
        heappush(queue, (crowd.ready_on, turn, next(self.numbers), crowd))

    def live(self, day: date) -> None:
        for account, queue in self.queues.items():
            left = self._room(account, day)
            aside = []
            while queue and queue[0][0] <= day and left > 0:
                ready_on, turn, number, crowd = heappop(queue)
                people = min(crowd.people, left, self._family_room(crowd, day))
                if people > 0:
                    left -= people
                    self._take(crowd, people, day)
                if people < crowd.people:
                    # Who may not leave today waits without losing their turn.
                    rest = replace(crowd, people=crowd.people - max(0, people))
                    aside.append((ready_on, turn, number, rest))
            for each in aside:
                heappush(queue, each)

    def _room(self, account: str, day: date) -> int:
        """What the account's cap and the pace within its hours leave of this day."""
        limits, spending = self.market.purses[account].limits, self.market.purses[account].spending
        hours = max((self._hours(each, day) for each in self.windows[account]), default=_NO_TIME)
        if not hours:
            return 0
        first = self.first_sent.get(account, spending.first_sent_at)
        cap = cap_on(limits, first, self._noon(day))
        gone = spending.tally.within_day(self.market.now) if day == self.market.today else 0
        pause = breath(limits, cap) * _MEAN_STRETCH
        return min(cap - gone, max(1, hours // pause) if pause else cap)

    def _hours(self, window: Window, day: date) -> timedelta:
        """How long the window is open on this day, from now on if it is today."""
        if day.weekday() not in window.days:
            return _NO_TIME
        opens = at_wall_time(day, window.opens, self.market.zone)
        end = day + _DAY if window.closes == _MIDNIGHT else day
        closes = at_wall_time(end, window.closes, self.market.zone)
        return max(_NO_TIME, closes - max(opens, self.market.now))

    def _family_room(self, crowd: Crowd, day: date) -> int:
        if day.weekday() not in crowd.window.days:
            return 0
        cap = cap_of(crowd.scope, self.market.purses[crowd.account].limits)
        if not (crowd.scope and cap):
            return crowd.people
        family = self.market.families.get(crowd.scope, Family(crowd.scope))
        if family.until and self._noon(day) < family.until:
            return 0
        gone = family.tally.within_day(self.market.now) if day == self.market.today else 0
        return cap - gone - self.sent[_FAMILY, crowd.scope][day]

    def _take(self, crowd: Crowd, people: int, day: date) -> None:
        self.sent[_ACCOUNT, crowd.account][day] += people
        self.sent[_FAMILY, crowd.scope][day] += people
        spending = self.market.purses[crowd.account].spending
        self.first_sent.setdefault(crowd.account, spending.first_sent_at or self._noon(day))
        if crowd.is_new:
            self.begun_by = day
        elif crowd.ready_on <= self.market.today:
            self.overdue_until = day
        if crowd.waits:
            after = replace(crowd, people=people, waits=crowd.waits[1:], is_new=False)
            self.put(replace(after, ready_on=self._ready_on(crowd, day)))

    def _ready_on(self, crowd: Crowd, day: date) -> date:
        """The next mail's day: behind its waits, and not too soon after this one."""
        at = self._noon(day)
        for wait in crowd.waits[0]:
            at = wait.after(at, self.market.zone)
        gap = self.market.purses[crowd.account].limits.contact_gap
        soonest = day + max(_DAY, -(-gap // _DAY) * _DAY)
        return max(soonest, local_day(at, self.market.zone))

    def _noon(self, day: date) -> datetime:
        return at_wall_time(day, _NOON, self.market.zone)

    def result(self) -> Forecast:
        waiting = [crowd for queue in self.queues.values() for *_, crowd in queue]
        left_over = sum(crowd.people for crowd in waiting)
        last = [day for days in self.sent.values() for day in days]
        return Forecast(
            accounts=self._courses(_ACCOUNT),
            families=self._courses(_FAMILY),
            overdue_until=self.overdue_until,
            begun_by=None if any(crowd.is_new for crowd in waiting) else self.begun_by,
            ends_on=max(last, default=None) if not left_over else None,
            left_over=left_over,
        )

    def _courses(self, what: str) -> tuple[Course, ...]:
        found = [(name, days) for (kind, name), days in self.sent.items() if kind == what and days]
        return tuple(
            Course(name, days.total(), min(days), max(days), max(days.values()))
            for name, days in sorted(found)
        )
