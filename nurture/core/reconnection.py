"""Who has been silent for too long, and in which week each of them is written to."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from dateutil.relativedelta import relativedelta

from nurture.value import frozen

_HALF_A_YEAR: Final = relativedelta(months=6)
_SIX_MONTHS: Final = timedelta(days=183)
_WEEK: Final = timedelta(days=7)
_EARLY: Final = 2 * _WEEK
_HORIZON: Final = 10 * 53  # weeks: beyond that nobody's plans hold


SPACING: Final = timedelta(weeks=2)
"""Between two colleagues at least; what an account asks for besides is kept when it sends."""


class Silence(StrEnum):
    """For how long nothing has passed between a person and us, in the order of their turn.

    Those whom we can still catch go first: the longer the silence, the colder the answer.
    """

    MONTHS = "6 to 12 months"
    ONE_YEAR = "1 to 2 years"
    TWO_YEARS = "2 to 3 years"
    LONGER = "more than 3 years"


_SINCE: Final = {
    Silence.LONGER: relativedelta(years=3),
    Silence.TWO_YEARS: relativedelta(years=2),
    Silence.ONE_YEAR: relativedelta(years=1),
    Silence.MONTHS: _HALF_A_YEAR,
}
_PLACE: Final = {each: place for place, each in enumerate(Silence)}


def silence_of(last: date | None, today: date) -> Silence | None:
    """How long the silence is; None within six months, the longest where nothing is known."""
    if last is None:
        return Silence.LONGER
    return next((each for each, length in _SINCE.items() if last + length <= today), None)


def assumed_last(last: date | None, today: date) -> date:
    """The last contact by which to ask a sequence's door whether somebody is silent enough.

    Whoever accepts a plan says that those are of whom no contact is known; and people begin up to
    two weeks before the six months are over.
    """
    return last - _EARLY if last else today - _SINCE[Silence.LONGER]


def is_needless(last: date | None, week: date) -> bool:
    """Whether somebody with an appointment in that week is in touch again, and needs it no more."""
    return silence_of(last, week + _EARLY) is None


def silent_from(last: date) -> date:
    """The first day on which six months have gone by without a word."""
    return last + _HALF_A_YEAR


def monday_of(day: date) -> date:
    """The day by which its week is known."""
    return day - timedelta(days=day.weekday())


@frozen
class Acquaintance:
    """Somebody who is to stay in touch; `last` is the last contact of any kind, if one is known."""

    contact_id: int
    last: date | None
    value: int = 0
    company_keys: tuple[str, ...] = ()


@frozen
class Terms:
    """How the silence is worked off.

    `per_week` begin in each week that has a working day.  Somebody who has begun is kept in touch
    for `keeps`, and falls silent six months after that.  Between colleagues lies `spacing`.
    """

    per_week: int
    keeps: timedelta
    spacing: timedelta
    is_open: Callable[[date], bool]


@frozen
class Appointment:
    """The week, by its Monday, in which somebody is to begin, and how silent they are today."""

    contact_id: int
    week: date
    silence: Silence


class AppointmentState(StrEnum):
    """What became of an appointment."""

    PLANNED = "planned"
    BEGUN = "begun"
    DROPPED = "dropped"  # there was no need any more, or it could not be


@frozen
class Schedule:
    """Who begins when, in the order of their turn.

    From `clear_on` on nobody is silent for more than six months; None where that takes more than
    ten years.  `again_from` is when the first who has begun would be silent again.
    """

    appointments: tuple[Appointment, ...]
    clear_on: date | None
    again_from: date | None

    @property
    def keeps_up(self) -> bool:
        """Whether all have begun before the first of them falls silent again."""
        if self.clear_on is None:
            return False
        return self.again_from is None or self.clear_on <= self.again_from


def schedule(people: Iterable[Acquaintance], today: date, terms: Terms) -> Schedule:
    """A week for everybody who is silent, or becomes so before the silence is worked off.

    By silence, then by value, then by the older contact; who becomes silent joins a week before.
    A week without a working day is left out, and colleagues come `spacing` apart at least.
    """
    turns = sorted((_Turn.of(each, today) for each in people), key=lambda each: each.silent)
    course = _Course(terms, today, turns)
    week, clear_on = monday_of(today), today
    for _ in range(_HORIZON):
        if course.is_over:
            break
        if course.begin(week):
            clear_on = week + _WEEK
        week += _WEEK
    first = min((each.week for each in course.made), default=None)
    return Schedule(
        tuple(course.made),
        clear_on if course.is_over else None,
        silent_from(first + terms.keeps) if first else None,
    )


@dataclass(frozen=True, slots=True, order=True)
class _Turn:
    """Somebody's place in the row; they join it a week before they are silent."""

    place: int
    worth: int
    last: date
    contact_id: int
    silent: date = field(compare=False)
    who: Acquaintance = field(compare=False)

    @classmethod
    def of(cls, who: Acquaintance, today: date) -> "_Turn":
        place = _PLACE[silence_of(who.last, today) or Silence.MONTHS]
        silent = silent_from(who.last) if who.last else date.min
        return cls(place, -who.value, who.last or date.min, who.contact_id, silent, who)

    @property
    def silence(self) -> Silence:
        """How silent they are when all is planned."""
        return tuple(Silence)[self.place]


