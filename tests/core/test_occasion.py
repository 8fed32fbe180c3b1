"""Everybody's next day is found, on a day that is open, and never twice (domain.md E1, E3, F23)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.core.calendar import Window, is_business_day
from nurture.core.calendar.on import On, read_on
from nurture.core.calendar.season import Calendar, Season, YearDay
from nurture.core.choice.occasion import Occurrence, next_occurrence, stride, unasked, unsure
from nurture.core.contact import Contact

TAX = Season("tax season", YearDay(1, 15), YearDay(4, 15), frozenset({"US"}))
NOTHING = Calendar()
US = Contact(
    "mara@example.org",
    country="US",
    dates={
        "birthday": date(1980, 2, 29),
        "last_visit": date(2026, 8, 31),
        "deadline": date(2027, 6, 30),
    },
)
MAY = date(2026, 5, 6)


def when(
    written: str, contact: Contact = US, after: date = MAY, *, greets: bool = True
) -> Occurrence | None:
    return next_occurrence(read_on(written, [TAX]), contact, after, NOTHING, greets=greets)


def days(written: str, count: int, contact: Contact = US, after: date = MAY) -> list[str]:
    found = []
    for _ in range(count):
        occurrence = when(written, contact, after, greets=False)
        if occurrence is None:
            break
        found.append(str(occurrence.falls_on))
        after = occurrence.falls_on
    return found


@pytest.mark.parametrize(
    ("written", "falls_on"),
    [
        ("Independence Day", ["2026-07-04", "2027-07-04", "2028-07-04"]),
        ("3 months after tax season ends", ["2026-07-15", "2027-07-15"]),
        ("2 weeks before tax season starts", ["2027-01-01", "2028-01-01"]),
        ("contact's birthday", ["2027-02-28", "2028-02-29", "2029-02-28"]),
        ("3 weeks before contact's deadline, once", ["2027-06-09"]),
        ("contact's last-visit, every 6 months", ["2026-08-31", "2027-02-28", "2027-08-31"]),
        ("contact's last-visit, every 2 weeks", ["2026-08-31", "2026-09-14", "2026-09-28"]),
        ("4 January", ["2027-01-04", "2028-01-04"]),
        ("29 February", ["2027-02-28", "2028-02-29"]),
        ("contact's renewal", []),
        ("Canada Day", []),
        ("5 business days before Thanksgiving", ["2026-11-19", "2027-11-18"]),
        ("1 month before 31 March", ["2027-02-28", "2028-02-29"]),
        ("1 month after 31 January", ["2027-02-28", "2028-02-29"]),
    ],
)
def test_an_occasion_comes_round_as_its_words_say(written: str, falls_on: list[str]) -> None:
    assert days(written, len(falls_on) + (written.endswith("once"))) == falls_on


@pytest.mark.parametrize(
    ("written", "contact", "after", "greets", "day"),
    [
        # 4 July is a Saturday, the Friday is kept for it: one greets on Thursday.
        ("Independence Day", US, MAY, True, "2026-07-02"),
        ("Independence Day", US, MAY, False, "2026-07-06"),
        ("Thanksgiving", US, MAY, True, "2026-11-25"),
        ("Halloween", US, MAY, True, "2026-10-30"),
        ("Halloween", US, date(2027, 1, 1), True, "2027-10-29"),
        ("New Year's Day", replace(US, country="DE"), MAY, True, "2026-12-31"),
        ("6 January", replace(US, country="DE", subdivision="BY"), MAY, True, "2027-01-05"),
        ("6 January", replace(US, country="DE"), MAY, True, "2027-01-06"),
        # F23: a Friday is the weekend in Saudi Arabia, a Sunday is none.
        ("8 May", replace(US, country="SA"), MAY, True, "2026-05-07"),
        ("8 May", replace(US, country="SA"), MAY, False, "2026-05-11"),
    ],
)
def test_one_greets_before_a_closed_day_and_works_behind_it(
    written: str, contact: Contact, after: date, day: str, *, greets: bool
) -> None:
    found = when(written, contact, after, greets=greets)
    assert found is not None
    assert str(found.day) == day


def test_the_owners_holidays_and_the_window_are_kept_as_well() -> None:
    on = read_on("Thanksgiving")
    friday_only = Window(frozenset({4}))
    here = next_occurrence(on, US, MAY, NOTHING, greets=True, home="US", window=friday_only)
    assert here is not None
    assert str(here.day) == "2026-11-20"
    on = read_on("4 October")
    there = next_occurrence(on, US, date(2026, 9, 1), NOTHING, greets=True, home="DE")
    assert there is not None
    assert str(there.day) == "2026-10-02"
    on = read_on("3 October")
    later = next_occurrence(on, US, date(2028, 1, 1), NOTHING, greets=False, home="DE")
    assert later is not None
    assert str(later.day) == "2028-10-04"  # a Tuesday, German Unity Day


@pytest.mark.parametrize(
    ("written", "contact", "greets", "is_known"),
    [
        ("Halloween", replace(US, country=""), True, False),
        ("Halloween in US", replace(US, country=""), True, False),
        ("Halloween in US", replace(US, country="DE"), True, False),
        ("Halloween in US", replace(US, country="DE"), False, True),
        ("Halloween in GB", replace(US, country="GB", subdivision="SCT"), True, True),
        ("Burns Night in GB-SCT", replace(US, country="GB"), True, False),
        ("Burns Night in GB-SCT", replace(US, country="GB", subdivision="SCT"), True, True),
        ("4 January", replace(US, country=""), True, True),
        ("tax season ends", replace(US, country="DE"), False, False),
        ("tax season ends", replace(US, country=""), False, False),
    ],
)
def test_e1_a_greeting_on_a_holiday_needs_the_country_that_keeps_it(
    written: str, contact: Contact, *, greets: bool, is_known: bool
) -> None:
    assert (when(written, contact, greets=greets) is not None) is is_known


@pytest.mark.parametrize(
    ("written", "observes", "words"),
    [
        ("Easter", (),
         "they are not known to keep Easter Sunday: add 'christian' or the day to observes"),
        ("Easter", ("christian",), ""),
        ("Easter", ("easter",), ""),
        ("Diwali", ("Hinduism",), ""),
        ("Lunar New Year", ("Chinese New Year",), ""),
        ("Halloween", (), ""),
        ("Memorial Day", (), "Memorial Day is no day for a greeting"),
        ("Good Friday", ("christian",), "Good Friday is no day for a greeting"),
    ],
)  # fmt: skip
def test_e1_a_religious_greeting_needs_a_stated_preference(
    written: str, observes: tuple[str, ...], words: str
) -> None:
    contact = replace(US, observes=observes)
    found = when(written, contact)
    assert found is not None
    assert unasked(found, contact) == words


def test_e3_an_estimated_day_asks_to_be_confirmed_and_then_is_sure() -> None:
    contact, after = replace(US, country="SA"), date(2026, 12, 1)
    on = read_on("Eid al-Fitr")
    guess = next_occurrence(on, contact, after, NOTHING, greets=True)
    assert guess is not None
    assert unsure(guess) == (
        "Eid al-Fitr is only estimated: write under holidays in calendar.yaml "
        "confirmed: {Eid al-Fitr 2027: 2027-03-09}"
    )
    for true_day in (date(2027, 3, 8), date(2027, 3, 10)):
        said = Calendar(confirmed={"Eid 2027": true_day, "Eid al-Adha 2027": date(2027, 3, 9)})
        sure = next_occurrence(on, contact, after, said, greets=True)
        assert sure is not None
        assert (sure.falls_on, unsure(sure)) == (true_day, "")
    far = Calendar(confirmed={"Eid al-Fitr 2027": date(2027, 6, 1)})
    assert next_occurrence(on, contact, after, far, greets=True) == guess


def test_nobody_is_greeted_twice_where_a_day_is_confirmed_or_corrected() -> None:
    contact, on = replace(US, country="SA"), read_on("Eid al-Fitr")
    guess = next_occurrence(on, contact, date(2026, 12, 1), NOTHING, greets=True)
    assert guess is not None
    said = Calendar(confirmed={"Eid al-Fitr 2027": guess.falls_on + timedelta(days=1)})
    again = next_occurrence(on, contact, guess.falls_on + stride(on), said, greets=True)
    assert again is not None
    assert again.falls_on.year == 2028


@pytest.mark.parametrize(
    ("written", "least", "most"),
    [
        ("contact's birthday", 182, 182),
        ("contact's deadline, once", 14, 14),
        ("contact's last-visit, every 6 months", 89, 92),
        ("Halloween", 182, 182),
    ],
)
def test_a_stride_is_half_the_way_to_the_next_time(written: str, least: int, most: int) -> None:
    assert least <= stride(read_on(written)).days <= most


ONS = [
    "Halloween", "New Year's Day", "2 weeks before Thanksgiving", "Diwali", "Easter Monday",
    "tax season ends", "11 months after tax season starts", "4 January", "29 February",
    "contact's birthday", "1 year after contact's last-visit, every 5 months", "Eid al-Adha",
    "20 business days before contact's deadline", "52 weeks before Christmas",
]  # fmt: skip


@settings(max_examples=300, derandomize=True)
@given(
    st.sampled_from([read_on(written, [TAX]) for written in ONS]),
    st.sampled_from(["US", "DE", "SA", "IN", "GB", ""]),
    st.dates(date(2020, 1, 1), date(2032, 1, 1)),
    st.booleans(),
)
def test_the_next_time_is_behind_the_last_and_none_is_left_out(
    on: On, country: str, after: date, greets: bool
) -> None:
    contact = replace(US, country=country, observes=("christian", "hindu", "muslim"))
    found = next_occurrence(on, contact, after, NOTHING, greets=greets)
    if found is None:
        return
    assert found.falls_on > after
    assert is_business_day(found.day, country)
    assert (found.day <= found.falls_on) if greets else (found.day >= found.falls_on)
    assert abs(found.day - found.falls_on) < timedelta(days=15)
    # The very same from every day up to it: its key is stable.
    middle = after + (found.falls_on - after) / 2
    assert next_occurrence(on, contact, middle, NOTHING, greets=greets) == found
    day_before = found.falls_on - timedelta(days=1)
    assert next_occurrence(on, contact, day_before, NOTHING, greets=greets) == found
    again = next_occurrence(on, contact, found.falls_on, NOTHING, greets=greets)
    assert again is not None
    assert again.key > found.key
