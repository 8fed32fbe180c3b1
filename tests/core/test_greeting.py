"""A greeting comes on its day or not at all, and only to whom it is welcome (domain.md 9 F23)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from nurture.core.account import Account, Limits, Owner
from nurture.core.calendar.season import Calendar
from nurture.core.choice import decide
from nurture.core.contact import Contact
from nurture.core.decision import Advance, Decision, Hold, Postpone, Rest, Send
from nurture.core.enrollment import Enrollment
from nurture.core.sequence.course import lanes
from nurture.core.situation import Situation
from nurture.definition import read_sequence
from tests.fakes.story import ALLOWED

TEXT = """\
sequence: cards
why: you were a client of ours
exits: {{at the latest after: 9 years}}
steps:
  - {{id: hello, wait: 9 years}}
occasions:
  - id: card
    on: {on}
    email: mail/card.md
    intent: greet
"""
OWNER = Owner("Anna", "anna@x.example", "Europe/Vienna", "Road 1")
ACCOUNT = Account("anna", "anna@x.example", OWNER, Limits())
BEGUN = datetime(2026, 2, 3, 9, tzinfo=UTC)
DAY = timedelta(days=1)
SAUDI = Contact("a@b.example", country="SA", observes=("muslim",), consent=ALLOWED)


def life(
    on: str,
    contact: Contact,
    until: date,
    calendar: Calendar | None = None,
    outage: Mapping[date, timedelta] | None = None,
) -> list[tuple[datetime, Decision]]:
    """What is decided about the card from the enrollment on, looked at whenever it is due."""
    course = read_sequence(TEXT.format(on=on), "cards.yaml")
    walk = next(each for each in lanes(course, contact, "anna", BEGUN, because="") if each.lane)
    told: list[tuple[datetime, Decision]] = []
    now = BEGUN
    while now.date() <= until:
        situation = Situation(now, walk, contact, course, ACCOUNT, calendar=calendar or Calendar())
        decision = decide(situation)
        told.append((now, decision))
        if isinstance(decision, Send):
            break
        walk = after(walk, decision)
        if walk.due_at is None:
            break
        now = max(now, walk.due_at)
        now += (outage or {}).get(now.date(), timedelta(0))
    return told


def after(walk: Enrollment, decision: Decision) -> Enrollment:
    match decision:
        case Postpone(until=until) | Hold(until=until):
            return replace(walk, due_at=until)
        case Rest(until=until, occurrence=occurrence):
            return replace(walk, due_at=until, occurrence=occurrence)
        case Advance(due_at=due_at, occurrence=occurrence):
            return replace(walk, due_at=due_at, occurrence=occurrence)
    raise AssertionError(decision)


def sent(told: list[tuple[datetime, Decision]], zone: str) -> str:
    """When the card left, on the clock there; empty where it did not."""
    gone = [now for now, decision in told if isinstance(decision, Send)]
    return f"{gone[0].astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H}" if gone else ""


@pytest.mark.parametrize(
    ("on", "contact", "zone", "day"),
    [
        # The Fourth is a Saturday, kept on the Friday.
        ("Independence Day", {"country": "US", "city": "Boston"}, "America/New_York",
         "Thu 2026-07-02"),
        # Friday is the weekend in Saudi Arabia and in Iran, and with Saturday in Israel.
        ("8 May", {"country": "SA"}, "Asia/Riyadh", "Thu 2026-05-07"),
        ("8 May", {"country": "IR"}, "Asia/Tehran", "Thu 2026-05-07"),
        ("8 May", {"country": "IL"}, "Asia/Jerusalem", "Thu 2026-05-07"),
        ("8 May", {"country": "DE"}, "Europe/Berlin", "Fri 2026-05-08"),
        # A country of three zones: the hour is a working one in all of them.
        ("5 May", {"country": "ID"}, "Asia/Jakarta", "Tue 2026-05-05"),
        ("5 May", {"country": "ID"}, "Asia/Jayapura", "Tue 2026-05-05"),
        # The clocks change in the night before, to summer time and back.
        ("30 March", {"country": "DE"}, "Europe/Berlin", "Mon 2026-03-30"),
        ("26 October", {"country": "DE"}, "Europe/Berlin", "Mon 2026-10-26"),
        ("9 March", {"country": "US", "city": "Boston"}, "America/New_York", "Mon 2026-03-09"),
        ("7 September", {"country": "CL", "city": "Valparaiso"}, "America/Santiago",
         "Mon 2026-09-07"),
        ("5 October", {"zone": "Australia/Lord_Howe"}, "Australia/Lord_Howe", "Mon 2026-10-05"),
        ("6 April", {"zone": "Pacific/Auckland"}, "Pacific/Auckland", "Mon 2026-04-06"),
        ("29 February", {"country": "DE"}, "Europe/Berlin", "Fri 2026-02-27"),
    ],
)  # fmt: skip
def test_f23_a_card_comes_on_the_last_working_day_at_a_working_hour(
    on: str, contact: Mapping[str, str], zone: str, day: str
) -> None:
    found = sent(
        life(on, Contact("a@b.example", **contact, consent=ALLOWED), date(2027, 3, 31)), zone
    )
    assert found[:14] == day
    assert "08" <= found[15:] < "17"


def test_f23_a_card_that_two_days_of_outage_held_up_is_dropped() -> None:
    boston = Contact("a@b.example", country="US", city="Boston", consent=ALLOWED)
    outage = {date(2026, 7, 2): 3 * DAY}
    told = life("Independence Day", boston, date(2026, 12, 1), outage=outage)
    assert sent(told, "UTC") == ""
    (dropped,) = (each for _, each in told if "too late" in getattr(each, "why", ""))
    assert isinstance(dropped, Advance)
    assert dropped.occurrence == "2027-07-04"


def test_f23_an_estimated_feast_is_held_until_the_day_is_confirmed() -> None:
    told = life("Eid al-Fitr", SAUDI, date(2027, 4, 1))
    assert sent(told, "UTC") == ""
    holds = sorted({decision.why for _, decision in told if isinstance(decision, Hold)})
    line = "write under holidays in calendar.yaml confirmed: {Eid al-Fitr"
    words = f"Eid al-Fitr is only estimated: {line}"
    assert holds == [f"{words} 2026: 2026-03-19}}", f"{words} 2027: 2027-03-09}}"]
    sure = Calendar(confirmed={"Eid al-Fitr 2027": date(2027, 3, 9)})
    told = life("Eid al-Fitr", SAUDI, date(2027, 4, 1), sure)
    # The 8th is a neighbour of the estimated day, the 6th and the 5th are Saturday and Friday.
    assert sent(told, "Asia/Riyadh")[:14] == "Thu 2027-03-04"


def test_e1_a_feast_they_are_not_known_to_keep_is_passed_over_in_words() -> None:
    told = life("Easter", Contact("a@b.example", country="DE", consent=ALLOWED), date(2026, 6, 1))
    whys = {decision.why for _, decision in told if isinstance(decision, Advance)}
    assert (
        "they are not known to keep Easter Sunday: add 'christian' or the day to observes" in whys
    )
    assert sent(told, "UTC") == ""


def test_e1_without_a_country_no_holiday_is_known() -> None:
    told = life("Halloween", Contact("a@b.example", consent=ALLOWED), date(2027, 1, 1))
    assert [decision for _, decision in told] == [Rest(None, "")]
