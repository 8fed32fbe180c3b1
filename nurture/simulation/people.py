"""People who do not exist, as an owner's list would hold them; the same for a seed."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from random import Random

from nurture.core.contact import Basis, Consent, Contact, Relationship

_GIVEN = (
    "Ada", "Ben", "Chiara", "David", "Elif", "Farid", "Grace", "Hiro", "Ines", "Jonas", "Kwame",
    "Lucia", "Mei", "Nils", "Olga", "Paul", "Quirin", "Rosa", "Samir", "Tara", "Uma", "Viktor",
    "Wanda", "Xenia", "Yusuf", "Zoe",
)  # fmt: skip
_FAMILY = (
    "Abara", "Brandt", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Hughes", "Ito",
    "Jansen", "Kowalski", "Lindqvist", "Mensah", "Novak", "Okafor", "Petrov", "Rossi", "Silva",
    "Tanaka", "Weber",
)  # fmt: skip
_TRADES = ("Optics", "Dental", "Law", "Studio", "Logistics", "Consulting", "Bakery", "Partners")
_PLACES = (
    ("US", "CA", "San Francisco", "en"), ("US", "NY", "New York", "en"), ("US", "", "", "en"),
    ("DE", "BY", "Munich", "de"), ("DE", "", "", "de"), ("GB", "ENG", "Leeds", "en"),
    ("FR", "", "Lyon", "fr"), ("AU", "WA", "Perth", "en"), ("CA", "ON", "Toronto", "en"),
    ("IE", "", "Cork", "en"), ("NL", "", "Utrecht", "en"), ("BR", "", "", "pt"),
    ("JP", "", "Osaka", "en"), ("SA", "", "", "en"),
)  # fmt: skip
_DATES = (
    "birthday", "project_end", "renewal", "last_visit", "purchase", "deadline", "met_on",
    "next_visit",
)  # fmt: skip


def generated(
    count: int, seed: int, today: date, *, topics: Collection[str], fields: Collection[str]
) -> tuple[Contact, ...]:
    """So many contacts, some of them colleagues.

    Their interests are among `topics`; `fields` are the custom ones that templates ask for, which
    all of them have.
    """
    dice = Random(seed)
    return tuple(
        _one(number, dice, today, sorted(topics), sorted(fields)) for number in range(count)
    )


def _one(number: int, dice: Random, today: date, topics: list[str], fields: list[str]) -> Contact:
    given, family = dice.choice(_GIVEN), dice.choice(_FAMILY)
    house = number - dice.choice((0, 0, 0, 1, 2))  # every few people share a company
    company = f"{_FAMILY[house % len(_FAMILY)]} {_TRADES[house % len(_TRADES)]} {house}"
    country, subdivision, city, language = dice.choice(_PLACES)
    since = today - timedelta(days=dice.randint(20, 150))
    return Contact(
        address=f"{given.lower()}.{family.lower()}.{number}@firm{house}.example",
        given_name=given,
        family_name=family,
        company=company,
        relationship=dice.choice(list(Relationship)),
        value=dice.choice((0, 200, 900, 4000, 20000)),
        interests=tuple(dice.sample(topics, min(2, len(topics)))),
        tags=("tax",) if dice.randrange(2) else (),
        dates={name: _day(name, dice, today) for name in _DATES if dice.randrange(5)},
        country=country,
        subdivision=subdivision,
        street=f"{number} Example Street",
        postal_code=f"{number % 90_000 + 10_000}",
        city=city,
        language=language,
        phone=f"+1 555 {number:04d}",
        notes="met at the spring fair",
        consent=Consent(Basis.EXPRESS, since, f"signed on {since}"),
        custom={name: f"the {name.replace('_', ' ')}" for name in fields},
        created_at=datetime(today.year, today.month, today.day, tzinfo=UTC),
    )


def _day(name: str, dice: Random, today: date) -> date:
    if name == "birthday":
        return date(dice.randint(1955, 2000), dice.randint(1, 12), dice.randint(1, 28))
    ahead = (
        dice.randint(-90, 300)
        if name in {"renewal", "deadline", "next_visit"}
        else -dice.randint(1, 60)
    )
    return today + timedelta(days=ahead)
