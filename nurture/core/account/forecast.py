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
from nurture.core.account.hours import OFFICE, Hours, Span, length_of
from nurture.core.account.mailbox import Limits
from nurture.core.calendar import Wait, at_wall_time, local_day
from nurture.core.calendar.holiday import closed_days
from nurture.core.calendar.season import Away, Quiet
from nurture.value import frozen

_NOON: Final = time(12)
_DAY: Final = timedelta(days=1)
_MONTH: Final = timedelta(days=30)
_PART: Final = 20  # people who take their turn together
_ACCOUNT, _FAMILY = "account", "family"
_HORIZON: Final = 20 * 365  # days: beyond that nobody's plans hold
_MEAN_STRETCH: Final = 1.25  # of a breath, which jitter makes up to half as long again


@frozen
class Crowd:
    """So many people to whom the same is still to be sent, by the same account, in the same hours.

    The first mail is ready on a day; before each further one lie the waits of `waits`.  `greets`
    says of each mail, the first included, whether it is a greeting; beyond its end none is.
    Whoever is in no capped family has an empty `scope`.  `before` are the days of their last mails.
    """

    account: str
    scope: str
    people: int
    ready_on: date
    waits: tuple[tuple[Wait, ...], ...]
    hours: Hours = OFFICE
    is_new: bool = False
    greets: tuple[bool, ...] = ()
    before: tuple[date, ...] = ()

    def after(self, people: int, day: date, most: int) -> "Crowd":
        """So many of them, whose first mail left that day; `most` days of theirs are remembered."""
        return replace(
            self,
            people=people,
            waits=self.waits[1:],
            greets=self.greets[1:],
            before=(*self.before, day)[-most:] if most else (),
            is_new=False,
        )


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
    """What one account may send, what it has sent so far, and the holidays its owner keeps."""

    limits: Limits
    spending: Spending
    place: str = ""


@frozen
class Market:
    """Everything that a forecast starts from: the present moment, accounts and families."""

    now: datetime
    zone: str
    purses: Mapping[str, Purse]
    families: Mapping[str, Family]
    quiet: tuple[Quiet, ...] = ()
    away: tuple[Away, ...] = ()

    @property
    def today(self) -> date:
        """The day on the owner's calendar."""
        return local_day(self.now, self.zone)

    def hushes(self, crowd: Crowd, day: date) -> bool:
        """Whether the calendar wants nothing of this kind to arrive where they are."""
        is_greeting = crowd.greets[:1] == (True,)
        return any(
            each.season.covers(day)
            for each in self.quiet
            if not (each.spares_greetings and is_greeting)
            and each.season.is_in(crowd.hours.country)
        )


def forecast(market: Market, crowds: Iterable[Crowd]) -> Forecast:
    """The days on which everything leaves, if nobody answers and the owner writes nothing.

    Caps are reckoned by the owner's calendar days; windows are open, and holidays and quiet times
    kept, where each crowd is.
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
class _Today:
    """What one account may still send on a day, and within the hours of whom."""

    left: int
    pause: timedelta
    spans: Mapping[Hours, Span]
    taken: Counter[Hours] = field(default_factory=Counter)

    def room(self, hours: Hours) -> int:
        """How many more within these hours."""
        if hours not in self.spans:
            return 0
        if not self.pause:
            return self.left
        return min(self.left, self._fitting([self.spans[hours]]) - self.taken[hours])

    def bound(self) -> None:
        """No more than fit into all hours together."""
        if self.pause:
            self.left = min(self.left, self._fitting(self.spans.values()))

    def take(self, hours: Hours, people: int) -> None:
        """So many leave within these hours."""
        self.left -= people
        self.taken[hours] += people

    def _fitting(self, spans: Iterable[Span]) -> int:
        return -(-length_of(spans) // self.pause)


@dataclass(slots=True)
class _Simulation:
    """One day after the other; what waits is kept in the order in which it became ready."""

    market: Market
    queues: dict[str, list[tuple[date, float, int, Crowd]]] = field(default_factory=dict)
    hours: dict[str, set[Hours]] = field(default_factory=lambda: defaultdict(set))
    sent: dict[tuple[str, str], Counter[date]] = field(default_factory=lambda: defaultdict(Counter))
    first_sent: dict[str, datetime] = field(default_factory=dict)
    overdue_until: date | None = None
    begun_by: date | None = None
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def is_over(self) -> bool:
        return not any(self.queues.values())

    def put(self, crowd: Crowd, turn: float = 0) -> None:
        self.hours[crowd.account].add(crowd.hours)
        queue = self.queues.setdefault(crowd.account, [])
        heappush(queue, (crowd.ready_on, turn, next(self.numbers), crowd))

    def live(self, day: date) -> None:
        for account, queue in self.queues.items():
            today = self._today(account, day)
            aside = []
            while queue and queue[0][0] <= day and today.left > 0:
                ready_on, turn, number, crowd = heappop(queue)
                people = max(0, min(crowd.people, self._room(today, crowd, day)))
                if people:
                    today.take(crowd.hours, people)
                    self._take(crowd, people, day)
                if people < crowd.people:
                    # Who may not leave today waits without losing their turn.
                    rest = replace(crowd, people=crowd.people - people)
                    aside.append((ready_on, turn, number, rest))
            for each in aside:
                heappush(queue, each)

    def _today(self, account: str, day: date) -> _Today:
        """What the account's cap, and the pace within the hours of its people, leave of a day."""
        market, purse = self.market, self.market.purses[account]
        is_off = purse.place and day in closed_days(purse.place, day.year)
        if is_off or any(away.covers(day) for away in market.away):
            return _Today(0, _DAY, {})
        first = self.first_sent.get(account, purse.spending.first_sent_at)
        cap = cap_on(purse.limits, first, self._noon(day))
        gone = purse.spending.tally.within_day(market.now) if day == market.today else 0
        spans = {
            each: span
            for each in self.hours[account]
            if (span := each.on(day, market.zone, market.now))
        }
        today = _Today(cap - gone, breath(purse.limits, cap) * _MEAN_STRETCH, spans)
        today.bound()
        return today

    def _room(self, today: _Today, crowd: Crowd, day: date) -> int:
        if self.market.hushes(crowd, day):
            return 0
        return min(today.room(crowd.hours), self._family_room(crowd, day))

    def _family_room(self, crowd: Crowd, day: date) -> int:
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
            most = self.market.purses[crowd.account].limits.per_contact_month
            after = crowd.after(people, day, most)
            self.put(replace(after, ready_on=self._ready_on(crowd.waits[0], after, day)))

    def _ready_on(self, waits: tuple[Wait, ...], after: Crowd, day: date) -> date:
        """The next mail's day: behind its waits, and not too soon after those before it."""
        zone, at = next(iter(after.hours.zones), self.market.zone), self._noon(day)
        for wait in waits:
            at = wait.after(at, zone, after.hours.place)
        limits = self.market.purses[after.account].limits
        soonest = day + max(_DAY, -(-limits.contact_gap // _DAY) * _DAY)
        if limits.per_contact_month and len(after.before) == limits.per_contact_month:
            soonest = max(soonest, after.before[0] + _MONTH)
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
