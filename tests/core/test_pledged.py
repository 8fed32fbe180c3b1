"""The day that a mail promises for the owner's step behind it (core.pledged)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from nurture.core.calendar.season import Away, Calendar
from nurture.core.choice.pledged import day_promised_before, in_words, promise_values, promised_day
from nurture.core.condition import read_condition
from nurture.core.contact import Contact
from nurture.core.decision import Assign
from nurture.core.enrollment import Enrollment, State
from nurture.core.sequence import Sequence
from nurture.core.situation import Situation
from nurture.core.touch import Touch, TouchState
from nurture.steps.call import Call
from nurture.steps.email import Email
from nurture.steps.wait import Pause
from tests.fakes.small_house import ACCOUNT

FRIDAY = datetime(2026, 10, 23, 9, tzinfo=UTC)  # Monday is Austria's national day
MAIL = Email(id="hello", email="mail/hello.md", promises="ring")
WEEKS = Pause(id="time", wait="2 weeks")
CALL = Call(id="ring", call="Ring them.", within="2 business days")
PIERRE = Contact("pierre@firm.example", id=3, country="FR", zone="Europe/Paris", phone="+33 1")
OWNER = replace(ACCOUNT.owner, zone="Europe/Vienna", country="AT")
WALK = Enrollment(
    id=7, contact_id=3, account="anna", sequence="tips", revision="r1", state=State.ACTIVE,
    position="hello", anchor_at=FRIDAY, due_at=FRIDAY, enrolled_at=FRIDAY,
)  # fmt: skip


def situation(*steps: object, **fields: object) -> Situation:
    """Pierre is about to get the mail; both countries have holidays ahead."""
    sequence = Sequence("tips", "r1", steps or (MAIL, CALL))  # type: ignore[arg-type]
    account = replace(ACCOUNT, owner=OWNER)
    first = Situation(FRIDAY, WALK, PIERRE, sequence, account)
    return replace(first, **fields)  # type: ignore[arg-type]


def test_it_is_a_working_day_in_both_countries() -> None:
    assert promised_day(situation(), MAIL, FRIDAY) == date(2026, 10, 28)
    armistice = datetime(2026, 11, 9, 9, tzinfo=UTC)  # the 11th is France's
    assert promised_day(situation(), MAIL, armistice) == date(2026, 11, 12)


def test_the_owners_absence_is_no_time_to_call() -> None:
    calendar = Calendar(away=(Away(date(2026, 10, 27), date(2026, 10, 30)),))
    there = situation(calendar=calendar)
    assert promised_day(there, MAIL, FRIDAY) == date(2026, 11, 3)


def test_the_waits_between_are_counted() -> None:
    steps = (MAIL, WEEKS, CALL)
    assert promised_day(situation(*steps), MAIL, FRIDAY) == date(2026, 11, 10)


def test_a_mail_that_promises_nothing_has_no_day() -> None:
    plain = Email(id="hello", email="mail/hello.md")
    there = situation(plain, CALL)
    assert promised_day(there, plain, FRIDAY) is None
    assert promise_values(there) == {"date": ""}


def test_the_day_is_said_in_the_language_of_the_reader() -> None:
    assert promise_values(situation()) == {"date": "Wednesday 28 October"}
    french = replace(PIERRE, language="fr")
    assert promise_values(situation(contact=french)) == {"date": "mercredi 28 octobre"}


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "Montag, den 1. März"), ("fr", "lundi 1er mars"), ("en", "Monday 1 March"),
     ("sv", "Monday 1 March")],
)  # fmt: skip
def test_days_are_written_as_letters_have_them(language: str, words: str) -> None:
    assert in_words(date(2027, 3, 1), language) == words


def test_a_promise_that_would_not_be_kept_is_a_hole() -> None:
    needs_number = CALL.model_copy(update={"when": read_condition("phone is known")})
    there = situation(MAIL, needs_number)
    assert promise_values(there)["date"]
    assert promise_values(replace(there, contact=replace(PIERRE, phone=""))) == {"date": ""}


def test_the_task_is_due_on_the_very_day_that_the_mail_named() -> None:
    there = situation()
    touch = Touch(
        1, 7, 3, "anna", "tips", "r1", "hello", "1", TouchState.SENT, "m@x", FRIDAY, sent_at=FRIDAY
    )
    later = replace(
        there, now=FRIDAY + timedelta(hours=1), enrollment=replace(WALK, position="ring")
    )
    day = day_promised_before(later, [touch], {TouchState.SENT})
    assert day == date(2026, 10, 28)
    given = CALL.decide(replace(later, promised_on=day))
    assert isinstance(given, Assign)
    assert (given.due_on, given.blocks) == (day, True)


def test_a_mail_that_never_left_promised_nothing() -> None:
    refused = Touch(1, 7, 3, "anna", "tips", "r1", "hello", "1", TouchState.REFUSED, "m@x", FRIDAY)
    there = situation(enrollment=replace(WALK, position="ring"))
    assert day_promised_before(there, [refused], {TouchState.SENT}) is None
