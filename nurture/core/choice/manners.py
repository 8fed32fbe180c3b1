"""When mail to a person would be out of place, whatever a sequence asks for."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from nurture.core.calendar import (
    Window,
    add_business_days,
    at_wall_time,
    local_day,
    spread,
    zone_info,
)
from nurture.core.calendar.holiday import closed_days, solemn_name
from nurture.core.calendar.season import Season
from nurture.core.decision import Hold, Postpone
from nurture.core.permission import Denied, permission
from nurture.core.sequence import Intent, greets
from nurture.core.situation import Situation

Refusal = Postpone | Hold
"""What a rule says against speaking now."""

_DAY = timedelta(days=1)
_MONTH = timedelta(days=30)
_YEAR = timedelta(days=365)
_MIDNIGHT = time(0)
_SPREAD = timedelta(minutes=90)
_SPOKE_FIRST = timedelta(minutes=1)
_BACKLOG_DAYS = 5  # business days over which the end of a long silence is spread
_LOOK_AHEAD = 60
_ASK = Intent.ASK  # looked up once, not for each mail


def may_speak(situation: Situation) -> Refusal | None:
    """Why mail to this person must not leave now, or None when it may (promises P3 and P6).

    The first rule that objects is heard; their order matters only for the words shown.
    """
    for rule in RULES:
        if said := rule(situation):
            return said
    return None


def may_reach(situation: Situation) -> Refusal | None:
    """Why not even the owner in person should turn to them now, or None when they may.

    Only what tact commands; gaps, caps and hours are for the owner to judge.
    """
    return _hush(situation) or _parting_note(situation)


def _permission(situation: Situation) -> Refusal | None:
    """The law of where they are, for what this step wants of them (promise P3)."""
    intent = getattr(situation.step, "intent", _ASK)
    allowed = permission(situation.contact, intent, situation.latest_date)
    return Hold(situation.now + _DAY, allowed.why) if isinstance(allowed, Denied) else None


def _hush(situation: Situation) -> Refusal | None:
    """Silence that tact commands; it overrides everything (domain.md E10)."""
    hush = situation.hush
    if hush is None or situation.now >= hush.until:
        return None
    return Postpone(hush.until, f"hushed: {hush.why}")


def _owner_away(situation: Situation) -> Refusal | None:
    """While nobody would answer an answer, nothing is asked of anybody."""
    if not situation.calendar.away:
        return None
    zone = situation.account.owner.zone
    today = local_day(situation.now, zone)
    for away in situation.calendar.away:
        if away.covers(today):
            why = f"you are away until {away.last}" + (f": {away.why}" if away.why else "")
            return Postpone(_after_silence(situation, away.last, [zone]), why)
    return None


def _quiet_season(situation: Situation) -> Refusal | None:
    """Seasons in which people are left alone (domain.md E4)."""
    if not situation.calendar.quiet:
        return None
    for quiet in situation.calendar.quiet:
        if quiet.spares_greetings and greets(situation.step):
            continue
        if not quiet.season.is_in(situation.contact.country):
            continue
        for day in _local_dates(situation, situation.now):
            if quiet.season.covers(day):
                last = _end_of(quiet.season, day)
                until = _after_silence(situation, last, situation.zones)
                return Postpone(until, f"{quiet.season.name} is a quiet time until {last}")
    return None


def _parting_note(situation: Situation) -> Refusal | None:
    """Nothing else before the thank-you or the goodbye, whichever sequence owes it."""
    walk = situation.enrollment
    if not situation.owes_parting or walk.owes == walk.position:
        return None
    return Postpone(situation.now + _DAY, f"{situation.owes_parting} owes its parting note first")


def _person_gap(situation: Situation) -> Refusal | None:
    """Any real contact counts, in either direction and by whatever channel (domain.md E7)."""
    pace, gap = situation.pace, situation.account.limits.contact_gap
    if pace.last_touch_at and situation.now < pace.last_touch_at + gap:
        why = f"the last touch was on {pace.last_touch_at:%Y-%m-%d}"
        return Postpone(pace.last_touch_at + gap, why)
    if pace.last_heard_at and situation.now < pace.last_heard_at + gap:
        why = f"they last wrote on {pace.last_heard_at:%Y-%m-%d}"
        return Postpone(pace.last_heard_at + gap, why)
    return None


def _person_often(situation: Situation) -> Refusal | None:
    limits, touched, now = situation.account.limits, situation.pace.touched, situation.now
    if free_at := _room_at(touched, limits.per_contact_month, _MONTH, now):
        return Postpone(free_at, f"{limits.per_contact_month} touches in 30 days are enough")
    if free_at := _room_at(touched, limits.per_contact_year, _YEAR, now):
        return Postpone(free_at, f"{limits.per_contact_year} touches in a year are enough")
    return None


def _company_gap(situation: Situation) -> Refusal | None:
    last, gap = situation.pace.company_touch_at, situation.account.limits.company_gap
    if last is None or situation.now >= last + gap:
        return None
    # Of several colleagues who wait for the same hour, each gets one of their own.
    until = last + gap + spread(situation.contact.id, last.isoformat(), width=_SPREAD)
    return Postpone(until, f"a colleague had something on {last:%Y-%m-%d}")


def _company_year(situation: Situation) -> Refusal | None:
    pace, most = situation.pace, situation.account.limits.per_company_year
    touched = tuple(sorted((*pace.touched, *pace.company_touched))) if pace.company_touched else ()
    free_at = _room_at(touched, most, _YEAR, situation.now)
    return Postpone(free_at, f"{most} touches of their company are enough") if free_at else None


def _hours(situation: Situation) -> Refusal | None:
    """The window in the contact's zone, and the holidays of both sides (domain.md E4, E5)."""
    now = situation.now
    if not (why := _shut(situation, now)):
        return None
    opens = _next_open(situation, now)
    if opens is None:
        where = " and ".join(situation.zones)
        return Hold(now + 7 * _DAY, f"no hour of the window suits {where} at once")
    return Postpone(_after_opening(situation, opens), why)


