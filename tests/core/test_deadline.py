"""Nobody waits in vain: who is reminded, who is asked instead, and never on a day off (H1, H7)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from nurture.core.account import Owner
from nurture.core.calendar.season import Away
from nurture.core.handoff import Handoff, HandoffState, Urgency
from nurture.core.handoff.deadline import Prompt, Stage, in_charge, prompts

OTTO = Owner("Otto", "otto@firm.example", "Europe/Vienna", "Street 2", country="AT")
ANNA = Owner(
    "Anna", "anna@firm.example", "Europe/Vienna", "Street 1", country="AT", substitute=OTTO
)
ALONE = replace(ANNA, substitute=None)
TUESDAY = datetime(2026, 5, 5, 8, tzinfo=UTC)  # ten o'clock in Vienna
WAITS = Handoff(7, 3, "anna", HandoffState.OPEN, "answered", TUESDAY, 1)


def told(
    minutes: int, handoff: Handoff = WAITS, owner: Owner = ANNA, closed: tuple[Away, ...] = ()
) -> list[tuple[str, str]]:
    """Who is told what, so many minutes after Tuesday at ten."""
    found = prompts(handoff, owner, closed, TUESDAY + timedelta(minutes=minutes))
    return [(str(each.stage), each.whom.name) for each in found]


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (29, []),
        (30, [("reminded", "Anna")]),
        (59, [("reminded", "Anna")]),
        (60, [("escalated", "Otto")]),
        (24 * 60 - 1, [("escalated", "Otto")]),
        (24 * 60, [("still", "Anna"), ("still", "Otto")]),
    ],
)
def test_h1_reminded_after_half_an_hour_escalated_after_one(
    minutes: int, expected: list[tuple[str, str]]
) -> None:
    assert told(minutes) == expected


def test_h1_whoever_is_alone_is_asked_again() -> None:
    assert told(60, owner=ALONE) == [("escalated", "Anna")]
    assert told(24 * 60, owner=ALONE) == [("still", "Anna")]


def test_what_waits_less_urgently_waits_longer() -> None:
    today = replace(WAITS, urgency=Urgency.TODAY)
    assert told(239, today) == []
    assert told(240, today) == [("reminded", "Anna")]
    # Eight hours end on Wednesday at half past nine, eight and a half at ten.
    assert told(1409, today) == [("reminded", "Anna")]
    assert told(1410, today) == [("escalated", "Otto")]
    assert told(1440, today) == [("still", "Anna"), ("still", "Otto")]


@pytest.mark.parametrize("state", [each for each in HandoffState if each is not HandoffState.OPEN])
def test_nobody_is_reminded_of_what_somebody_has_or_what_is_put_off(state: HandoffState) -> None:
    assert told(24 * 60, replace(WAITS, state=state)) == []


def test_thanks_remind_nobody() -> None:
    assert told(24 * 60, replace(WAITS, urgency=Urgency.CALM)) == []


def test_h1_over_a_weekend_and_a_holiday_nobody_is_told_before_they_are_back() -> None:
    """Friday, half an hour before the close; Whit Monday is a holiday in Austria."""
    friday = datetime(2026, 5, 22, 14, 30, tzinfo=UTC)
    waits = replace(WAITS, opened_at=friday)
    seen: dict[str, datetime] = {}
    for minutes in range(0, 5 * 24 * 60, 5):
        now = friday + timedelta(minutes=minutes)
        for each in prompts(waits, ANNA, (), now):
            seen.setdefault(each.key, now)
            assert each.whom.office().is_open(now)
            assert now.date() not in {date(2026, 5, 23), date(2026, 5, 24), date(2026, 5, 25)}
    tuesday = datetime(2026, 5, 26, 6, 30, tzinfo=UTC)
    expected = [tuesday + timedelta(minutes=each) for each in (0, 30, 480, 480)]
    assert sorted(seen.values()) == expected


def test_the_substitute_keeps_their_own_holidays() -> None:
    """The 14th of May is Ascension Day in Austria, and none in Britain."""
    anna = replace(ANNA, zone="Europe/London", country="GB")
    thursday = datetime(2026, 5, 14, 9, tzinfo=UTC)
    waits = replace(WAITS, opened_at=thursday)
    assert prompts(waits, anna, (), thursday + timedelta(hours=2)) == ()
    (friday,) = prompts(waits, anna, (), datetime(2026, 5, 15, 7, 30, tzinfo=UTC))
    assert (friday.stage, friday.whom) == (Stage.ESCALATED, OTTO)


AWAY = (Away(date(2026, 5, 4), date(2026, 5, 8)),)


def test_while_the_owner_is_away_the_substitute_is_in_charge() -> None:
    anna = replace(ANNA, away=AWAY)
    assert in_charge(anna, (), TUESDAY) is OTTO
    assert in_charge(anna, (), TUESDAY + timedelta(days=6)) is anna
    assert told(30, owner=anna) == [("reminded", "Otto")]
    assert told(60, owner=anna) == [("escalated", "Otto")]
    (prompt,) = prompts(WAITS, anna, (), TUESDAY + timedelta(minutes=30))
    assert prompt.in_place_of is anna


def test_where_both_are_away_it_waits_for_the_owner() -> None:
    both = replace(ANNA, away=AWAY, substitute=replace(OTTO, away=AWAY))
    assert in_charge(both, (), TUESDAY) is both
    assert told(60, owner=both) == []
    assert told(0, owner=ANNA, closed=AWAY) == told(24 * 60, owner=ANNA, closed=AWAY) == []


def test_a_substitute_who_is_away_is_not_asked() -> None:
    anna = replace(ANNA, substitute=replace(OTTO, away=AWAY))
    assert told(60, owner=anna) == [("escalated", "Anna")]


def test_each_time_it_waits_is_told_once_to_each() -> None:
    def keys(handoff: Handoff, minutes: int) -> list[str]:
        found: tuple[Prompt, ...] = prompts(handoff, ANNA, (), TUESDAY + timedelta(minutes=minutes))
        return [each.key for each in found]

    assert keys(WAITS, 30) == keys(WAITS, 45)
    assert len({*keys(WAITS, 30), *keys(WAITS, 60), *keys(WAITS, 1440)}) == 4
    again = replace(WAITS, opened_at=TUESDAY + timedelta(hours=1))
    assert keys(again, 90) != keys(WAITS, 30)
