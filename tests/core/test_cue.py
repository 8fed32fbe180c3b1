"""Notes on contacts (core.cue)."""

from datetime import UTC, date, datetime

import pytest

from nurture.core.calendar import Unit, Wait
from nurture.core.contact import Contact
from nurture.core.cue import Cue, channel_of, later, task_of_cue
from nurture.core.task import Channel

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
BOB = Contact("bob@firm.example", id=3, given_name="Bob")
CUE = Cue(1, 3, "anna", "Call when the new office opens", NOW, date(2027, 3, 1))


def test_it_comes_again_on_its_own_days_however_late_it_was_heeded() -> None:
    yearly = Cue(1, 3, "anna", "ring", NOW, date(2027, 3, 1), Wait(6, Unit.MONTHS))
    assert yearly.after(date(2027, 3, 1)) == date(2027, 9, 1)
    assert yearly.after(date(2027, 10, 5)) == date(2028, 3, 1)
    assert CUE.after(date(2027, 3, 1)) is None


@pytest.mark.parametrize(
    ("wait", "day"),
    [
        (Wait(3, Unit.BUSINESS_DAYS), date(2027, 3, 4)),
        (Wait(2, Unit.WEEKS), date(2027, 3, 15)),
        (Wait(1, Unit.YEARS), date(2028, 3, 1)),
    ],
)
def test_so_much_later_is_by_the_calendar(wait: Wait, day: date) -> None:
    assert later(date(2027, 3, 1), wait) == day


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("call when the new office opens", Channel.CALL),
        ("Anrufen wegen des Umbaus", Channel.CALL),
        ("Besuchen, wenn die Messe ist", Channel.VISIT),
        ("card for the anniversary", Channel.LETTER),
        ("likes tulips", Channel.TASK),
        ("", Channel.TASK),
    ],
)
def test_the_first_words_tell_what_is_to_be_done(text: str, channel: Channel) -> None:
    assert channel_of(text) is channel


def test_the_task_says_what_was_noted_when_and_why_it_is_one() -> None:
    task = task_of_cue(CUE, BOB, date(2027, 3, 1), NOW, "tips did not begin: suppressed")
    assert task.title == "Call when the new office opens"
    assert task.why == "you noted it on 22 Nov 2026; tips did not begin: suppressed"
    assert (task.due_on, task.enrollment_id, task.blocks) == (date(2027, 3, 1), None, False)
