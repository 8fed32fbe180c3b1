"""How much may leave at one instant: the caps of an account and of each family of mailboxes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from nurture.core.account.family import Family, is_known
from nurture.core.account.mailbox import Limits
from nurture.core.account.tally import DAY, EMPTY, Tally
from nurture.core.calendar import spread
from nurture.value import frozen

_JITTER: Final = 0.5  # a gap is stretched by up to half, so that mails do not tick like a clock
_MINUTE: Final = timedelta(minutes=1)
_WEEK: Final = timedelta(weeks=1)


@frozen
class Room:
    """So many mails may leave now; when there is none, `again_at` is when there will be."""

    count: int
    again_at: datetime | None = None
    why: str = ""


@frozen
class Spending:
    """What an account has sent: the last day's tally, when it may go on, when it first sent."""

    tally: Tally = EMPTY
    paced_until: datetime | None = None
    first_sent_at: datetime | None = None


def cap_on(limits: Limits, first_sent_at: datetime | None, now: datetime) -> int:
    """The cap of 24 hours at this instant: a new mailbox climbs by the week (domain.md P18)."""
    week = max(0, (now - first_sent_at) // _WEEK) if first_sent_at else 0
    return min(limits.per_day, limits.ramp[week]) if week < len(limits.ramp) else limits.per_day


def breath(limits: Limits, cap: int) -> timedelta:
    """The least stretch between two mails, so that a day's cap is spread over the day."""
    return max(limits.gap, limits.spread / cap) if cap else limits.gap


def most_at_once(limits: Limits, cap: int) -> int:
    """How many may leave in one batch: one where a breath lies between any two."""
    if breath(limits, cap):
        return 1
    if not limits.per_minute:
        return limits.batch
    return max(1, min(limits.batch, limits.per_minute // 2))


@dataclass(slots=True)
class Allowance:
    """What an account may still send at `now`; `take` counts what passes.

    The same object answers the flow, which asks what is worth writing, and the last look, which
    asks under lock and keeps what was taken.
    """

    account: str
    limits: Limits
    spending: Spending
    now: datetime
    families: dict[str, Family] = field(default_factory=dict)
    taken: int = 0
    used: set[str] = field(default_factory=set)
    _bound: tuple[datetime, Spending, tuple[int, int, int]] | None = field(
        default=None, repr=False, compare=False
    )

    @classmethod
    def of(
        cls,
        account: str,
        limits: Limits,
        spending: Spending,
        families: Iterable[Family],
        now: datetime,
    ) -> "Allowance":
        """The allowance before anything is taken."""
        return cls(account, limits, spending, now, {each.scope: each for each in families})

    @property
    def cap(self) -> int:
        """What may leave in 24 hours at this time of the account's life."""
        return cap_on(self.limits, self.spending.first_sent_at, self.now)

    def room(self) -> Room:
        """How many more may leave at this instant."""
        cap, of_day, free = self._bounds()
        if self.taken < free:
            return Room(free - self.taken)
        if self.taken >= of_day:
            tally = self.spending.tally
            what = "while this mailbox is new" if cap < self.limits.per_day else "are enough"
            return Room(0, tally.room_at(cap, self.now), f"{cap} mails in 24 hours {what}")
        if not free:
            return Room(0, self.spending.paced_until, "a breath between two mails")
        return Room(0, self._paced_until(), "the next ones in a moment")

    def _bounds(self) -> tuple[int, int, int]:
        """The cap, and what of it, and at this instant, may leave before anything is taken.

        Worked out once for all mails of a batch.
        """
        known = self._bound
        if known is None or known[0] is not self.now or known[1] is not self.spending:
            cap, pace = self.cap, self.spending.paced_until
            of_day = cap - self.spending.tally.within_day(self.now)
            # A pace of more than a day ahead comes from a clock that was wrong.
            is_paced = pace and self.now < pace < self.now + DAY
            free = 0 if is_paced else min(of_day, most_at_once(self.limits, cap))
            known = self._bound = (self.now, self.spending, (cap, of_day, free))
        return known[2]

    def wait(self, scope: str) -> tuple[datetime, str] | None:
        """Until when nothing may go to this family, and why; None where it may."""
        family = self.families.get(scope)
        if family is None:
            return None
        if until := family.backed_off_until(self.now):
            return until, f"{family.name} is given time until {until:%Y-%m-%d %H:%M}Z: {family.why}"
        cap = cap_of(scope, self.limits)
        if cap and family.tally.within_day(self.now) >= cap:
            again_at = family.tally.room_at(cap, self.now)
            return again_at, f"{cap} mails to {family.name} in 24 hours are enough"
        return None

    def objection(self, scope: str) -> str:
        """Why one more mail to this family must not leave now, or nothing (promise P6)."""
        if self.taken >= self._bounds()[-1]:
            return self.room().why
        waits = self.wait(scope)
        return waits[1] if waits else ""

    def take(self, scope: str) -> None:
        """One mail to this family leaves; it is counted where a cap or a breaker asks for that."""
        self.taken += 1
        family = self.families.get(scope)
        if family and (family.until or cap_of(scope, self.limits)):
            self.families[scope] = family.let_out(self.now)
            self.used.add(scope)

    def commit(self) -> None:
        """What was taken is spent; the next batch keeps a pace of its own."""
        if self.taken:
            self.spending, self.taken = self.spent(), 0

    def spent(self) -> Spending:
        """The account's spending with all that was taken."""
        before = self.spending
        return Spending(
            before.tally.plus(self.taken, self.now), self._paced_until(), before.first_sent_at
        )

    def families_used(self) -> tuple[Family, ...]:
        """The families to which something was taken, as they are now."""
        return tuple(self.families[scope] for scope in sorted(self.used))

    def _paced_until(self) -> datetime | None:
        """When the next batch may leave: behind the gap, and within the rate of a minute.

        With batches of at most m, and n mails followed by n / (r - m + 1) minutes of silence, no
        minute holds more than r.
        """
        limits, gap = self.limits, breath(self.limits, self.cap)
        gap += spread(self.account, self.now.isoformat(), width=gap * _JITTER)
        if limits.per_minute:
            most = most_at_once(limits, self.cap)
            gap = max(gap, _MINUTE * self.taken / max(1, limits.per_minute - most + 1))
        return self.now + gap if gap else None


def cap_of(scope: str, limits: Limits) -> int:
    """The cap of 24 hours for this family; 0 for none."""
    return limits.per_family if is_known(scope) else limits.per_domain
