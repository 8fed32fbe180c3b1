"""Where a clock may stand: what is known of a person decides, and a guess never does (E5)."""

from zoneinfo import ZoneInfo

import pytest

from nurture.core.contact import Contact
from nurture.core.contact.place import (
    country_of_zone,
    zone_table,
    zones_of,
    zones_of_city,
    zones_of_country,
)


def test_a_zone_tells_the_country_that_it_is_named_in() -> None:
    assert country_of_zone("Europe/Berlin") == "DE"
    assert country_of_zone("America/Chicago") == "US"
    assert country_of_zone("UTC") == ""


def someone(zone: str = "", city: str = "", country: str = "", subdivision: str = "") -> Contact:
    return Contact(
        "mara@example.org", zone=zone, city=city, country=country, subdivision=subdivision
    )


@pytest.mark.parametrize(
    ("contact", "zones"),
    [
        (someone("Europe/Lisbon", "New York", "US"), ("Europe/Lisbon",)),
        (someone(city="Austin, TX", country="US", subdivision="CA"), ("America/Chicago",)),
        (someone(city="São Paulo", country="BR"), ("America/Sao_Paulo",)),
        (someone(city="St. Louis", country="us"), ("America/Chicago",)),
        (someone(city="Munich", country="DE"), ("Europe/Berlin",)),
        (someone(city="Hamilton", country="NZ"), ("Pacific/Auckland",)),
        (someone(country="US", subdivision="TX"), ("America/Chicago", "America/Denver")),
        (someone(city="Nowhere", country="US", subdivision="HI"), ("Pacific/Honolulu",)),
        (someone(country="DE"), ("Europe/Berlin", "Europe/Busingen")),
        (someone(country="nz"), ("Pacific/Auckland", "Pacific/Chatham")),
        (someone(country="ZZ"), ("Europe/Vienna",)),
        (someone(city="Vienna"), ("Europe/Vienna",)),
        (someone(), ("Europe/Vienna",)),
    ],
)
def test_a_clock_is_their_own_else_their_citys_else_any_of_their_country_else_the_owners(
    contact: Contact, zones: tuple[str, ...]
) -> None:
    assert zones_of(contact, "Europe/Vienna") == zones


@pytest.mark.parametrize(("city", "country"), [("Portland", "US"), ("Durham", ""), ("Paris", "US")])
def test_a_city_of_which_there_are_two_is_not_guessed(city: str, country: str) -> None:
    assert zones_of_city(city, country) == ()


def test_a_city_that_named_a_zone_needs_no_country() -> None:
    assert zones_of_city("Paris", "") == ("Europe/Paris",)


@pytest.mark.parametrize("country", [*zone_table()])
def test_every_city_in_the_table_has_one_zone_of_its_country(country: str) -> None:
    own = zones_of_country(country)
    for zone, facts in zone_table()[country].items():
        assert ZoneInfo(zone)
        assert zone in own
        assert all(zones_of_city(city, country) == (zone,) for city in facts.get("cities", []))


@pytest.mark.parametrize(
    ("country", "part", "inside"),
    [
        ("US", "CA", "America/Los_Angeles"),
        ("CA", "QC", "America/Toronto"),
        ("AU", "WA", "Australia/Perth"),
    ],
)
def test_a_part_of_a_country_narrows_its_zones(country: str, part: str, inside: str) -> None:
    found = zones_of(someone(country=country, subdivision=part), "UTC")
    assert inside in found
    assert len(found) < len(zones_of_country(country))
