"""Nobody is written to against a no, out of hours, or too often (promises P3 and P6)."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from nurture.core.account import Account, Limits
from nurture.core.calendar import Window
from nurture.core.calendar.season import Away, Calendar, Quiet, Season, YearDay
from nurture.core.choice.manners import may_speak
from nurture.core.contact import Contact
from nurture.core.contact.hush import Hush, Hushed
from nurture.core.contact.place import zones_of_country
from nurture.core.decision import Hold, Postpone
from nurture.core.sequence import Intent, Sequence
from nurture.core.situation import Pace, Situation
from nurture.steps.email import Email
from tests.fakes.scene import OWNER, due_at
from tests.fakes.story import ALLOWED

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 5, 6, 12, tzinfo=BERLIN).astimezone(UTC)  # a Wednesday
DAY = timedelta(days=1)
SEQUENCE = Sequence(
    "former",
    "r1",
    (
        Email(id="thanks", email="mail/thanks.md", intent=Intent.GREET),
        Email(id="news", email="mail/news.md"),
    ),
)
CONTACT = Contact("mara@example.org", id=3, zone="Europe/Berlin", country="DE", consent=ALLOWED)
AUSTRIAN = replace(OWNER, country="AT")
WALK = due_at("news", NOON)
FINE = Situation(
    now=NOON,
    enrollment=WALK,
    contact=CONTACT,
    sequence=SEQUENCE,
    account=Account("anna", "anna@example.com", AUSTRIAN, Limits()),
)


def at(wall: str, zone: str = "Europe/Berlin", **facts: object) -> Situation:
    """Everything in order, at this wall-clock time."""
    local = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone))
    return replace(FINE, now=local.astimezone(UTC), **facts)


def berlin(wall: str) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=BERLIN)


def greeting(situation: Situation) -> Situation:
    return replace(situation, enrollment=replace(situation.enrollment, position="thanks"))


def people(situation: Situation, count: int) -> list[Postpone]:
    """What so many people in the same situation are told."""
    said = [
        may_speak(replace(situation, enrollment=replace(situation.enrollment, id=number)))
        for number in range(count)
    ]
    assert all(isinstance(each, Postpone) for each in said)
    return [each for each in said if isinstance(each, Postpone)]


def test_when_all_is_well_nothing_objects() -> None:
    assert may_speak(FINE) is None


@pytest.mark.parametrize(
    ("expires", "may_write"),
    [(None, True), (date(2026, 5, 6), True), (date(2026, 5, 5), False)],
)
def test_p3_a_consent_holds_to_the_end_of_its_last_day(
    expires: date | None, *, may_write: bool
) -> None:
    contact = replace(CONTACT, consent=replace(ALLOWED, expires=expires))
    said = may_speak(replace(FINE, contact=contact))
    assert said is None if may_write else isinstance(said, Hold)


def test_p3_a_consent_ends_with_the_day_of_the_contact() -> None:
    """In Auckland it is the 7th already while UTC still has the 6th."""
    consent = replace(ALLOWED, expires=date(2026, 5, 6))
    there = replace(CONTACT, zone="Pacific/Auckland", country="NZ", consent=consent)
    situation = at("2026-05-07 09:00", "Pacific/Auckland", contact=there)
    assert may_speak(situation) == Hold(situation.now + DAY, "the consent ran out on 2026-05-06")


def test_e10_a_hush_silences_until_its_last_instant() -> None:
    hush = Hush(Hushed.CONTACT, CONTACT.address, NOON + DAY, "a death in the family")
    assert may_speak(replace(FINE, hush=hush)) == Postpone(
        NOON + DAY, "hushed: a death in the family"
    )
    assert may_speak(greeting(replace(FINE, hush=hush))) is not None
    assert may_speak(replace(FINE, hush=replace(hush, until=NOON))) is None


def test_while_the_owner_is_away_nothing_leaves_and_then_not_all_at_once() -> None:
    calendar = Calendar(away=(Away(date(2026, 5, 4), date(2026, 5, 15), "Crete"),))
    away = replace(FINE, calendar=calendar)
    said = people(away, 60)
    assert {each.why for each in said} == {"you are away until 2026-05-15: Crete"}
    days = {each.until.astimezone(BERLIN).date() for each in said}
    assert days == {date(2026, 5, day) for day in range(18, 23)}  # five business days
    assert said == people(away, 60)
    back = replace(away, now=berlin("2026-05-18 12:00").astimezone(UTC))
    assert may_speak(back) is None


def test_the_owners_days_away_are_those_of_their_own_zone() -> None:
    calendar = Calendar(away=(Away(date(2026, 5, 6), date(2026, 5, 6)),))
    owner = replace(OWNER, zone="Pacific/Auckland")
    account = replace(FINE.account, owner=owner)
    # In Auckland it is the evening of the 6th while Berlin has its morning.
    assert may_speak(at("2026-05-06 13:30", calendar=calendar, account=account)) is not None
    assert may_speak(at("2026-05-06 14:30", calendar=calendar, account=account)) is None


QUIET = Quiet(Season("the holidays", YearDay(12, 20), YearDay(1, 6)), spares_greetings=True)
AUGUST = Quiet(Season("August", YearDay(8, 1), YearDay(8, 31), frozenset({"FR", "IT"})))


def test_a_quiet_season_spares_greetings_where_it_says_so() -> None:
    december = at("2026-12-21 12:00", calendar=Calendar(quiet=(QUIET, AUGUST)))
    said = people(december, 60)
    assert {each.why for each in said} == {"the holidays is a quiet time until 2027-01-06"}
    days = sorted({each.until.astimezone(BERLIN).date() for each in said})
    assert (days[0], days[-1], len(days)) == (date(2027, 1, 7), date(2027, 1, 13), 5)
    assert may_speak(greeting(december)) is None
    strict = Calendar(quiet=(replace(QUIET, spares_greetings=False),))
    assert may_speak(greeting(replace(december, calendar=strict))) is not None


def test_a_quiet_season_is_that_of_its_countries() -> None:
    august = at("2026-08-05 12:00", calendar=Calendar(quiet=(AUGUST,)))
    assert may_speak(august) is None
    rome = replace(CONTACT, zone="Europe/Rome", country="IT")
    assert isinstance(may_speak(replace(august, contact=rome)), Postpone)


def test_nothing_goes_before_the_parting_note_but_the_note_itself() -> None:
    owed = replace(FINE, owes_parting="lost-prospect")
    said = may_speak(owed)
    assert said == Postpone(NOON + DAY, "lost-prospect owes its parting note first")
    note = replace(WALK, owes="news")
    assert may_speak(replace(owed, enrollment=note)) is None


def test_e7_a_touch_keeps_its_distance_to_the_last_contact_in_either_direction() -> None:
    last = NOON - 7 * DAY + timedelta(seconds=1)
    near = may_speak(replace(FINE, pace=Pace(last_touch_at=last)))
    assert near == Postpone(last + 7 * DAY, "the last touch was on 2026-04-29")
    heard = may_speak(replace(FINE, pace=Pace(last_heard_at=last)))
    assert heard == Postpone(last + 7 * DAY, "they last wrote on 2026-04-29")
    week = NOON - 7 * DAY
    assert may_speak(replace(FINE, pace=Pace(last_touch_at=week, last_heard_at=week))) is None


def test_e7_two_touches_in_thirty_days_and_no_more() -> None:
    first, second = NOON - 29 * DAY, NOON - 10 * DAY
    said = may_speak(replace(FINE, pace=Pace(touched=(first - 2 * DAY, first, second))))
    assert said == Postpone(first + 30 * DAY, "2 touches in 30 days are enough")
    month_ago = NOON - 30 * DAY
    assert may_speak(replace(FINE, pace=Pace(touched=(month_ago, second)))) is None


def test_e7_so_many_touches_a_year_and_no_more() -> None:
    year = tuple(NOON - days * DAY for days in range(364, 30, -30))
    assert len(year) == 12
    said = may_speak(replace(FINE, pace=Pace(touched=year)))
    assert said == Postpone(NOON + DAY, "12 touches in a year are enough")
    assert may_speak(replace(FINE, pace=Pace(touched=year[1:]))) is None
    older = (NOON - 365 * DAY, *year[1:])
    assert may_speak(replace(FINE, pace=Pace(touched=older))) is None


def test_colleagues_are_not_written_to_on_one_day_nor_at_one_hour() -> None:
    pace = Pace(company_touch_at=NOON - DAY)
    untils = set()
    for number in range(20):
        said = may_speak(replace(FINE, pace=pace, contact=replace(CONTACT, id=number)))
        assert isinstance(said, Postpone)
        assert said.why == "a colleague had something on 2026-05-05"
        assert NOON + DAY <= said.until < NOON + DAY + timedelta(minutes=90)
        untils.add(said.until)
    assert len(untils) == 20
    assert may_speak(replace(FINE, pace=Pace(company_touch_at=NOON - 2 * DAY))) is None


def test_a_company_hears_no_more_than_three_people_would() -> None:
    colleagues = tuple(NOON - days * DAY for days in range(360, 20, -10))
    assert len(colleagues) == 34
    own = (NOON - 200 * DAY, NOON - 100 * DAY)
    said = may_speak(replace(FINE, pace=Pace(touched=own, company_touched=colleagues)))
    assert said == Postpone(NOON + 5 * DAY, "36 touches of their company are enough")
    assert may_speak(replace(FINE, pace=Pace(touched=own[1:], company_touched=colleagues))) is None


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-05-06 07:00", "2026-05-06"),
        ("2026-05-06 17:00", "2026-05-07"),
    ],
)
def test_p6_mail_waits_for_the_next_hours_of_their_office(now: str, day: str) -> None:
    said = may_speak(at(now))
    assert isinstance(said, Postpone)
    assert berlin(f"{day} 08:31") <= said.until < berlin(f"{day} 10:01")
    local = datetime.fromisoformat(now)
    assert said.why == f"the window is closed in Europe/Berlin, where it is {local:%a %d %b %H:%M}"


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-05-08 18:00", "2026-05-11"),  # over a weekend
        ("2026-05-13 18:00", "2026-05-15"),  # Ascension Day
        ("2026-04-02 18:00", "2026-04-07"),  # from Maundy Thursday over Easter
    ],
)
def test_p6_what_a_holiday_held_up_is_spread_over_the_whole_day(now: str, day: str) -> None:
    untils = sorted(each.until for each in people(at(now), 200))
    opens, closes = berlin(f"{day} 08:30"), berlin(f"{day} 17:00")
    assert all(opens < until < closes for until in untils)
    in_first_hour = sum(until < opens + timedelta(hours=1) for until in untils)
    assert 5 < in_first_hour < 60
    assert untils[-1] > closes - timedelta(hours=1)


def test_p6_the_holidays_of_both_sides_are_kept() -> None:
    # 26 October is a holiday in Austria alone, Corpus Christi in the south and west of Germany.
    said = may_speak(at("2026-10-26 12:00"))
    assert isinstance(said, Postpone)
    assert said.why == "26 Oct is a holiday in AT"
    assert said.until.astimezone(BERLIN).date() == date(2026, 10, 27)
    nobody = replace(FINE.account, owner=OWNER)
    assert may_speak(at("2026-10-26 12:00", account=nobody)) is None
    bavaria = replace(CONTACT, subdivision="BY")
    assert may_speak(at("2026-06-04 12:00", account=nobody)) is None
    assert may_speak(at("2026-06-04 12:00", account=nobody, contact=bavaria)) is not None


def test_e1_solemn_days_are_quiet() -> None:
    york = replace(CONTACT, zone="Europe/London", country="GB")
    said = may_speak(at("2026-11-11 12:00", "Europe/London", contact=york))
    assert isinstance(said, Postpone)
    assert said.why == "it is Remembrance Day there"
    assert said.until.astimezone(BERLIN).date() == date(2026, 11, 12)
    fasting = replace(CONTACT, observes=("jewish",))
    assert may_speak(at("2026-09-21 12:00")) is None
    assert may_speak(at("2026-09-21 12:00", contact=fasting)) is not None


def test_e3_both_neighbours_of_an_estimated_holiday_are_quiet() -> None:
    account = replace(FINE.account, owner=OWNER)
    jakarta = replace(CONTACT, zone="Asia/Jakarta", country="ID")
    # Eid al-Fitr is estimated for Wednesday, 10 March 2027, its second day for the 11th.
    open_ = [
        day
        for day in range(8, 16)
        if may_speak(
            at(f"2027-03-{day:02} 12:00", "Asia/Jakarta", contact=jakarta, account=account)
        )
        is None
    ]
    assert open_ == [15]


def test_p6_the_zone_that_is_closed_is_named() -> None:
    contact = replace(CONTACT, zone="", country="US")
    said = may_speak(at("2026-05-06 09:00", "America/New_York", contact=contact))
    assert isinstance(said, Postpone)
    assert "New_York" not in said.why
    assert all(
        time(8, 30) <= said.until.astimezone(ZoneInfo(zone)).time() < time(17)
        for zone in zones_of_country("US")
    )


def test_p6_a_backlog_is_spread_and_each_keeps_their_place_after_a_restart() -> None:
    night = at("2026-05-06 03:00")
    seen = people(night, 100)
    assert seen == people(night, 100)
    assert len({each.until for each in seen}) == 100


@pytest.mark.parametrize("minutes", [1, 2, 15])
def test_p6_even_a_short_window_is_not_left_by_the_spread(minutes: int) -> None:
    window = Window(opens=time(9), closes=time(9, minutes))
    night = at("2026-05-06 03:00", sequence=replace(SEQUENCE, window=window))
    opens = berlin("2026-05-06 09:00")
    untils = {each.until for each in people(night, 50)}
    assert all(opens <= until < opens + timedelta(minutes=minutes) for until in untils)
    assert len(untils) > 1


def test_p6_where_no_hour_suits_a_person_is_asked_for_the_zone() -> None:
    said = may_speak(replace(FINE, contact=replace(CONTACT, zone="", country="RU")))
    assert isinstance(said, Hold)
    assert said.until == NOON + 7 * DAY
    assert said.why.startswith("no hour of the window suits Europe/Kaliningrad and ")


@pytest.mark.parametrize(
    ("zone", "night"),
    [
        ("Europe/Berlin", "2026-03-29"), ("Europe/Berlin", "2026-10-25"),
        ("America/New_York", "2026-03-08"), ("America/New_York", "2026-11-01"),
        ("Australia/Lord_Howe", "2026-04-05"), ("Australia/Lord_Howe", "2026-10-04"),
        ("Pacific/Auckland", "2026-04-05"), ("Pacific/Auckland", "2026-09-27"),
        ("America/Santiago", "2026-04-05"), ("America/Santiago", "2026-09-06"),
    ],
)  # fmt: skip
def test_p6_behind_a_night_in_which_the_clocks_change_hours_are_those_on_the_wall(
    zone: str, night: str
) -> None:
    nobody = replace(FINE.account, owner=OWNER)
    contact = replace(CONTACT, zone=zone, country="")
    tomorrow = date.fromisoformat(night) + DAY
    for hour in ("00:10", "02:30", "12:00", "23:59"):
        for said in people(at(f"{night} {hour}", zone, contact=contact, account=nobody), 20):
            local = said.until.astimezone(ZoneInfo(zone))
            assert local.date() == tomorrow
            assert time(8, 31) <= local.time() < time(17)