RULES: tuple[Callable[[Situation], Refusal | None], ...] = (
    _permission,
    _hush,
    _owner_away,
    _quiet_season,
    _parting_note,
    _person_gap,
    _person_often,
    _company_gap,
    _company_year,
    _hours,
)
"""Every rule there is, in the order in which they are heard."""


def _local_dates(situation: Situation, at: datetime) -> Iterator[date]:
    return iter(sorted({local_day(at, zone) for zone in situation.zones}))


def _end_of(season: Season, day: date) -> date:
    ends = (season.end(year) for year in (day.year - 1, day.year))
    return min(end for end in ends if end >= day)


def _after_silence(situation: Situation, last: date, zones: Iterable[str]) -> datetime:
    """A moment behind the last silent day; so many people have one that they are spread (E4)."""
    walk = situation.enrollment
    place = spread(walk.id, walk.position, str(last), width=timedelta(days=_BACKLOG_DAYS)).days
    day = add_business_days(last, place + 1, situation.contact.place)
    return max(at_wall_time(day, _MIDNIGHT, zone) for zone in zones)


def _room_at(
    touched: tuple[datetime, ...], most: int, stretch: timedelta, now: datetime
) -> datetime | None:
    """When fewer than `most` of these lie within the stretch; None where it is so now."""
    if len(touched) < most:
        return None
    recent = [at for at in touched if at > now - stretch]
    return recent[-most] + stretch if len(recent) >= most else None


def _shut(situation: Situation, at: datetime) -> str:
    """Why nothing may arrive at this instant, or nothing."""
    contact, owner, window = situation.contact, situation.account.owner, situation.sequence.window
    hours = (window.days, window.opens, window.closes)
    return _shut_there(
        at, hours, situation.zones, contact.place, contact.observes
    ) or _closed_at_home(at, owner.zone, owner.country)


@lru_cache(maxsize=256)
def _shut_there(
    at: datetime,
    hours: tuple[frozenset[int], time, time],
    zones: tuple[str, ...],
    place: str,
    observes: tuple[str, ...],
) -> str:
    """Asked once for all who live alike: a whole batch is decided at one instant."""
    window = Window(*hours)
    for zone in zones:
        local = at.astimezone(zone_info(zone))
        if not window.is_open(at, (zone,), place):
            return f"the window is closed in {zone}, where it is {local:%a %d %b %H:%M}"
        if solemn := solemn_name(place, local.date(), observes):
            return f"it is {solemn} there"
    return ""


def _closed_at_home(at: datetime, zone: str, country: str) -> str:
    if country and (here := local_day(at, zone)) in closed_days(country, here.year):
        return f"{here:%d %b} is a holiday in {country}"
    return ""


def _next_open(situation: Situation, at: datetime) -> datetime | None:
    """The first instant at which nothing is shut; what is left of a shut day is passed over."""
    window, zones, place = situation.sequence.window, situation.zones, situation.contact.place
    for _ in range(_LOOK_AHEAD):
        opens = window.next_open(at, zones, place)
        if opens is None or not _shut(situation, opens):
            return opens
        tomorrow = local_day(opens, zones[0]) + _DAY
        at = at_wall_time(tomorrow, _MIDNIGHT, zones[0])
    return None


def _after_opening(situation: Situation, opens: datetime) -> datetime:
    """So much later than the opening that not everybody is written to at once (domain.md E4).

    What a weekend or a holiday held up is spread over the whole day.  Halved until it fits, where
    the zones of a country leave but a short window in common.
    """
    walk, window, zone = situation.enrollment, situation.sequence.window, situation.zones[0]
    day_before = local_day(opens, zone) - _DAY
    was_open = window.is_open_on(day_before, situation.contact.place)
    delay = _SPOKE_FIRST + spread(
        walk.id, walk.position, width=_SPREAD if was_open else window.length
    )
    while _shut(situation, opens + delay):
        delay /= 2
    return opens + delay
