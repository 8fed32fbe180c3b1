"""When a walk ends before its last step, besides an answer, a no, and the owner's word."""

from datetime import date, datetime, timedelta

from nurture.core.calendar import Wait
from nurture.core.condition import Condition, Facts
from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment
from nurture.value import frozen

_YEAR = timedelta(days=365)


@frozen
class Exits:
    """The ways out that a sequence names (domain.md E9).

    `silent_touches` counts what went to the person unanswered in the last 12 months (E7).
    """

    goal: Condition | None = None
    leaves_audience: bool = False
    silent_touches: int = 0
    on: date | None = None
    lasts: Wait | None = None

    @property
    def names_any(self) -> bool:
        """Whether there is a way out at all."""
        sure = self.silent_touches or self.on or self.lasts
        return bool(sure or self.goal or self.leaves_audience)

    @property
    def is_sure(self) -> bool:
        """Whether a walk ends some day even where nobody does anything."""
        return bool(self.silent_touches or self.on or self.lasts)


@frozen
class Past:
    """What a way out is judged by: when we touched them in a year, and when they last wrote."""

    touched: tuple[datetime, ...] = ()
    last_heard_at: datetime | None = None

    def unanswered(self, now: datetime) -> int:
        """Touches of the last 12 months since they last wrote."""
        since = max(self.last_heard_at or now - _YEAR, now - _YEAR)
        return sum(at > since for at in self.touched)


def ending(
    exits: Exits, walk: Enrollment, contact: Contact, facts: Facts, past: Past, zone: str,
    now: datetime,
) -> str:  # fmt: skip
    """Which way out is open now, in words; empty for none.  The audience is asked elsewhere."""
    if exits.goal and exits.goal.holds(contact, facts):
        return f"the goal is reached: {exits.goal}"
    if exits.on and facts.today > exits.on:
        return f"the sequence ended on {exits.on}"
    if exits.lasts and now >= exits.lasts.after(walk.enrolled_at, zone):
        return f"{exits.lasts} {'has' if exits.lasts.count == 1 else 'have'} gone by"
    if exits.silent_touches and past.unanswered(now) >= exits.silent_touches:
        return f"{exits.silent_touches} touches in a year went unanswered"
    return ""
