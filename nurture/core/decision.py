"""What to do with one enrollment that is due: the general rules first, then its step."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from nurture.core.account import Account
from nurture.core.calendar import spread, zones_for
from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment, State
from nurture.core.permission import Denied, latest_date, permission
from nurture.core.sequence import Intent, Sequence
from nurture.core.touch import Touch


@dataclass(frozen=True, slots=True)
class Pace:
    """What this person has been sent over all sequences, and what the account has sent today."""

    last_touch_at: datetime | None = None
    touches_this_year: int = 0


@dataclass(frozen=True, slots=True)
class Situation:
    """All facts a choice needs, `now` among them."""

    now: datetime
    enrollment: Enrollment
    contact: Contact
    sequence: Sequence
    account: Account
    pace: Pace = field(default_factory=Pace)
    is_suppressed: bool = False
    postponed: Touch | None = None

    @property
    def zones(self) -> tuple[str, ...]:
        """Where the contact's clock may stand."""
        return zones_for(self.contact.zone, self.contact.country, self.account.owner.zone)

    @property
    def latest_date(self) -> date:
        """The furthest that today's date may have come, so that no permission outlives its day."""
        return latest_date(self.now, self.zones)


@dataclass(frozen=True, slots=True)
class Send:
    """Render this template and send it now."""

    step: str
    template: str
    intent: Intent
    why: str
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Postpone:
    """Nothing is wrong; look again at `until`."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Something is wrong or missing; a person should see it.  Looked at again at `until`."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Advance:
    """This step is done; the next one (None: the end) is due at `due_at`."""

    to: str | None
    due_at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class End:
    """The walk is over before its last step."""

    why: str


Decision = Send | Postpone | Hold | Advance | End

_DAY = timedelta(days=1)
_SPREAD = timedelta(minutes=90)
_SPOKE_FIRST = timedelta(minutes=1)


def decide(situation: Situation) -> Decision:
    """The decision for an enrollment that is due, by promises P3 and P6, then by its step."""
    enrollment, now = situation.enrollment, situation.now
    if enrollment.state is not State.ACTIVE:
        return End(f"the enrollment is {enrollment.state}")
    if situation.is_suppressed:
        return End("the address is suppressed")
    if enrollment.held_until and now < enrollment.held_until:
        return Postpone(enrollment.held_until, enrollment.held_why)
    step = situation.sequence.step(enrollment.position)
    if step is None:
        return Hold(now + _DAY, f"step {enrollment.position!r} is not in this revision")
    return step.decide(situation)


def may_speak(situation: Situation, intent: Intent) -> Postpone | Hold | None:
    """Why mail to this person must not leave now, or None when it may (promises P3 and P6).

    Order matters only for the words shown: permission, then pace, then the hour.
    """
    now, limits = situation.now, situation.account.limits
    allowed = permission(situation.contact, intent, situation.latest_date)
    if isinstance(allowed, Denied):
        return Hold(now + _DAY, allowed.why)
    pace = situation.pace
    if pace.last_touch_at and now < (soonest := pace.last_touch_at + limits.contact_gap):
        return Postpone(soonest, f"the last touch was on {pace.last_touch_at:%Y-%m-%d}")
    if pace.touches_this_year >= limits.per_contact_year:
        return Postpone(now + 7 * _DAY, f"{pace.touches_this_year} touches in a year are enough")
    return _outside_window(situation)


def _outside_window(situation: Situation) -> Postpone | Hold | None:
    window, zones = situation.sequence.window, situation.zones
    now, country = situation.now, situation.contact.country
    if window.is_open(now, zones, country):
        return None
    opens = window.next_open(now, zones, country)
    if opens is None:
        where = " and ".join(zones)
        return Hold(now + 7 * _DAY, f"no hour of the window suits {where} at once")
    closed = next(zone for zone in zones if not window.is_open(now, [zone], country))
    local = now.astimezone(ZoneInfo(closed))
    why = f"the window is closed in {closed}, where it is {local:%a %d %b %H:%M}"
    return Postpone(opens + _delay(situation, opens), why)


def _delay(situation: Situation, opens: datetime) -> timedelta:
    """So much later than the opening that not everybody is written to at once (domain.md E4).

    Halved until it fits, where the zones of a country leave but a short window in common.
    """
    window, zones, country = situation.sequence.window, situation.zones, situation.contact.country
    walk = situation.enrollment
    delay = _SPOKE_FIRST + spread(walk.id, walk.position, width=_SPREAD)
    while not window.is_open(opens + delay, zones, country):
        delay /= 2
    return delay
