"""All facts that a choice about one enrollment needs."""

from dataclasses import field
from datetime import date, datetime

from nurture.core.account import Account
from nurture.core.calendar import local_day
from nurture.core.calendar.season import Calendar
from nurture.core.condition import Facts
from nurture.core.contact import Contact
from nurture.core.contact.hush import Hush
from nurture.core.contact.place import zones_of
from nurture.core.enrollment import Enrollment
from nurture.core.override import Override
from nurture.core.permission import latest_date
from nurture.core.sequence import Sequence, Step
from nurture.core.touch import Touch
from nurture.value import frozen


@frozen
class Pace:
    """What has passed between this person, their company and us, over all channels.

    `touched` and `company_touched` hold when we reached the person, and their colleagues, in the
    last 365 days, in order; `last_touch_at` and `company_touch_at` are the latest of all time.
    """

    last_touch_at: datetime | None = None
    last_heard_at: datetime | None = None
    touched: tuple[datetime, ...] = ()
    company_touch_at: datetime | None = None
    company_touched: tuple[datetime, ...] = ()

    @property
    def last_contact_at(self) -> datetime | None:
        """When either side last reached the other, in any channel; None where that is not known."""
        known = (self.last_touch_at, self.last_heard_at)
        return max((at for at in known if at), default=None)


@frozen
class Situation:
    """All facts a choice needs, `now` among them.

    `sent` are the steps of this walk that had their touch; `owes_parting` names another sequence
    whose parting note this person has not had yet; `promised_on` is the day that a mail of the
    walk has promised for the step where it stands; `zones` are where the contact's clock may be.
    `step` is where the walk stands, None where this revision has no such step.
    """

    now: datetime
    enrollment: Enrollment
    contact: Contact
    sequence: Sequence
    account: Account
    pace: Pace = field(default_factory=Pace)
    is_suppressed: bool = False
    postponed: Touch | None = None
    calendar: Calendar = field(default_factory=Calendar)
    hush: Hush | None = None
    owes_parting: str = ""
    override: Override | None = None
    sent: frozenset[str] = frozenset()
    promised_on: date | None = None
    zones: tuple[str, ...] = field(init=False, compare=False, repr=False)
    step: Step | None = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        # Both are asked for by every second rule.
        object.__setattr__(self, "zones", zones_of(self.contact, self.account.owner.zone))
        object.__setattr__(self, "step", self.sequence.step(self.enrollment.position))

    @property
    def latest_date(self) -> date:
        """The furthest that today's date may have come, so that no permission outlives its day."""
        return latest_date(self.now, self.zones)

    @property
    def today(self) -> date:
        """The contact's date."""
        return local_day(self.now, self.zones[0])

    @property
    def facts(self) -> Facts:
        """What a condition may ask besides the contact."""
        heard, latest = self.pace.last_heard_at, self.pace.last_contact_at
        return Facts(
            has_answered=heard is not None and heard >= self.enrollment.enrolled_at,
            last_contact=local_day(latest, self.zones[0]) if latest else None,
            sent=self.sent,
            today=self.today,
        )
