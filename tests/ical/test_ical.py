"""Tasks as iCalendar, read back by a reader that knows nothing of the writer."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.core.contact import Contact
from nurture.core.task import Channel, Task, TaskState, own_task
from nurture.ical import Sheet, written
from tests.ical.reader import Component, read

NOW = datetime(2026, 3, 2, 8, 30, 5, tzinfo=UTC)
BOB = Contact(
    "bob@firm.example", id=3, given_name="Bob", family_name="Maier", phone="+43 1 22", city="Wien",
    country="AT", street="Ring 1; Top 4", postal_code="1010",
)  # fmt: skip
SHEET = Sheet("nurture: Anna", "Europe/Vienna", "home one")
CALL = replace(own_task(BOB, "anna", "Ring Bob", date(2026, 3, 9), NOW), id=7, channel=Channel.CALL)


def calendar(*tasks: Task, sheet: Sheet = SHEET, contact: Contact = BOB) -> Component:
    return read(written(sheet, [(each, contact) for each in tasks], NOW).encode())


def test_a_task_is_a_to_do_with_its_day_its_words_and_whom_to_reach() -> None:
    (todo,) = calendar(replace(CALL, text="Ask, how;\nit \\ went")).parts
    assert (todo.name, todo["DUE"], todo["STATUS"]) == ("VTODO", "20260309", "NEEDS-ACTION")
    assert todo["SUMMARY"] == "Ring Bob (Bob Maier)"
    assert todo["DESCRIPTION"].startswith("Ask, how;\nit \\ went\nFor Bob Maier <bob@firm.example>")
    assert "Phone: +43 1 22" in todo["DESCRIPTION"]
    assert todo["LOCATION"] == "Ring 1; Top 4, 1010 Wien, AT"
    assert todo["DTSTAMP"] == "20260302T083005Z"


def test_what_blocks_comes_first() -> None:
    blocking, other = calendar(replace(CALL, blocks=True), replace(CALL, id=8)).parts
    assert (blocking["PRIORITY"], other["PRIORITY"]) == ("1", "5")


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (TaskState.DONE, "COMPLETED"),
        (TaskState.SKIPPED, "CANCELLED"),
        (TaskState.LAPSED, "CANCELLED"),
    ],
)
def test_what_is_settled_says_so_under_the_same_id(state: TaskState, status: str) -> None:
    (before,) = calendar(CALL).parts
    (after,) = calendar(replace(CALL, state=state, done_at=NOW, due_on=date(2026, 4, 1))).parts
    assert (after["STATUS"], after["UID"]) == (status, before["UID"])
    assert ("COMPLETED" in after.values) == (state is TaskState.DONE)


def test_two_installations_never_share_an_id() -> None:
    (one,) = calendar(CALL).parts
    (other,) = calendar(CALL, sheet=replace(SHEET, home="home two")).parts
    assert one["UID"] != other["UID"]


def test_as_days_each_open_task_is_a_whole_day_that_keeps_nobody_busy() -> None:
    sheet = replace(SHEET, as_days=True)
    (day,) = calendar(CALL, replace(CALL, id=8, state=TaskState.DONE), sheet=sheet).parts
    assert (day.name, day["DTSTART"], day["DTEND"]) == ("VEVENT", "20260309", "20260310")
    assert day["TRANSP"] == "TRANSPARENT"


def test_a_calendar_without_tasks_is_one() -> None:
    assert calendar().parts == []
    assert calendar()["X-WR-CALNAME"] == "nurture: Anna"


WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\\;,:"\n'), max_size=300
)


@given(WORDS, WORDS)
def test_any_words_come_back_as_they_were(title: str, text: str) -> None:
    (todo,) = calendar(replace(CALL, title=title, text=text)).parts
    assert todo["SUMMARY"] == f"{title} (Bob Maier)"
    if text:
        assert todo["DESCRIPTION"].startswith(f"{text}\nFor ")


@given(st.text(max_size=80))
def test_nothing_that_somebody_is_called_breaks_the_file(name: str) -> None:
    who = replace(BOB, given_name=name, phone=name, street=name)
    (todo,) = calendar(CALL, contact=who).parts
    assert todo["DUE"] == "20260309"
