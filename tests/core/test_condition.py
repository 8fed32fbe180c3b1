"""Conditions in words: what they mean, how they are written, and what a slip is answered with."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.core.condition import Facts, doubts, read_condition
from nurture.core.contact import Contact, Relationship

MARA = Contact(
    "mara@lind.example",
    given_name="Mara",
    company="Lind  Optik",
    relationship=Relationship.FORMER_CLIENT,
    value=800,
    interests=("Bookkeeping", "cash flow"),
    tags=("vip",),
    dates={"renewal": date(2027, 3, 1), "last_visit": date(2026, 3, 4)},
    city="Berlin",
    country="DE",
    language="de",
    custom={"product": "Reading glasses", "seats": "12"},
)
FACTS = Facts(
    date(2026, 11, 22), last_contact=date(2026, 5, 22), sent=frozenset(("thank-you", "news"))
)


def holds(text: str, facts: Facts = FACTS) -> bool:
    return read_condition(text).holds(MARA, facts)


@pytest.mark.parametrize(
    "text",
    [
        "country is DE",
        "country is de and value is at least 500",
        "country is one of FR, DE",
        "relationship is former client",
        "relationship is Former_Client",
        "interests include bookkeeping",
        "interests include cash flow and tags include vip",
        "tags do not include lost",
        "company is lind optik",
        "custom.product is reading glasses",
        "custom.seats is at least 12",
        "custom.seats is less than 12.5",
        "city is not Paris",
        "phone is not known",
        "phone is not 0301",
        "value is known",
        "value is 800",
        "value is more than 799 and value is at most 800",
        "interests are known",
        "observes are not known",
        "dates.renewal is after 2027-02-28",
        "dates.renewal is 2027-03-01",
        "dates.last-visit is more than 8 months ago",
        "dates.last_visit is less than 9 months ago",
        "they have not answered",
        "silent for 6 months",
        "not silent for 7 months",
        "thank-you was sent and goodbye was not sent",
        "country is FR or language is de",
        "not (country is FR or language is en)",
        "not country is FR",
        'company is "Lind Optik" and (city is Berlin or city is Bonn)',
    ],
)
def test_what_is_so_holds(text: str) -> None:
    assert holds(text)
    assert not holds(f"not ({text})")


@pytest.mark.parametrize(
    "text",
    [
        "phone is 0301",
        "phone is known",
        "custom.budget is at least 1",
        "custom.product is at least 1",
        "dates.contract is before 2030-01-01",
        "dates.contract is less than 10 years ago",
        "dates.renewal is less than 1 year ago",
        "dates.renewal is before 2027-03-01",
        "value is more than 800",
    ],
)
def test_nothing_holds_of_a_fact_that_is_not_known_or_not_so(text: str) -> None:
    assert not holds(text)


def test_an_unknown_value_is_not_a_small_one() -> None:
    nobody = Contact("x@example.com")
    assert not read_condition("value is less than 5").holds(nobody, FACTS)
    assert not read_condition("silent for 1 day").holds(nobody, Facts(FACTS.today))


def test_and_binds_closer_than_or() -> None:
    assert holds("country is DE or country is FR and value is at least 9000")
    assert not holds("(country is DE or country is FR) and value is at least 9000")


def test_an_answer_is_known_from_the_facts() -> None:
    assert holds("they have answered", Facts(FACTS.today, has_answered=True))
    assert not holds("they have answered")


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("  country   is de ", "country is DE"),
        ("relationship is former_client", "relationship is former client"),
        ("not not phone is known", "phone is known"),
        ("(country is DE) and (city is Bonn and value is 5)",
         "country is DE and city is Bonn and value is 5"),
        ("dates.last-visit is more than 6 month ago", "dates.last_visit is more than 6 months ago"),
        ('company is "Salt and Pepper"', 'company is "Salt and Pepper"'),
        ("interests includes tea", "interests include tea"),
        ("country is one of de, FR, de", "country is one of DE, FR"),
    ],
)  # fmt: skip
def test_equal_conditions_are_written_alike(text: str, canonical: str) -> None:
    assert str(read_condition(text)) == canonical


def test_it_knows_for_which_facts_and_steps_it_asks() -> None:
    condition = read_condition(
        "country is DE and (custom.x is known or not silent for 1 day) and news was sent"
    )
    assert condition.names() == {"country", "custom.x"}
    assert condition.steps() == {"news"}


SLIPS = [
    ("", "write a condition like country is DE, not ''"),
    ("contry is DE", "'contry' is no fact of a contact; did you mean 'country'?"),
    ("budget is high", "'budget' is no fact of a contact (one of yours is custom.budget)"),
    ("first_name is Mara", "did you mean 'given_name'?"),
    ("country = DE", "behind 'country' stands is, not '='; did you mean 'is'?"),
    ("value >= 5", "did you mean 'is at least'?"),
    ("country si DE", "behind 'country' stands is, not 'si'"),
    ("country is and value is 5", "there should be a word for country where 'and' stands"),
    ("tags has vip", "did you mean 'include'?"),
    ("country is Germany", "'Germany' is no country: write its two letters, like DE"),
    ("country is XX", "'XX' is no country: write its two letters, like DE or US"),
    ("language is german", "'german' is no language: write its two letters, like en or de"),
    ("relationship is former cleint", "did you mean 'former client'?"),
    ("value is much", "'much' is no number, like 500"),
    ("value is at least", "the condition ends where there should be a number"),
    ("city is at least 5", "city is no number: write city is ..."),
    ("country", "'country' is no statement yet: write country is ..."),
    ("country is", "the condition ends where there should be a word for country"),
    ("country is DE city is Bonn", "'is' among other words"),
    ("city is Bonn AND value is 5", "'AND' among other words"),
    ("country is DE and", "the condition ends where there should be a fact, like country is DE"),
    ("country is DE, FR", "for several write country is one of a, b"),
    ("(country is DE", "a bracket is opened and never closed"),
    ("country is DE)", "a bracket is closed that was never opened"),
    ('city is "Bonn', "a quote is opened and never closed"),
    ("they answered", "write they have answered, or they have not answered"),
    ("silent 6 months", "write silent for 6 months"),
    ("silent for 6 moons", "'moons' is no unit"),
    ("news was read", "write news was sent, or was not sent"),
    ("interests is tea", "interests are a list: write interests include ..."),
    ("tags do include vip", "write tags do not include ..."),
    ("city is before 2027-01-01", "city is no date: write dates.NAME"),
    ("dates.renewal is before May", "'May' is no day like 2027-03-31"),
    ("dates.renewal is at least 5", "of a date write dates.renewal is more than 6 months ago"),
    ("(" * 30 + "country is DE" + ")" * 30, "nested too deep"),
    ("x" * 2000, "a condition is at most 1000 characters long"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), SLIPS)
def test_a_slip_is_answered_with_what_to_write(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        read_condition(text)


ATOMS = st.sampled_from(
    [
        "country is DE", "country is FR", "country is known", "value is at least 5",
        "value is less than 3", "tags include vip", "they have answered", "news was sent",
        "silent for 6 months", "custom.a is at most 2", "dates.x is before 2027-01-01",
        "dates.x is more than 3 months ago", 'city is "to and fro"', "city is one of Bonn, Ulm",
    ]
)  # fmt: skip
TEXTS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"
        ),
        inner.map(lambda text: f"not ({text})"),
    ),
    max_leaves=8,
)


@given(TEXTS)
def test_what_is_written_canonically_reads_back_the_same(text: str) -> None:
    condition = read_condition(text)
    again = read_condition(str(condition))
    assert str(again) == str(condition)
    for contact in (MARA, Contact("x@example.com")):
        assert again.holds(contact, FACTS) == condition.holds(contact, FACTS)


@given(TEXTS)
def test_what_holds_for_somebody_is_not_called_dead_and_what_fails_not_always_true(
    text: str,
) -> None:
    condition, doubt = read_condition(text), doubts(read_condition(text))
    for contact in (MARA, Contact("x@example.com")):
        if condition.holds(contact, FACTS):
            assert not doubt.startswith("never")
        else:
            assert doubt != "holds for everybody"


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_condition_or_words(text: str) -> None:
    try:
        said = str(read_condition(text))
    except ValueError as error:
        said = str(error)
    assert said


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("country is DE and country is FR", "never holds: country is DE and country is FR"),
        ("value is at least 5 and value is less than 3",
         "never holds: value is at least 5 and value is less than 3"),
        ("value is more than 4 and value is less than 5",
         "never holds: value is more than 4 and value is less than 5"),
        ("country is DE and not country is DE", "never holds"),
        ("country is DE and country is not known", "never holds"),
        ("country is one of DE, FR and country is not DE and country is not FR", "never holds"),
        ("tags include vip and tags do not include VIP", "never holds"),
        ("dates.x is before 2027-01-01 and dates.x is after 2027-06-01", "never holds"),
        ("dates.x is 2027-01-01 and dates.x is after 2027-06-01", "never holds"),
        ("value is 5 and value is at least 6", "never holds"),
        ("they have answered and (they have not answered or they have not answered)",
         "never holds"),
        ("country is DE or country is not DE", "holds for everybody"),
        ("country is DE or country is FR", ""),
        ("value is more than 4 and value is less than 6", ""),
        ("value is not 5 and value is 6", ""),
        ("dates.x is 2027-07-01 and dates.x is after 2027-06-01", ""),
        ("not value is at least 5 and not value is less than 5", ""),  # of an unknown value
    ],
)  # fmt: skip
def test_what_can_never_be_or_always_is_is_doubted(text: str, doubt: str) -> None:
    assert doubts(read_condition(text)).startswith(doubt)
    assert bool(doubts(read_condition(text))) is bool(doubt)


def test_two_conditions_are_doubted_together() -> None:
    one, other = read_condition("country is DE"), read_condition("country is FR")
    assert doubts(one, other) == "never holds: country is DE and country is FR"


def test_a_condition_too_branched_to_follow_is_not_doubted() -> None:
    pairs = " and ".join(f"(custom.a{n} is x or custom.b{n} is x)" for n in range(20))
    assert doubts(read_condition(pairs)) == ""
