"""A digest says in the morning what needs its owner, and nothing where nothing does."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from nurture.core.calendar.office import Office
from nurture.core.handoff import Handoff, HandoffState
from nurture.core.handoff.digest import (
    SHOWN,
    Digest,
    Section,
    digest_subject,
    digest_text,
    forgotten,
    handoff_line,
    in_words,
    median_answer,
)

MONDAY = datetime(2026, 5, 4, 8, tzinfo=UTC)
VIENNA = "Europe/Vienna"
WAITS = Handoff(7, 3, "anna", HandoffState.OPEN, "answered", MONDAY, 1, asked_at=MONDAY)
DAY = timedelta(days=1)


def digest(*sections: Section, first: tuple[str, ...] = ()) -> Digest:
    return Digest(date(2026, 5, 7), first, sections, needs=2, goes_out=0)


def test_it_tells_each_section_that_holds_anything_and_where_there_is_more() -> None:
    many = Section.of(
        "Goes out today", (f"person {count}" for count in range(20)), "nurture status"
    )
    text = digest_text(
        digest(
            Section.of("Needs you", ["7  Ada, since Mon: a\r\nb"]),
            Section.of("To do today", []),
            many,
            first=("Ada has waited!",),
        )
    )
    assert text.startswith("Ada has waited!\n\nNEEDS YOU\n- 7 Ada, since Mon: a b\n")
    assert "TO DO TODAY" not in text
    assert f"- person {SHOWN - 1}\n  and 8 more\n  (nurture status)\n" in text


def test_no_line_is_wider_than_a_phone_shows() -> None:
    long = Section.of("Held, and why", ["word " * 60, "x" * 200])
    assert all(
        len(line) <= 78 for line in digest_text(digest(long, first=("y" * 200,))).splitlines()
    )


def test_the_subject_has_the_two_figures() -> None:
    assert digest_subject(digest()) == "Thu 07 May: 2 for you, nothing goes out"
    full = replace(digest(), needs=0, goes_out=3)
    assert digest_subject(full) == "Thu 07 May: nothing needs you, 3 to go out"


def test_nothing_to_say_is_not_worth_a_mail() -> None:
    assert not digest(Section.of("Needs you", [])).is_worth_telling
    assert digest(Section.of("Needs you", ["x"])).is_worth_telling
    assert digest(first=("Ada",)).is_worth_telling


@pytest.mark.parametrize(
    ("waited", "state", "is_first"),
    [
        (3 * DAY, HandoffState.OPEN, True),
        (3 * DAY - timedelta(minutes=1), HandoffState.OPEN, False),
        (9 * DAY, HandoffState.SNOOZED, False),
    ],
)
def test_h7_whoever_has_waited_for_three_days_stands_first(
    waited: timedelta, state: HandoffState, is_first: bool
) -> None:
    found = forgotten([(replace(WAITS, state=state), "Ada")], MONDAY + waited, VIENNA)
    assert found == (("Ada has waited for an answer since Mon 04 May 10:00!",) if is_first else ())


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (HandoffState.OPEN, "7  Ada, since Mon 04 May 10:00: answered"),
        (HandoffState.TAKEN, "7  Ada: Otto has it; answered"),
        (HandoffState.WAITING, "7  Ada: you answered, it is their turn, until Tue 05 May 10:00"),
        (HandoffState.SNOOZED, "7  Ada: put off until Tue 05 May 10:00"),
    ],
)
def test_each_handoff_says_whose_turn_it_is(state: HandoffState, line: str) -> None:
    handoff = replace(WAITS, state=state, taken_by="Otto", until=MONDAY + DAY)
    assert handoff_line(handoff, "Ada", VIENNA) == line


def test_h1_the_median_counts_working_time_alone() -> None:
    office = Office(VIENNA)
    # Half an hour; a night of no working time and half an hour; and one that is not answered.
    answers = [
        replace(WAITS, answered_at=MONDAY + timedelta(minutes=30)),
        replace(WAITS, asked_at=MONDAY.replace(hour=15), answered_at=MONDAY.replace(day=5, hour=7)),
        replace(WAITS, asked_at=None, answered_at=MONDAY + 9 * DAY),
        WAITS,
    ]
    counted = [(each, office) for each in answers]
    assert median_answer(counted) == timedelta(minutes=30)
    assert median_answer(counted[2:]) is None


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min"), (59, "59 min"), (60, "1 h"), (95, "1 h 35 min")]
)
def test_a_stretch_is_told_to_the_minute(minutes: int, words: str) -> None:
    assert in_words(timedelta(minutes=minutes)) == words
