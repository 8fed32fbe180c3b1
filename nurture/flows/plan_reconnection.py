"""Proposes in which week each silent contact is to be written to, and says who is left out."""

from collections.abc import Callable, Mapping
from datetime import datetime

from nurture import ports
from nurture.core.account import Account
from nurture.core.account.workday import Workdays
from nurture.core.calendar import local_day
from nurture.core.calendar.season import Calendar
from nurture.core.condition import Facts
from nurture.core.contact import Contact
from nurture.core.contact.hush import Hush
from nurture.core.contact.place import zones_of
from nurture.core.permission import Denied, permission
from nurture.core.reconnection import (
    SPACING,
    Acquaintance,
    Schedule,
    Terms,
    assumed_last,
    kept_for,
    least_per_week,
    schedule,
)
from nurture.core.sequence import Sequence
from nurture.core.sequence.entry import Standing, admission
from nurture.definition.course import moments
from nurture.intake import is_ours
from nurture.register import Register
from nurture.steps import Deed, Mailing
from nurture.survey import Surveyed, survey_silence
from nurture.value import frozen


@frozen
class Wish:
    """Whom the plan is for, by which sequence, and how many begin a week."""

    account: Account
    sequence: Sequence
    per_week: int
    is_default: bool = True


@frozen
class Proposal:
    """A plan, and what it rests on.

    `people` are those in it by id, `first` the step that each begins with; `unready` says what
    keeps some of them from beginning as they stand; `left_out` are silent and not in it.
    `least` is how many a week keep up with the silence.
    """

    schedule: Schedule
    people: Mapping[int, Surveyed]
    first: Mapping[int, str]
    unready: Mapping[int, str]
    left_out: tuple[tuple[Surveyed, str], ...]
    least: int | None


async def plan_reconnection(
    register: Register,
    tact: ports.Tact,
    wish: Wish,
    told: Callable[[int], None] | None = None,
) -> Proposal:
    """The plan as of now; nothing is stored."""
    now = register.clock.now()
    hushes = await tact.hushes(now)
    zone = wish.account.owner.zone
    today = local_day(now, zone)
    ours = [
        (each, _obstacle(wish, each, hushes, now))
        for each in await survey_silence(register, told)
        if is_ours(wish.account, each.contact, is_default=wish.is_default)
    ]
    people = {each.contact.id: each for each, why in ours if not why}
    row = [
        Acquaintance(
            each.contact.id, each.last_on(zone), each.contact.value, each.contact.company_keys
        )
        for each in people.values()
    ]
    terms = _terms(wish, register.catalog.calendar)
    planned = schedule(row, today, terms)
    return Proposal(
        schedule=planned,
        people=people,
        first={
            number: step.kind
            for number, each in people.items()
            if (step := _first_deed(wish, each, now))
        },
        unready={
            number: why
            for number, each in people.items()
            if each.silence(now, zone) and (why := _unready(wish, each, now))
        },
        left_out=tuple((each, why) for each, why in ours if why and each.silence(now, zone)),
        least=None if planned.keeps_up else least_per_week(row, today, terms),
    )


def _terms(wish: Wish, calendar: Calendar) -> Terms:
    touched = moments(wish.sequence.steps, lambda step: isinstance(step, Deed))
    workdays = Workdays.of(wish.account.owner, calendar)
    return Terms(
        per_week=wish.per_week,
        keeps=kept_for(at for at, _ in touched),
        spacing=max(SPACING, wish.account.limits.company_gap),
        is_open=workdays.is_open,
    )


def _obstacle(wish: Wish, each: Surveyed, hushes: tuple[Hush, ...], now: datetime) -> str:
    """What no note on the contact would mend, or nothing."""
    contact, entry = each.contact, wish.sequence.entry
    if each.refused:
        return f"suppressed: {each.refused}"
    if each.sequences:
        return f"is under way in {', '.join(each.sequences)}"
    for hush in hushes:
        if hush.covers(contact):
            return f"is to be left alone until {hush.until:%Y-%m-%d}: {hush.why}"
    zone, facts = _zone(wish, contact), _facts(wish, each, now)
    if entry.who and contact.relationship not in entry.who:
        return entry.matches(contact, facts)
    standing = Standing(each.walks, {}, each.last_at)
    if why := admission(wish.sequence.name, entry, standing, zone, now):
        return why
    step = _first_deed(wish, each, now)
    if isinstance(step, Mailing):
        allowed = permission(contact, step.intent, facts.today)
        return str(allowed) if isinstance(allowed, Denied) else ""
    return ""


def _unready(wish: Wish, each: Surveyed, now: datetime) -> str:
    """What the owner has to write down before they can begin, or nothing."""
    return wish.sequence.entry.suits(each.contact, _facts(wish, each, now))


def _first_deed(wish: Wish, each: Surveyed, now: datetime) -> Deed | None:
    """What they would notice first."""
    facts = _facts(wish, each, now)
    for step in wish.sequence.steps:
        is_theirs = step.when is None or step.when.holds(each.contact, facts)
        if isinstance(step, Deed) and is_theirs:
            return step
    return None


def _facts(wish: Wish, each: Surveyed, now: datetime) -> Facts:
    zone = _zone(wish, each.contact)
    today = local_day(now, zone)
    last = each.last_on(zone)
    return Facts(today=today, last_contact=assumed_last(last, today))


def _zone(wish: Wish, contact: Contact) -> str:
    return zones_of(contact, wish.account.owner.zone)[0]
