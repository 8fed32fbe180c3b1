"""Whom a hush covers (domain.md E10)."""

from datetime import UTC, datetime

import pytest

from nurture.core.contact import Contact
from nurture.core.contact.hush import Hush, Hushed

BOB = Contact("bob@firm.example", company="Firm  & Sons", country="US", subdivision="CA")


@pytest.mark.parametrize(
    ("scope", "key", "is_covered"),
    [
        (Hushed.EVERYBODY, "", True),
        (Hushed.CONTACT, "bob@firm.example", True),
        (Hushed.CONTACT, "eve@firm.example", False),
        (Hushed.COMPANY, "firm & sons", True),
        (Hushed.COMPANY, "firm.example", True),
        (Hushed.COMPANY, "", False),
        (Hushed.COUNTRY, "US", True),
        (Hushed.COUNTRY, "US-CA", True),
        (Hushed.COUNTRY, "US-TX", False),
        (Hushed.COUNTRY, "DE", False),
        (Hushed.COUNTRY, "DE-CA", False),
    ],
)
def test_a_hush_covers_whom_it_names(scope: Hushed, key: str, is_covered: bool) -> None:
    hush = Hush(scope, key, datetime(2026, 9, 1, tzinfo=UTC), "a war")
    assert hush.covers(BOB) is is_covered


def test_whoever_lives_in_the_country_nobody_knows_where_is_left_alone_too() -> None:
    fires = Hush(Hushed.COUNTRY, "US-CA", datetime(2026, 9, 1, tzinfo=UTC), "wildfires")
    assert fires.covers(Contact("a@b.example", country="US"))
    assert not fires.covers(Contact("a@b.example"))


def test_a_stranger_to_every_company_is_not_covered_by_an_empty_key() -> None:
    hush = Hush(Hushed.COMPANY, "", datetime(2026, 9, 1, tzinfo=UTC), "?")
    assert not hush.covers(Contact("bob@gmail.com"))
