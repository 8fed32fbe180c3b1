"""A forecast agrees with what the caps allow, counted by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.core.account import Limits
from nurture.core.account.allowance import Spending
from nurture.core.account.family import Family
from nurture.core.account.forecast import Crowd, Forecast, Market, Purse, forecast
from nurture.core.account.hours import Hours
from nurture.core.account.tally import EMPTY
from nurture.core.calendar import Unit, Wait, Window
from nurture.core.calendar.season import Away, Quiet, Season, YearDay

MONDAY = datetime(2026, 3, 2, 7, tzinfo=UTC)  # 08:00 in Berlin, before the window opens
TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
GMAIL = "anna.example>gmail"
LIMITS = Limits(per_day=10, gap=timedelta(0), contact_gap=3 * DAY, per_contact_month=0)
CROWD = Crowd("anna", "", 25, TODAY, ())


def told(
    *crowds: Crowd,
    limits: Limits = LIMITS,
    spent: int = 0,
    families: tuple[Family, ...] = (),
    place: str = "",
    quiet: tuple[Quiet, ...] = (),
    away: tuple[Away, ...] = (),
) -> Forecast:
    spending = Spending(EMPTY.plus(spent, MONDAY), None, MONDAY - 300 * DAY)
    purses = {name: Purse(limits, spending, place) for name in ("anna", "otto")}
    known = {each.scope: each for each in families}
    return forecast(Market(MONDAY, "Europe/Berlin", purses, known, quiet, away), crowds)


def test_a_backlog_leaves_by_the_cap_of_each_day() -> None:
    found = told(CROWD)
    (anna,) = found.accounts
    assert (anna.mails, anna.first_on, anna.last_on) == (25, TODAY, TODAY + 2 * DAY)
    assert anna.busiest == 10
    assert (found.overdue_until, found.ends_on) == (TODAY + 2 * DAY, TODAY + 2 * DAY)


def test_what_was_sent_in_the_last_day_counts_against_today() -> None:
    assert told(CROWD, spent=8).ends_on == TODAY + 3 * DAY


def test_nothing_leaves_on_a_weekend() -> None:
    assert told(replace(CROWD, people=55)).ends_on == TODAY + 7 * DAY
    every_day = replace(CROWD, people=55, hours=Hours(Window(days=frozenset(range(7)))))
    assert told(every_day).ends_on == TODAY + 5 * DAY


def test_today_ends_when_the_window_closes() -> None:
    late = Market(
        datetime(2026, 3, 2, 17, tzinfo=UTC),
        "Europe/Berlin",
        {"anna": Purse(LIMITS, Spending())},
        {},
    )
    assert forecast(late, [CROWD]).accounts[0].first_on == TODAY + DAY


def test_the_pace_may_allow_less_than_the_cap() -> None:
    slow = replace(LIMITS, gap=timedelta(hours=2))  # 8.5 hours, 2.5 from mail to mail
    assert told(CROWD, limits=slow).accounts[0].busiest == 4


def test_a_country_of_many_zones_leaves_but_a_few_hours_a_day() -> None:
    slow = replace(LIMITS, gap=timedelta(minutes=48))  # an hour from mail to mail
    coasts = Hours(zones=("America/New_York", "America/Los_Angeles"), place="US")
    assert told(replace(CROWD, hours=coasts), limits=slow).accounts[0].busiest == 6
    far = Hours(zones=("Europe/Kaliningrad", "Asia/Kamchatka"))
    assert told(replace(CROWD, hours=far), limits=slow).left_over == 25


def test_people_of_two_continents_share_a_day_that_is_longer() -> None:
    slow = replace(LIMITS, per_day=100, gap=timedelta(minutes=48))
    east = replace(CROWD, hours=Hours(zones=("Asia/Tokyo",)), ready_on=TODAY + DAY)
    west = replace(CROWD, hours=Hours(zones=("America/New_York",)), ready_on=TODAY + DAY)
    assert told(east, west, limits=slow).accounts[0].busiest == 17
    beside = replace(CROWD, hours=Hours(zones=("Europe/Vienna",)), ready_on=TODAY + DAY)
    here = replace(CROWD, ready_on=TODAY + DAY)
    assert told(here, beside, limits=slow).accounts[0].busiest == 9


def test_holidays_of_both_sides_quiet_times_and_absences_hold_everybody_up() -> None:
    ready = replace(CROWD, people=1, ready_on=date(2026, 5, 1))  # Labour Day, a Friday
    assert told(ready).ends_on == date(2026, 5, 1)
    assert told(ready, place="DE").ends_on == date(2026, 5, 4)
    there = replace(ready, hours=Hours(zones=("Europe/Vienna",), place="AT"))
    assert told(there).ends_on == date(2026, 5, 4)
    away = Away(date(2026, 4, 30), date(2026, 5, 4))
    assert told(ready, away=(away,)).ends_on == date(2026, 5, 5)
    spring = Season("spring", YearDay(4, 20), YearDay(5, 10), frozenset({"AT"}))
    assert told(ready, quiet=(Quiet(spring),)).ends_on == date(2026, 5, 1)
    assert told(there, quiet=(Quiet(spring),)).ends_on == date(2026, 5, 11)
    card = replace(there, greets=(True,))
    assert told(card, quiet=(Quiet(spring, spares_greetings=True),)).ends_on == date(2026, 5, 4)
    assert told(card, quiet=(Quiet(spring),)).ends_on == date(2026, 5, 11)


def test_no_more_mails_to_a_person_in_a_month_than_the_limit() -> None:
    days = replace(CROWD, people=1, waits=((Wait(4, Unit.DAYS),),) * 2)
    twice = replace(LIMITS, per_contact_month=2)
    assert told(days).ends_on == TODAY + 8 * DAY
    assert told(days, limits=twice).ends_on == TODAY + 30 * DAY


def test_each_mail_is_followed_by_the_next_behind_its_wait() -> None:
    weeks = replace(CROWD, people=5, waits=((Wait(2, Unit.WEEKS),), (Wait(1, Unit.DAYS),)))
    found = told(weeks)
    assert found.accounts[0].mails == 15
    # The last wait is shorter than the gap between two mails to one person; then comes a weekend.
    assert found.ends_on == TODAY + 14 * DAY + 3 * DAY
    assert found.overdue_until == TODAY


def test_a_family_that_is_full_does_not_hold_up_the_others() -> None:
    limits = replace(LIMITS, per_family=2)
    found = told(replace(CROWD, people=6, scope=GMAIL), replace(CROWD, people=6), limits=limits)
    ends = {each.name: each.last_on for each in found.families}
    assert ends == {GMAIL: TODAY + 2 * DAY, "": TODAY}
    assert {each.name: each.busiest for each in found.families} == {GMAIL: 2, "": 6}


def test_two_accounts_of_one_sender_share_what_a_family_takes() -> None:
    limits = replace(LIMITS, per_family=2)
    gmail = replace(CROWD, people=2, scope=GMAIL)
    found = told(gmail, replace(gmail, account="otto"), limits=limits)
    assert found.ends_on == TODAY + DAY


def test_a_family_that_is_backed_off_waits_until_then() -> None:
    off = Family(GMAIL, until=MONDAY + 2 * DAY, why="421")
    assert told(replace(CROWD, scope=GMAIL, people=1), families=(off,)).ends_on == TODAY + 2 * DAY


def test_a_new_mailbox_climbs_from_its_first_mail_on() -> None:
    purse = Purse(replace(LIMITS, ramp=(2, 5)), Spending())
    week = Hours(Window(days=frozenset(range(7))))
    market = Market(MONDAY, "Europe/Berlin", {"anna": purse}, {})
    found = forecast(market, [replace(CROWD, people=2 * 7 + 5 * 7 + 10, hours=week)])
    assert found.ends_on == TODAY + 14 * DAY


def test_the_new_ones_are_told_apart_from_who_is_under_way() -> None:
    fresh = replace(CROWD, people=10, is_new=True, waits=((Wait(1, Unit.WEEKS),),))
    found = told(replace(CROWD, people=10), fresh)
    assert found.begun_by == TODAY + DAY
    assert found.overdue_until is not None
    assert found.ends_on is not None
    assert found.ends_on >= TODAY + 7 * DAY


def test_what_never_ends_is_said_so() -> None:
    closed = Window(days=frozenset(), opens=time(8), closes=time(9))
    found = told(replace(CROWD, hours=Hours(closed), is_new=True))
    assert (found.left_over, found.ends_on, found.begun_by) == (25, None, None)
    assert told() == Forecast((), (), None, None, None, 0)


@settings(max_examples=60, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(0, 20), st.sampled_from(["", GMAIL]))),
    st.integers(1, 12),
    st.integers(1, 12),
)
def test_p6_a_forecast_promises_no_day_beyond_the_caps_and_loses_nobody(
    crowds: list[tuple[int, int, str]], per_day: int, per_family: int
) -> None:
    limits = replace(LIMITS, per_day=per_day, per_family=per_family)
    found = told(
        *(
            replace(CROWD, people=people, ready_on=TODAY + ahead * DAY, scope=scope)
            for people, ahead, scope in crowds
        ),
        limits=limits,
    )
    assert sum(each.mails for each in found.accounts) == sum(people for people, *_ in crowds)
    assert all(each.busiest <= per_day for each in found.accounts)
    assert all(each.busiest <= per_family for each in found.families if each.name)
    assert found.left_over == 0


def test_crowds_of_one_day_take_turns_in_proportion() -> None:
    few, many = replace(CROWD, people=100, scope=GMAIL), replace(CROWD, people=300)
    found = told(few, many, limits=replace(LIMITS, per_day=40))
    ends = {each.name: each.last_on for each in found.families}
    assert abs(ends[GMAIL] - ends[""]) <= 3 * DAY