@dataclass(slots=True)
class _Course:
    """The weeks so far; `coming` are those whose turn it is not yet."""

    terms: Terms
    today: date
    coming: list[_Turn]
    waiting: list[_Turn] = field(default_factory=list)
    made: list[Appointment] = field(default_factory=list)
    company_week: dict[str, date] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether nobody is left."""
        return not self.waiting and not self.coming

    def begin(self, week: date) -> bool:
        """Lets this week's people begin; whether any of those who waited were silent already."""
        next_week = week + _WEEK
        joining = bisect_left(self.coming, next_week + _WEEK, key=lambda each: each.silent)
        self.waiting = sorted(self.waiting + self.coming[:joining])
        del self.coming[:joining]
        was_late = any(each.silent < next_week for each in self.waiting)
        days = (week + timedelta(days=number) for number in range(7))
        if any(day >= self.today and self.terms.is_open(day) for day in days):
            left: list[_Turn] = []
            room = self.terms.per_week
            for turn in self.waiting:
                if room and self._may_begin(turn.who, week):
                    room -= 1
                    self.made.append(Appointment(turn.contact_id, week, turn.silence))
                    self.company_week |= dict.fromkeys(turn.who.company_keys, week)
                else:
                    left.append(turn)
            self.waiting = left
        return was_late

    def _may_begin(self, who: Acquaintance, week: date) -> bool:
        earlier = (self.company_week.get(key) for key in who.company_keys if key)
        return all(before is None or week - before >= self.terms.spacing for before in earlier)


def least_per_week(people: Sequence[Acquaintance], today: date, terms: Terms) -> int | None:
    """With how many a week all have begun before the first is silent again; None for no number."""
    numbers = range(1, len(people) + 1)

    def keeps_up(number: int) -> bool:
        return schedule(people, today, replace(terms, per_week=number)).keeps_up

    place = bisect_left(numbers, True, key=keeps_up)
    return numbers[place] if place < len(numbers) else None


def kept_for(moments: Iterable[timedelta]) -> timedelta:
    """How long a walk keeps somebody from falling silent, by when its touches come.

    Up to the last of them that follows on the one before within six months.
    """
    kept = timedelta(0)
    for moment in sorted(moments):
        if moment - kept >= _SIX_MONTHS:
            break
        kept = moment
    return kept


@frozen
class Week:
    """What became of a week's appointments; `behind` is how many should have begun by its end."""

    monday: date
    planned: int
    begun: int
    dropped: int
    behind: int


def weeks_of(
    turns: Iterable[tuple[date, AppointmentState, date | None]], today: date
) -> tuple[Week, ...]:
    """Week by week, from each turn's Monday, its state, and the day on which it was settled."""
    known = [
        (week, state, monday_of(settled) if settled else None) for week, state, settled in turns
    ]
    planned = Counter(week for week, _, _ in known)
    begun = Counter(at for _, state, at in known if at and state is AppointmentState.BEGUN)
    dropped = Counter(at for _, state, at in known if at and state is AppointmentState.DROPPED)
    found: list[Week] = []
    owed = 0
    for week in sorted({*planned, *begun, *dropped}):
        owed += planned[week] - begun[week] - dropped[week]
        behind = max(0, owed) if week <= monday_of(today) else 0
        found.append(Week(week, planned[week], begun[week], dropped[week], behind))
    return tuple(found)


def allowance(planned: int, begun_before: int, begun: int, per_week: int) -> int:
    """How many more may begin this week.

    `planned` have their appointment this week or before, `begun_before` have begun in earlier
    weeks, `begun` in this one.  What was missed is caught up by half as many again a week.
    """
    most = per_week + per_week // 2
    return max(0, min(planned - begun_before, most) - begun)
