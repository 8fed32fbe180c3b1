"""What a person writes behind `on` is understood, or the complaint says what was meant."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.core.calendar import Unit, Wait
from nurture.core.calendar.on import HolidayOn, On, OwnDateOn, SeasonOn, Shift, YearlyOn, read_on
from nurture.core.calendar.season import Season, YearDay

TAX = Season("tax season", YearDay(1, 15), YearDay(4, 15), frozenset({"US"}))
SCHOOL = Season("school year", YearDay(9, 1), YearDay(6, 30))
SEASONS = (TAX, SCHOOL)
THREE_WEEKS_BEFORE = Shift(Wait(3, Unit.WEEKS), is_before=True)


@pytest.mark.parametrize(
    ("written", "on"),
    [
        ("Independence Day in US", HolidayOn("Independence Day", "US")),
        ("saint andrew's day in gb-sct", HolidayOn("Saint Andrew's Day", "GB-SCT")),
        ("St. Patrick’s Day", HolidayOn("Saint Patrick's Day")),
        ("3 months after tax season ends",
         SeasonOn(TAX, at_end=True, shift=Shift(Wait(3, Unit.MONTHS), is_before=False))),
        ("School Year starts", SeasonOn(SCHOOL, at_end=False)),
        ("contact's birthday", OwnDateOn("birthday")),
        ("contact’s project-end, every year", OwnDateOn("project_end")),
        ("3 weeks before contact's deadline, once",
         OwnDateOn("deadline", None, THREE_WEEKS_BEFORE)),
        ("contact's last visit, every 6 months", OwnDateOn("last_visit", Wait(6, Unit.MONTHS))),
        ("4 January", YearlyOn(YearDay(1, 4))),
        ("January 4", YearlyOn(YearDay(1, 4))),
        ("5 business days before 24 December",
         YearlyOn(YearDay(12, 24), Shift(Wait(5, Unit.BUSINESS_DAYS), is_before=True))),
        ("July 4th", HolidayOn("Fourth of July")),
    ],
)  # fmt: skip
def test_what_people_write_is_understood(written: str, on: On) -> None:
    assert read_on(written, SEASONS) == on


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Independance Day in US",
         "no holiday in US is called 'Independance Day'; did you mean 'Independence Day'?"),
        ("Haloween", "no holiday is called 'Haloween'; did you mean 'Halloween'?"),
        ("Halloween in DE", "'Halloween' is not kept in DE"),
        ("Halloween in XX", "'XX' is no country: write its two letters, like DE or US"),
        ("Halloween in US-ZZ", "US-ZZ is no part of US"),
        ("tax seson ends", "no season is called 'tax seson'; did you mean 'tax season'?"),
        ("harvest starts",
         "no season is called 'harvest': define it under seasons, here or in calendar.yaml"),
        ("31 June", "'31 June' is no day of the year: write it like 4 January"),
        ("3 fortnights before Halloween",
         "'fortnights' is no unit: hours, days, business days, weeks, months or years"),
        ("3 hours before Halloween",
         "count in days, business days, weeks, months or years, not in hours"),
        ("60 weeks after Halloween", "at most 52 weeks before or after a day"),
        ("contact's birthday, every 3 days",
         "a date comes again every so many weeks, months or years"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_what_was_meant(written: str, words: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        read_on(written, SEASONS)
    assert str(caught.value) == words


@st.composite
def ons(draw: st.DrawFn) -> On:
    units = st.sampled_from([Unit.DAYS, Unit.BUSINESS_DAYS, Unit.WEEKS, Unit.MONTHS])
    waits = st.builds(Wait, st.integers(1, 12), units)
    shift = draw(st.none() | st.builds(Shift, waits, st.booleans()))
    often = st.builds(Wait, st.integers(1, 10), st.sampled_from([Unit.WEEKS, Unit.MONTHS]))
    kinds: list[st.SearchStrategy[On]] = [
        st.sampled_from(["Halloween", "Easter Sunday", "New Year's Day", "Diwali"]).flatmap(
            lambda name: st.sampled_from([HolidayOn(name, place, shift) for place in ("", "US")])
        ),
        st.builds(SeasonOn, st.sampled_from(SEASONS), st.booleans(), st.just(shift)),
        st.builds(OwnDateOn, st.just("last_visit"), st.none() | often, st.just(shift)),
        st.builds(lambda day: YearlyOn(YearDay(2, day), shift), st.integers(1, 29)),
    ]
    return draw(st.one_of(kinds))


@settings(max_examples=150, derandomize=True)
@given(ons())
def test_its_words_are_read_back_as_the_same(on: On) -> None:
    assert read_on(str(on), SEASONS) == on
