"""A repeated import adds what is new and loses nothing that is known."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from nurture.core.contact import Basis, Consent, Contact, Relationship
from nurture.core.contact.merge import merged, without

OLD = Contact(
    "bob@firm.example",
    id=7,
    given_name="Bob",
    city="Graz",
    relationship=Relationship.CLIENT,
    value=100,
    interests=("roofs",),
    dates={"birthday": date(1980, 1, 1)},
    consent=Consent(Basis.CONTRACT, date(2020, 1, 1), "invoice", date(2030, 1, 1)),
    custom={"dog": "Rex"},
    aliases=("bob@home.example",),
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def test_an_empty_import_changes_nothing() -> None:
    assert merged(OLD, Contact("bob@firm.example")) == OLD


def test_filled_fields_win() -> None:
    new = Contact("b@x.example", id=9, city="Wien", relationship=Relationship.FORMER_CLIENT)
    result = merged(OLD, new)
    assert (result.city, result.relationship) == ("Wien", Relationship.FORMER_CLIENT)
    assert (result.given_name, result.value) == ("Bob", 100)


def test_address_id_and_creation_stay() -> None:
    new = Contact("b@x.example", id=9, created_at=datetime(2026, 5, 5, tzinfo=UTC))
    result = merged(OLD, new)
    assert (result.address, result.id, result.created_at) == (OLD.address, 7, OLD.created_at)


def test_mappings_are_united_and_empty_values_change_nothing() -> None:
    new = Contact(
        "b@x.example", custom={"dog": "", "cat": "Tom"}, dates={"start": date(2021, 1, 1)}
    )
    result = merged(OLD, new)
    assert result.custom == {"dog": "Rex", "cat": "Tom"}
    assert result.dates == {"birthday": date(1980, 1, 1), "start": date(2021, 1, 1)}


def test_interests_and_aliases_are_united_in_the_order_they_were_learnt() -> None:
    new = Contact("b@x.example", interests=("solar", "roofs"), aliases=("bob@firm.example", "c@x"))
    result = merged(OLD, new)
    assert result.interests == ("roofs", "solar")
    assert result.aliases == ("bob@home.example", "c@x")


def test_consent_is_replaced_only_by_one_with_a_basis() -> None:
    without = Contact("b@x.example", consent=Consent(evidence="a rumour", expires=date(2040, 1, 1)))
    assert merged(OLD, without).consent == OLD.consent
    fresh = Consent(Basis.EXPRESS, date(2026, 1, 1))
    assert merged(OLD, Contact("b@x.example", consent=fresh)).consent == fresh


def test_tags_and_feasts_are_united() -> None:
    known = replace(OLD, tags=("vip",), observes=("Diwali",))
    result = merged(known, Contact("b@x.example", tags=("warm", "vip"), observes=("Holi",)))
    assert (result.tags, result.observes) == (("vip", "warm"), ("Diwali", "Holi"))


def test_a_part_of_the_country_stays_only_as_long_as_the_country_does() -> None:
    known = replace(OLD, country="US", subdivision="CA")
    assert merged(known, Contact("b@x.example", country="US")).subdivision == "CA"
    assert merged(known, Contact("b@x.example", country="DE")).subdivision == ""
    assert merged(known, Contact("b@x.example", country="DE", subdivision="BY")).subdivision == "BY"


def test_what_is_taken_away_is_unknown_and_all_else_stays() -> None:
    known = replace(OLD, tags=("vip",), country="US", subdivision="CA")
    fields = ["tags", "country", "relationship", "value", "dates.birthday", "custom.dog"]
    assert without(known, [*fields, "consent_expires"]) == replace(
        OLD,
        relationship=None,
        value=0,
        dates={},
        custom={},
        consent=Consent(Basis.CONTRACT, date(2020, 1, 1), "invoice"),
    )


def test_a_consent_without_its_basis_still_runs_out() -> None:
    assert without(OLD, ["consent_basis"]).consent == replace(OLD.consent, basis=None)


@pytest.mark.parametrize("name", ["email", "address", "id", "aliases", "shoe"])
def test_what_is_no_fact_cannot_be_taken_away(name: str) -> None:
    with pytest.raises(ValueError, match=f"'{name}' cannot be emptied"):
        without(OLD, [name])
