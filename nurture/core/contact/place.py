"""Where a person's clock may stand: by their zone, their city, or the whole of their country."""

import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

from nurture.core.calendar.feast import key_of
from nurture.core.contact.person import Contact


@cache
def zones_of_country(country: str) -> tuple[str, ...]:
    """Every zone of an ISO 3166 country, from the zone table that the tz database ships."""
    return tuple(zone for code, zone in _zones() if code == country.upper())


@cache
def country_of_zone(zone: str) -> str:
    """The country that a zone is named in; empty for one that is not of a single country."""
    return next((code for code, name in _zones() if name == zone), "")


@cache
def _zones() -> tuple[tuple[str, str], ...]:
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and line[0] != "#")
    return tuple((row[0], row[2]) for row in rows)


@cache
def zone_table() -> Mapping[str, Mapping[str, Mapping[str, list[str]]]]:
    """`zones.toml` as it stands: by country and zone, its `parts` and `cities`."""
    return tomllib.loads(files(__package__).joinpath("zones.toml").read_text("utf-8"))


@cache
def _cities() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Country and zone of every city known, by its name as `key_of` has it."""
    named = [(_namesake(zone), code, zone) for code, zone in _zones()]
    written = [
        (city, code, zone)
        for code, zones in zone_table().items()
        for zone, facts in zones.items()
        for city in facts.get("cities", [])
    ]
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for city, code, zone in (*named, *written):
        found[key_of(city)] = (*found.get(key_of(city), ()), (code, zone))
    return found


def zones_of_city(city: str, country: str) -> tuple[str, ...]:
    """The zone of a city, or nothing where it is not known or there are two of that name.

    What stands behind a comma is left out: "Austin, TX" is Austin.  Without a country only those
    count that gave a zone its name: Durham and Victoria are in several.
    """
    name = key_of(city.partition(",")[0])
    found = {
        zone
        for code, zone in _cities().get(name, ())
        if (code == country.upper() if country else name == _namesake(zone))
    }
    return tuple(found) if len(found) == 1 else ()


def _namesake(zone: str) -> str:
    return key_of(zone.rsplit("/", 1)[1].replace("_", " "))


@cache
def zones_of_part(place: str) -> tuple[str, ...]:
    """The zones of a part of a country, such as US-TX; nothing where the table has none."""
    country, _, part = place.partition("-")
    rows = zone_table().get(country, {}).items()
    return tuple(zone for zone, facts in rows if part in facts.get("parts", []))


def zones_of(contact: Contact, default: str) -> tuple[str, ...]:
    """Where a person's clock may stand: their own zone, else their city's, else their country's.

    Of a country, or of the part of it that is known, it is every zone; with nothing known,
    `default`, which is the owner's (domain.md E5).
    """
    if contact.zone:
        return (contact.zone,)
    return _zones_at(contact.city, contact.country, contact.place) or (default,)


@lru_cache(maxsize=1024)
def _zones_at(city: str, country: str, place: str) -> tuple[str, ...]:
    if city and (found := zones_of_city(city, country)):
        return found
    return (zones_of_part(place) or zones_of_country(country)) if country else ()
