"""Addresses as each country's post reads them (core/postal)."""

from dataclasses import replace

import pytest

from nurture.core.contact import Contact
from nurture.core.country import countries
from nurture.core.post.postal import country_line, postal_of

WHO = Contact(
    "mara@lind.example",
    given_name="Mara",
    family_name="Lind",
    company="Lind & Partner",
    street="Road 1\nApt 2",
    postal_code="12345",
    city="Springfield",
)
TOP = ("Mara Lind", "Lind & Partner")


@pytest.mark.parametrize(
    ("country", "part", "below"),
    [
        ("DE", "", ("Road 1", "Apt 2", "12345 Springfield")),
        ("AT", "9", ("Road 1", "Apt 2", "12345 Springfield", "AUSTRIA")),
        ("US", "IL", ("Road 1", "Apt 2", "Springfield, IL 12345", "UNITED STATES OF AMERICA")),
        ("CA", "ON", ("Road 1", "Apt 2", "Springfield ON  12345", "CANADA")),
        ("AU", "NSW", ("Road 1", "Apt 2", "SPRINGFIELD NSW 12345", "AUSTRALIA")),
        ("GB", "", ("Road 1", "Apt 2", "SPRINGFIELD", "12345", "UNITED KINGDOM")),
        ("FR", "", ("Road 1", "Apt 2", "12345 SPRINGFIELD", "FRANCE")),
        ("IT", "RM", ("Road 1", "Apt 2", "12345 Springfield RM", "ITALY")),
        ("IT", "", ("Road 1", "Apt 2", "12345 Springfield", "ITALY")),
        ("BR", "SP", ("Road 1", "Apt 2", "Springfield - SP", "12345", "BRAZIL")),
        ("BR", "", ("Road 1", "Apt 2", "Springfield", "12345", "BRAZIL")),
        ("HU", "", ("Springfield", "Road 1", "Apt 2", "12345", "HUNGARY")),
        ("UA", "", ("Road 1", "Apt 2", "Springfield", "12345", "UKRAINE")),
        ("LV", "", ("Road 1", "Apt 2", "Springfield, 12345", "LATVIA")),
        ("NZ", "", ("Road 1", "Apt 2", "Springfield 12345", "NEW ZEALAND")),
        ("KR", "", ("Road 1", "Apt 2", "Springfield", "12345", "SOUTH KOREA")),
    ],
)
def test_lines_stand_in_the_order_of_the_country(
    country: str, part: str, below: tuple[str, ...]
) -> None:
    found = postal_of(replace(WHO, country=country, subdivision=part), "DE-BY")
    assert found.lines == (*TOP, *below)
    assert (found.country, found.missing) == (country, ())


def test_the_country_stands_on_mail_abroad_alone() -> None:
    there = replace(WHO, country="CH")
    assert postal_of(there, "CH").lines[-1] == "12345 Springfield"
    assert postal_of(there, "DE").lines[-1] == "SWITZERLAND"
    # Where nobody knows whence it is posted, the country does no harm.
    assert postal_of(there, "").lines[-1] == "SWITZERLAND"


def test_without_a_country_somebody_lives_where_the_owner_does() -> None:
    found = postal_of(WHO, "US-CA")
    assert found.country == "US"
    assert found.missing == ("subdivision",)
    assert postal_of(WHO, "").missing == ("country",)


@pytest.mark.parametrize(
    ("contact", "missing"),
    [
        (Contact("a@b.example", country="DE"), ("family_name", "street", "city", "postal_code")),
        (replace(WHO, country="DE", street=""), ("street",)),
        (replace(WHO, country="US"), ("subdivision",)),
        (replace(WHO, country="IE", postal_code=""), ()),
        (replace(WHO, country="DE", given_name="", family_name=""), ()),
        (replace(WHO, country="DE", company=""), ()),
    ],
)
def test_what_an_address_lacks_is_named(contact: Contact, missing: tuple[str, ...]) -> None:
    assert postal_of(contact, "DE").missing == missing


def test_a_line_too_long_for_a_window_goes_on_in_the_next() -> None:
    company = "The Worshipful Society of Clockmakers and Instrument Makers of Example"
    lines = postal_of(replace(WHO, company=company, country="DE"), "DE").lines
    assert lines[1:3] == (
        "The Worshipful Society of Clockmakers and",
        "Instrument Makers of Example",
    )


def test_a_mail_address_never_stands_on_an_envelope() -> None:
    nameless = replace(WHO, given_name="", family_name="", country="DE")
    assert postal_of(nameless, "DE").lines[0] == "Lind & Partner"


def test_no_line_of_a_country_is_an_abbreviation_for_programmers() -> None:
    lines = {country_line(code) for code in countries()}
    assert not [line for line in lines if "(" in line or "." in line or line.endswith(" IS")]
    assert all(line == line.upper() for line in lines)
