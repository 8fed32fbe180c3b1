"""The one line of an owner: read wholly, or not at all."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.mail.words.amount import read_amount
from nurture.mail.words.command import Amount, Command, Unread, Verb, Why, read_command
from nurture.mail.words.command_word import channels, finished, verbs

TODAY = date(2026, 11, 23)  # a Monday

LINES = {
    "done": Command(Verb.DONE, ""),
    "Erledigt.": Command(Verb.DONE, ""),
    "done: sent him the offer": Command(Verb.DONE, "", text="sent him the offer"),
    "done #12": Command(Verb.DONE, "", 12),
    "won": Command(Verb.WON, ""),
    "won 4200": Command(Verb.WON, "", amount=Amount(Decimal(4200))),
    "Won #7 $4,200.50": Command(Verb.WON, "", 7, Amount(Decimal("4200.5"), "USD")),
    "gewonnen 4.200 €": Command(Verb.WON, "", amount=Amount(Decimal(4200), "EUR")),
    "later October": Command(Verb.LATER, "", day=date(2027, 10, 1)),
    "später im März": Command(Verb.LATER, "", day=date(2027, 3, 1)),
    "later in two weeks": Command(Verb.LATER, "", day=date(2026, 12, 7)),
    "resume": Command(Verb.RESUME, ""),
    "weiter ab 4.1.": Command(Verb.RESUME, "", day=date(2027, 1, 4)),
    "stop": Command(Verb.STOP, ""),
    "Stopp!": Command(Verb.STOP, ""),
    "mine": Command(Verb.MINE, ""),
    "ich übernehme": Command(Verb.MINE, ""),
    "please approve 3, thanks": Command(Verb.APPROVE, "", 3),
    "bitte freigeben 3": Command(Verb.APPROVE, "", 3),
    "skip": Command(Verb.SKIP, ""),
    "überspringen #3": Command(Verb.SKIP, "", 3),
    "call done: voicemail": Command(Verb.DONE, "", channel="call", text="voicemail"),
    "Call 7 done: Left a Voicemail": Command(
        Verb.DONE, "", 7, channel="call", text="Left a Voicemail"
    ),
    "Anruf erledigt: Mailbox": Command(Verb.DONE, "", channel="call", text="Mailbox"),
    "angerufen": Command(Verb.DONE, "", channel="call"),
    "snooze monday": Command(Verb.SNOOZE, "", day=date(2026, 11, 30)),
    "snooze bis Fr": Command(Verb.SNOOZE, "", day=date(2026, 11, 27)),
    "erinnere mich übermorgen": Command(Verb.SNOOZE, "", day=date(2026, 11, 25)),
    "not interested": Command(Verb.NOT_INTERESTED, ""),
    "kein Interesse": Command(Verb.NOT_INTERESTED, ""),
    "falscher Ansprechpartner": Command(Verb.WRONG_PERSON, ""),
    "opted out": Command(Verb.OPTED_OUT, ""),
    "note Likes sailing; call in May": Command(Verb.NOTE, "", text="Likes sailing; call in May"),
    "Notiz: mag Segeln": Command(Verb.NOTE, "", text="mag Segeln"),
    "hilfe": Command(Verb.HELP, ""),
}


@pytest.mark.parametrize("line", LINES)
def test_a_line_says_what_it_says_in_english_and_german(line: str) -> None:
    wanted = LINES[line]
    found = read_command(line, today=TODAY)
    assert isinstance(found, Command)
    for name in ("verb", "number", "amount", "day", "channel", "text"):
        assert getattr(found, name) == getattr(wanted, name), name


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", Why.EMPTY),
        ("Hi Bob, shall we talk on Monday?", Why.UNKNOWN),
        ("stop it now", Why.UNKNOWN),
        ("done, but call Bob", Why.UNKNOWN),
        ("I won", Why.UNKNOWN),
        ("approve 3 4", Why.UNKNOWN),
        ("call", Why.UNKNOWN),
        ("note", Why.UNKNOWN),
        ("ok", Why.UNKNOWN),
        ("won 4200 and more", Why.NO_AMOUNT),
        ("won -5", Why.NO_AMOUNT),
        ("later", Why.NO_DAY),
        ("snooze", Why.NO_DAY),
        ("later 12/01", Why.NO_DAY),
        ("later 2020-01-01", Why.NO_DAY),
        ("later monday or tuesday", Why.NO_DAY),
        ("resume 3", Why.NO_DAY),
        ("done\napprove 3", Why.SEVERAL),
    ],
)
def test_what_is_not_wholly_a_command_is_none(written: str, why: Why) -> None:
    found = read_command(written, today=TODAY)
    assert isinstance(found, Unread)
    assert found.why is why


def test_a_greeting_below_the_line_is_no_second_command() -> None:
    found = read_command("won 4200\n\nBest wishes\nAnna", today=TODAY)
    assert isinstance(found, Command)
    assert found.line == "won 4200"


def test_a_note_may_hold_what_would_be_a_command() -> None:
    found = read_command("note: he said\ndone", today=TODAY)
    assert isinstance(found, Command)
    assert found.verb is Verb.NOTE


@given(st.text(max_size=400))
def test_whatever_is_written_is_read_without_a_fault(written: str) -> None:
    found = read_command(written, today=TODAY)
    assert isinstance(found, Command | Unread)


def test_no_word_of_the_table_means_two_things() -> None:
    every = [*verbs(), *channels(), *finished()]
    assert len(every) == len(set(every))
    assert set(verbs().values()) == set(Verb)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("4200", Amount(Decimal(4200))),
        ("4.200", Amount(Decimal(4200))),
        ("4.20", Amount(Decimal("4.2"))),
        ("4.200,50 eur", Amount(Decimal("4200.5"), "EUR")),
        ("€4k", Amount(Decimal(4000), "EUR")),
        ("1,234,567", Amount(Decimal(1234567))),
        ("12'500 chf", Amount(Decimal(12500), "CHF")),
        ("4200,-- euro", Amount(Decimal(4200), "EUR")),
        ("$4200 eur", None),
        ("4.200.5", None),
        ("many", None),
    ],
)
def test_a_sum_is_read_as_people_write_it(written: str, amount: Amount | None) -> None:
    assert read_amount(written) == amount
