"""When mail to a person would be out of place, whatever a sequence asks for."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from nurture.core.calendar import spread
from nurture.core.decision import Hold, Postpone
from nurture.core.situation import Situation

_DAY = timedelta(days=1)
_SPREAD = timedelta(minutes=90)
_SPOKE_FIRST = timedelta(minutes=1)


def may_speak(situation: Situation) -> Postpone | Hold | None:
    """Why mail to this person must not leave now, or None when it may (promises P3 and P6).

    Order matters only for the words shown: permission, then pace, then the hour.
    """
    now, contact, limits = situation.now, situation.contact, situation.account.limits
    if not contact.consent.holds_on(situation.latest_date):
        return Hold(now + _DAY, f"the consent ran out on {contact.consent.expires}")
    pace = situation.pace
    if pace.last_touch_at and now < (soonest := pace.last_touch_at + limits.contact_gap):
        return Postpone(soonest, f"the last touch was on {pace.last_touch_at:%Y-%m-%d}")
    if (count := len(pace.touched)) >= limits.per_contact_year:
        return Postpone(now + 7 * _DAY, f"{count} touches in a year are enough")
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
