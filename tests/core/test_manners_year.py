"""Over years of random sequences no rule of manners is ever broken (promises P2 and P6).

The rules are told a second time here, as plainly as possible and without any code of `core`.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nurture.core.account import Account, Limits, Owner
from nurture.core.calendar import Unit
from nurture.core.calendar.season import Away, Calendar, Quiet, Season, YearDay
from nurture.core.choice import decide, passed
from nurture.core.contact import Contact, Relationship
from nurture.core.contact.hush import Hush, Hushed
from nurture.core.decision import (
    Advance,
    Assign,
    Decision,
    End,
    Hold,
    MoveTo,
    Pick,
    Postpone,
    Rest,
    Send,
)
from nurture.core.enrollment import Enrollment, State
from nurture.core.sequence import Intent, Sequence
from nurture.core.sequence.course import lanes
from nurture.core.situation import Pace, Situation
from tests.fakes.sequences import sequences
from tests.fakes.story import ALLOWED

START = datetime(2026, 2, 3, 9, tzinfo=UTC)
DAY = timedelta(days=1)
YEARS = 800 * DAY
MOST_LOOKS = 600

PLACES: list[tuple[dict[str, str], list[str]]] = [
    ({"country": "DE", "zone": "Europe/Berlin"}, ["Europe/Berlin"]),
    ({"country": "DE", "subdivision": "BY", "city": "Munich"}, ["Europe/Berlin"]),
    ({"country": "US", "city": "Boston"}, ["America/New_York"]),
    ({"country": "US", "subdivision": "CA"}, ["America/Los_Angeles"]),
    ({"country": "US", "subdivision": "TX"}, ["America/Chicago", "America/Denver"]),
    ({"country": "US"}, ["America/New_York", "America/Phoenix", "Pacific/Honolulu"]),
    ({"country": "SA"}, ["Asia/Riyadh"]),
    ({"country": "IR"}, ["Asia/Tehran"]),
    ({"country": "IL"}, ["Asia/Jerusalem"]),
    ({"country": "ID"}, ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]),
    ({"country": "AU", "zone": "Australia/Lord_Howe"}, ["Australia/Lord_Howe"]),
    ({"country": "NZ", "city": "Wellington"}, ["Pacific/Auckland"]),
    ({"country": "GB"}, ["Europe/London"]),
    ({}, ["Europe/Vienna"]),
]


@dataclass(frozen=True)
class Gone:
    """One mail that left: to whom, when, for what, and behind how many touches."""

    contact: Contact
    at: datetime
    step: str
    intent: Intent
    walk: Enrollment
    sequence: Sequence
    place: int
    owed: str


@dataclass
class World:
    """Everybody's walks, and all that happens to them."""

    contacts: tuple[Contact, ...]
    zones: dict[int, list[str]]
    courses: tuple[Sequence, ...]
    account: Account
    calendar: Calendar
    hushes: tuple[tuple[int, datetime, Hush], ...]
    letters: tuple[tuple[int, datetime], ...]
    touched: list[tuple[int, datetime]] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    owing: set[tuple[int, str]] = field(default_factory=set)

    def play(self) -> None:
        """Looks at whatever is due, the earliest first, until nothing is or the years are over."""
        walks = {
            number: replace(walk, id=number)
            for number, walk in enumerate(self._beginnings(), start=1)
        }
        for _ in range(MOST_LOOKS):
            due = [walk for walk in walks.values() if walk.state is State.ACTIVE and walk.due_at]
            walk = min(due, key=lambda each: (each.due_at or START, each.id), default=None)
            if walk is None or walk.due_at is None or walk.due_at > START + YEARS:
                return
            now = max(walk.due_at, START)
            self.owing = {
                (each.contact_id, each.sequence)
                for each in walks.values()
                if each.owes and each.state is State.ACTIVE
            }
            after = walks[walk.id] = self._step(walk, now)
            moved_on = after.position != walk.position or after.occurrence != walk.occurrence
            is_later = after.due_at is None or after.due_at > now or after.due_at > walk.due_at
            assert moved_on or is_later or after.state is not State.ACTIVE, (walk, after)

    def _beginnings(self) -> Iterator[Enrollment]:
        for contact in self.contacts:
            for course in self.courses:
                yield from lanes(course, contact, "anna", START, because="", zone="Europe/Vienna")

    def _step(self, walk: Enrollment, now: datetime) -> Enrollment:
        contact = self.contacts[walk.contact_id]
        course = next(each for each in self.courses if each.name == walk.sequence)
        situation = Situation(
            now=now,
            enrollment=walk,
            contact=contact,
            sequence=course,
            account=self.account,
            pace=self._pace(contact, now),
            calendar=self.calendar,
            hush=self._hush(contact, now),
            owes_parting=self._owed(walk),
        )
        decision = decide(situation)
        match decision:
            case Send() | Pick():
                place = len(self.touched)
                owed = self._owed(walk)
                self.gone.append(
                    Gone(contact, now, decision.step, decision.intent, walk, course, place, owed)
                )
                return self._done(situation)
            case Assign():
                return self._done(situation)
            case _:
                return noted(walk, decision, now)

    def _done(self, situation: Situation) -> Enrollment:
        now, walk = situation.now, situation.enrollment
        self.touched.append((walk.contact_id, now))
        return replace(noted(walk, passed(situation, "done"), now), anchor_at=now)

    def _pace(self, contact: Contact, now: datetime) -> Pace:
        own = sorted(at for who, at in self.touched if who == contact.id)
        theirs = sorted(at for who, at in self.touched if self._are_colleagues(who, contact))
        heard = [at for who, at in self.letters if who == contact.id and at <= now]
        year = now - timedelta(days=365)
        return Pace(
            last_touch_at=own[-1] if own else None,
            last_heard_at=max(heard, default=None),
            touched=tuple(at for at in own if at > year),
            company_touch_at=theirs[-1] if theirs else None,
            company_touched=tuple(at for at in theirs if at > year),
        )

    def _are_colleagues(self, who: int, contact: Contact) -> bool:
        domains = [self.contacts[each].address.split("@")[1] for each in (who, contact.id)]
        return who != contact.id and domains[0] == domains[1]

    def _owed(self, walk: Enrollment) -> str:
        """Another sequence whose parting note they have not had yet."""
        others = (name for who, name in self.owing if who == walk.contact_id)
        return next((name for name in sorted(others) if name != walk.sequence), "")

    def _hush(self, contact: Contact, now: datetime) -> Hush | None:
        hushed = (
            hush
            for who, since, hush in self.hushes
            if who == contact.id and since <= now < hush.until
        )
        return max(hushed, key=lambda hush: hush.until, default=None)


