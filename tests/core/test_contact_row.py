"""One row becomes one contact, or a refusal that names the cell."""

from datetime import date

import pytest

from nurture.core.contact import Basis, Consent, Contact, LegalForm, Relationship
from nurture.core.contact.column import field_of, fields_of
from nurture.core.contact.row import Refusal, contradiction, facts_of, read_row

FULL = {
    "email": " O'Brien+Clients@Example.ORG ",
    "given_name": "Zoë",
    "family_name": "O'Brien",
    "company": "Lind  &\nPartner",
    "relationship": "Former client",
    "account": "anna",
    "value": "12000",
    "interests": "roofs; solar, roofs",
    "tags": "vip, warm;vip",
    "observes": "Diwali; Holi",
    "zone": "Europe/Dublin",
    "city": "Cork",
    "country": "ie",
    "subdivision": "ie-co",
    "language": "EN",
    "phone": "+353 21 000",
    "notes": "likes\nlists",
    "consent_basis": "contract",
    "consent_since": "2025-03-14",
    "consent_expires": "2027-03-14",
    "consent_jurisdiction": "at",
    "consent_notice": "Yes",
    "legal_form": "sole trader",
    "dates.birthday": "1980-02-29",
    "custom.project": "the roof",
}


def refused(**cells: str) -> Refusal:
    row = read_row({"email": "a@example.org", **cells})
    assert isinstance(row, Refusal)
    return row


def accepted(**cells: str) -> Contact:
    row = read_row({"email": "a@example.org", **cells})
    assert isinstance(row, Contact)
    return row


def test_every_field_finds_its_place() -> None:
    assert read_row(FULL) == Contact(
        address="o'brien+clients@example.org",
        given_name="Zoë",
        family_name="O'Brien",
        company="Lind & Partner",
        relationship=Relationship.FORMER_CLIENT,
        account="anna",
        value=12000,
        interests=("roofs", "solar"),
        tags=("vip", "warm"),
        observes=("Diwali", "Holi"),
        dates={"birthday": date(1980, 2, 29)},
        zone="Europe/Dublin",
        city="Cork",
        country="IE",
        subdivision="CO",
        language="en",
        phone="+353 21 000",
        notes="likes\nlists",
        legal_form=LegalForm.SOLE_TRADER,
        consent=Consent(
            Basis.CONTRACT, date(2025, 3, 14), "", date(2027, 3, 14), "AT", notice=True
        ),
        custom={"project": "the roof"},
    )


def test_facts_of_a_contact_can_be_read_again() -> None:
    contact = read_row(FULL)
    assert isinstance(contact, Contact)
    cells = {
        name: "; ".join(value) if isinstance(value, list) else str(value)
        for name, value in facts_of(contact).items()
        if name != "aliases"
    }
    assert read_row(cells) == contact


def test_empty_cells_are_unknown_facts() -> None:
    assert accepted(given_name=" ", country="", consent_since="") == Contact("a@example.org")


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("ANNA@EXAMPLE.ORG", "anna@example.org"),
        ("anna+news@example.org", "anna+news@example.org"),
        ("an.na@example.org", "an.na@example.org"),
        ("o'hara@example.org", "o'hara@example.org"),
        ("anna@Bücher.example", "anna@xn--bcher-kva.example"),
    ],
)
def test_an_address_has_one_spelling_and_keeps_tags_and_dots(written: str, key: str) -> None:
    assert accepted(email=written).address == key


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("email", "anna.example.org", "is not a mail address"),
        ("consent_since", "03/04/2026", "not a date like 2026-03-31"),
        ("consent_since", "2026-02-30", "no day of the calendar"),
        ("dates.birthday", "20260301", "not a date like"),
        ("country", "Germany", "two letters, like DE"),
        ("country", "XX", "two letters, like DE or US"),
        ("subdivision", "Bavaria", "no part of a country: write its code, like CA or BY"),
        ("subdivision", "US-CA", "write US into country, CA here"),
        ("zone", "Europe/Berln", "did you mean 'Europe/Berlin'?"),
        ("zone", "../etc/passwd", "is no time zone"),
        ("language", "english", "two letters"),
        ("relationship", "former_cleint", "did you mean 'former_client'?"),
        ("value", "12,000", "not a whole number"),
        ("given_name", "#N/A", "leave the cell empty"),
        ("given_name", "NULL", "leave the cell empty"),
        ("company", "x" * 501, "longer than 500"),
        ("city", "a\x00b", "control character"),
    ],
)
def test_a_cell_that_cannot_be_meant_is_refused_by_name(field: str, text: str, words: str) -> None:
    refusal = refused(**{field: text})
    assert refusal.column == field
    assert words in refusal.why


def test_a_row_without_an_address_is_nobody() -> None:
    assert read_row({"given_name": "Zoë"}) == Refusal("email", "there is no mail address")


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("E-Mail", "email"),
        ("First Name", "given_name"),
        ("surname", "family_name"),
        ("Custom.Project", "custom.project"),
        ("dates.last-visit", "dates.last_visit"),
        ("Dates.Project End", "dates.project_end"),
        ("Projekt", None),
        ("custom.", None),
    ],
)
def test_headings_are_known_by_their_usual_names(heading: str, field: str | None) -> None:
    assert field_of(heading) == field


def test_a_mapping_comes_before_the_heading() -> None:
    columns = ("Mail", "Projekt", "Ort")
    assert fields_of(columns, {"Projekt": "custom.project"}) == {
        "Mail": "email", "Projekt": "custom.project",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("mapped", "words"),
    [
        ({"Maill": "email"}, "no column 'Maill'; did you mean 'Mail'?"),
        ({"Ort": "citty"}, "'citty' is no field; did you mean 'city'?"),
        ({"Ort": "email"}, "the columns 'Mail' and 'Ort' both hold email"),
    ],
)
def test_a_mapping_that_fits_nothing_is_refused(mapped: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=r"no column|no field|both hold") as caught:
        fields_of(("Mail", "Ort"), mapped)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"email": "A@example.org", "given_name": "Ann"}, "given_name"),
        ({"email": "A@example.org", "given_name": "Anna ", "city": "Bonn"}, None),
        ({"email": "a@example.org", "given_name": ""}, None),
    ],
)
def test_two_rows_contradict_only_where_both_say_something(
    other: dict[str, str], field: str | None
) -> None:
    assert contradiction({"email": "a@example.org", "given_name": "Anna"}, other) == field


def test_a_relationship_is_read_as_people_write_it() -> None:
    assert accepted(relationship="met at event").relationship is Relationship.MET_AT_EVENT


def test_lists_add_up_and_contradict_nothing() -> None:
    assert contradiction({"tags": "a", "city": "X"}, {"tags": "b", "city": "X"}) is None
    assert contradiction({"tags": "a", "city": "X"}, {"tags": "b", "city": "Y"}) == "city"