def noted(walk: Enrollment, decision: Decision, now: datetime) -> Enrollment:
    """The walk after a decision that sends nothing."""
    match decision:
        case Postpone(until=until) | Hold(until=until):
            assert until > now, decision
            return replace(walk, due_at=until)
        case Rest(until=until, occurrence=occurrence):
            assert until is None or until > now, decision
            return replace(walk, due_at=until, occurrence=occurrence or walk.occurrence)
        case Advance(to=str() as to, due_at=due_at, occurrence=occurrence):
            anchor = walk.anchor_at if decision.took_no_time else due_at or walk.anchor_at
            owes = "" if walk.owes == walk.position != to else walk.owes
            moved = replace(walk, position=to, due_at=due_at, occurrence=occurrence, owes=owes)
            return replace(moved, anchor_at=anchor)
        case Advance() | End() | MoveTo():
            return replace(walk, state=State.ENDED)
    raise AssertionError(decision)


@cache
def closed(country: str, part: str, year: int) -> frozenset[date]:
    """Public holidays; the neighbours of an estimated one too."""
    days: set[date] = set()
    for near in (year - 1, year, year + 1):
        kind = holidays.country_holidays(country, subdiv=part or None)
        names = {"islamic_show_estimated": True} if country == "SA" else {}
        for day, name in type(kind)(years=near, subdiv=part or None, **names).items():
            days |= {day, day - DAY, day + DAY} if "estimated" in name else {day}
    return frozenset(days)


@cache
def weekend(country: str) -> frozenset[int]:
    return frozenset(holidays.country_holidays(country).weekend)


def broken(world: World, mail: Gone) -> list[str]:
    """The rules that this mail broke."""
    locals_ = [mail.at.astimezone(ZoneInfo(zone)) for zone in world.zones[mail.contact.id]]
    at_theirs = [rule for local in locals_ for rule in (*_hours(mail, local), *_days(mail, local))]
    return [
        *at_theirs,
        *(rule for local in locals_ for rule in _seasons(world, mail, local)),
        *_owners(world, mail),
        *_pace(world, mail),
        *_firm(world, mail),
    ]


def _hours(mail: Gone, local: datetime) -> Iterator[str]:
    window = mail.sequence.window
    if local.weekday() not in window.days:
        yield "not a day of the window"
    if not window.opens <= local.time() < window.closes:
        yield "not an hour of the window"


def _days(mail: Gone, local: datetime) -> Iterator[str]:
    country, day = mail.contact.country, (local.month, local.day)
    if not country:
        return
    if local.weekday() < 5 and local.weekday() in weekend(country):
        yield "a weekend where they are"
    if local.date() in closed(country, mail.contact.subdivision, local.year):
        yield "a holiday where they are"
    if (country, day) in {("GB", (11, 11)), ("US", (9, 11))}:
        yield "a solemn day"


def _seasons(world: World, mail: Gone, local: datetime) -> Iterator[str]:
    today = (local.month, local.day)
    for quiet in world.calendar.quiet:
        season = quiet.season
        first, last = ((day.month, day.day) for day in (season.starts, season.ends))
        inside = first <= today <= last if first <= last else today >= first or today <= last
        is_spared = mail.intent is Intent.GREET and quiet.spares_greetings
        is_theirs = not season.countries or mail.contact.country in season.countries
        if inside and is_theirs and not is_spared:
            yield "a quiet season"


def _owners(world: World, mail: Gone) -> Iterator[str]:
    expires = mail.contact.consent.expires
    if expires and mail.at.date() > expires:
        yield "no permission any more"
    if mail.owed and mail.walk.owes != mail.step:
        yield "before the parting note"
    owner = world.account.owner
    here = mail.at.astimezone(ZoneInfo(owner.zone)).date()
    if owner.country and here in closed(owner.country, "", here.year):
        yield "a holiday of the owner's"
    if any(away.first <= here <= away.last for away in world.calendar.away):
        yield "the owner is away"
    if any(
        who == mail.contact.id and since <= mail.at < hush.until
        for who, since, hush in world.hushes
    ):
        yield "hushed"


def _pace(world: World, mail: Gone) -> Iterator[str]:
    limits, own = world.account.limits, _before(world, mail, [mail.contact])
    heard = [at for who, at in world.letters if who == mail.contact.id and at <= mail.at]
    if any(mail.at - at < limits.contact_gap for at in (*own, *heard)):
        yield "too soon after the last contact"
    if sum(mail.at - at < 30 * DAY for at in own) >= limits.per_contact_month:
        yield "too many in a month"
    if sum(mail.at - at < 365 * DAY for at in own) >= limits.per_contact_year:
        yield "too many in a year"


def _firm(world: World, mail: Gone) -> Iterator[str]:
    limits, domain = world.account.limits, mail.contact.address.split("@")[1]
    colleagues = [
        each
        for each in world.contacts
        if each != mail.contact and each.address.endswith(f"@{domain}")
    ]
    firm = _before(world, mail, colleagues)
    if any(mail.at - at < limits.company_gap for at in firm):
        yield "too soon after a colleague"
    everybody = [*firm, *_before(world, mail, [mail.contact])]
    recent = sum(mail.at - at < 365 * DAY for at in everybody)
    if firm and recent >= limits.per_company_year:
        yield "too many to the company"


def _before(world: World, mail: Gone, contacts: list[Contact]) -> list[datetime]:
    """When these people were touched before this mail, in the order in which it happened."""
    ids = {each.id for each in contacts}
    return [at for who, at in world.touched[: mail.place] if who in ids]


def parting(course: Sequence) -> Sequence:
    """The same, with its first step for a parting note."""
    return replace(course, entry=replace(course.entry, first=course.steps[0].id))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    contacts, zones = [], {}
    for number, address in enumerate(("a@lind.example", "b@lind.example", "c@moss.example")):
        where, zones[number] = draw(st.sampled_from(PLACES))
        birthday = draw(st.dates(date(1960, 1, 1), date(1999, 12, 31)) | st.just(date(1980, 2, 29)))
        contacts.append(
            Contact(
                address,
                id=number,
                given_name="Mara",
                relationship=draw(st.sampled_from(Relationship)),
                value=draw(st.sampled_from([0, 500])),
                language=draw(st.sampled_from(["", "de", "en"])),
                tags=draw(st.sampled_from([(), ("vip",)])),
                observes=draw(st.sampled_from([(), ("christian",)])),
                interests=("tea",),
                consent=replace(ALLOWED, expires=draw(st.none() | st.just(date(2027, 3, 1)))),
                dates={"birthday": birthday, "renewal": date(2027, 6, 30),
                       "last_visit": date(2026, 1, 31)},
                **where,
            )
        )  # fmt: skip
    day = st.integers(1, 700).map(lambda after: START + after * DAY)
    quiet = Season("the holidays", YearDay(12, 20), YearDay(1, 6))
    august = Season("August", YearDay(8, 1), YearDay(8, 31), frozenset(("DE", "US")))
    away = draw(st.lists(st.tuples(day, st.integers(0, 30)), max_size=3))
    hushes = draw(st.lists(st.tuples(st.integers(0, 2), day, st.integers(1, 90)), max_size=3))
    country = draw(st.sampled_from(["AT", "US", ""]))
    owner = Owner("Anna", "anna@x.example", "Europe/Vienna", "Road 1", country=country)
    limits = draw(st.sampled_from([
        Limits(),
        Limits(contact_gap=DAY, per_contact_month=4, per_contact_year=6, per_company_year=9),
        Limits(contact_gap=timedelta(0), company_gap=DAY, per_contact_month=3, per_contact_year=4),
    ]))  # fmt: skip
    return World(
        contacts=tuple(contacts),
        zones=zones,
        courses=tuple(
            replace(
                each, entry=replace(each.entry, first=draw(st.sampled_from(["", each.steps[0].id])))
            )
            for each in (draw(sequences("one", 4)), draw(sequences("two", 3)))
        ),
        account=Account("anna", "anna@x.example", owner, limits),
        calendar=Calendar(
            quiet=draw(st.sampled_from([(), (Quiet(quiet, spares_greetings=True), Quiet(august))])),
            away=tuple(
                Away(first.date(), (first + days * DAY).date(), "Crete") for first, days in away
            ),
        ),
        hushes=tuple(
            (who, since, Hush(Hushed.CONTACT, contacts[who].address, since + days * DAY, "grief"))
            for who, since, days in hushes
        ),
        letters=tuple(draw(st.lists(st.tuples(st.integers(0, 2), day), max_size=3))),
    )


def all_is_well(world: World) -> None:
    world.play()
    for mail in world.gone:
        assert broken(world, mail) == [], mail
    told = [(mail.walk.id, mail.step, mail.walk.occurrence) for mail in world.gone]
    assert len(set(told)) == len(told)
    for mail in world.gone:
        assert not is_late(world, mail), mail


def is_late(world: World, mail: Gone) -> bool:
    """Whether what belongs to a day came when it was over, or a card long before it."""
    step = mail.sequence.step(mail.step)
    if not mail.walk.lane or step is None or step.lasts is None:
        return False
    meant = date.fromisoformat(mail.walk.occurrence)
    zones = world.zones[mail.contact.id]
    day = max(mail.at.astimezone(ZoneInfo(zone)).date() for zone in zones)
    most = step.lasts.count * DAYS_OF[step.lasts.unit] * DAY
    too_early = mail.intent is Intent.GREET and meant - day > 14 * DAY
    return too_early or day - meant >= most


DAYS_OF = {Unit.DAYS: 1, Unit.WEEKS: 7, Unit.MONTHS: 31}
WORLDS = int(os.environ.get("NURTURE_WORLDS", "120"))
CALM = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@settings(max_examples=40, derandomize=True, suppress_health_check=CALM)
@given(worlds())
def test_p6_no_rule_is_broken_in_years_of_random_sequences(world: World) -> None:
    all_is_well(world)


@pytest.mark.slow
@settings(max_examples=WORLDS, suppress_health_check=CALM)
@given(worlds())
def test_p6_no_rule_is_broken_in_thousands_of_random_sequences(world: World) -> None:
    all_is_well(world)
