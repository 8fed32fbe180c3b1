"""What a last look reads of people in short is what they are in full, on both databases."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select

from nurture.core.contact import Basis, Consent, Contact, LegalForm, Relationship
from nurture.core.sequence import Intent as Aim
from nurture.storage import Store
from nurture.storage.objection import denial
from nurture.storage.prepared import OneOf, Prepared
from nurture.storage.rows import (
    CIRCUMSTANCES,
    acquainted,
    anybody_in,
    contact_values,
    contacts_by_id,
    insert_one,
    new_ids,
)
from nurture.storage.tables import contacts, suppressions
from tests.fakes.story import START

_WORDS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=9)
_DAYS = st.none() | st.dates(date(2020, 1, 1), date(2027, 12, 31))
_LISTS = st.lists(_WORDS, max_size=3).map(tuple)
_PEOPLE = st.builds(
    Contact,
    address=st.just("somebody@firm.example"),
    company=_WORDS,
    relationship=st.none() | st.sampled_from(Relationship),
    account=_WORDS,
    interests=_LISTS,
    tags=_LISTS,
    observes=_LISTS,
    dates=st.dictionaries(_WORDS, _DAYS.filter(bool), max_size=2),
    custom=st.dictionaries(_WORDS, _WORDS, max_size=2),
    zone=st.sampled_from(["", "Europe/Berlin", "America/New_York"]),
    city=st.sampled_from(["", "Austin, TX", "Köln"]) | _WORDS,
    country=st.sampled_from(["", "DE", "US", "GB", "CA"]),
    subdivision=st.sampled_from(["", "BY", "TX"]),
    legal_form=st.none() | st.sampled_from(LegalForm),
    consent=st.builds(
        Consent,
        basis=st.none() | st.sampled_from(Basis),
        since=_DAYS,
        evidence=_WORDS,
        expires=_DAYS,
        jurisdiction=st.sampled_from(["", "DE", "US"]),
        notice=st.booleans(),
    ),
)
_CIRCUMSTANCES = Prepared(select(contacts.c.id, CIRCUMSTANCES).where(OneOf(contacts.c.id, "ids")))
_INSTANTS = st.integers(-900, 300).map(lambda days: START + timedelta(days=days))


def _in_short(connection: Connection, person: Contact) -> tuple[Contact, Contact, Contact]:
    """The person as stored in full, as a permission sees them, and as their colleagues do."""
    number = insert_one(connection, contacts, contact_values(person))
    ((_, circumstances),) = _CIRCUMSTANCES.rows(connection, ids=[number])
    (known,) = contacts_by_id(connection, [number]).values()
    (seen,) = acquainted(connection, [number])
    return known, anybody_in(circumstances), seen


async def test_p3_permission_in_short_is_permission_in_full(workers: tuple[Store, Store]) -> None:
    def everybody(connection: Connection) -> None:
        number = count()

        @settings(max_examples=60, deadline=None)
        @given(_PEOPLE, st.sampled_from(Aim), _INSTANTS)
        def holds(person: Contact, aim: Aim, now: datetime) -> None:
            person = replace(person, address=f"{next(number)}@firm.example")
            known, anybody, seen = _in_short(connection, person)
            assert known == replace(person, id=known.id)
            assert anybody.consent == person.consent
            assert denial(anybody, aim, now) == denial(person, aim, now)
            assert seen.company_keys == person.company_keys
            assert (seen.id, seen.place) == (known.id, person.place)

        holds()

    await workers[0].database.write(everybody)


async def test_new_ids_follow_each_other_and_are_nobody_elses(
    workers: tuple[Store, Store],
) -> None:
    def add(connection: Connection, name: str) -> list[int]:
        ids = [*new_ids(connection, contacts, 3)]
        rows = [contact_values(Contact(f"{each}@{name}.example")) | {"id": each} for each in ids]
        connection.execute(insert(contacts), rows)
        return ids

    one, other = workers
    names = "abcdef"
    given_out = await asyncio.gather(
        *(
            store.database.write(add, name)
            for store, name in zip((one, other) * 3, names, strict=True)
        )
    )
    assert all(each == sorted(each) for each in given_out)
    assert len({number for each in given_out for number in each}) == 3 * len(names)


async def test_whatever_stands_in_a_list_is_found(workers: tuple[Store, Store]) -> None:
    keys = [
        "plain",
        'a "quote"',
        "back\\slash",
        "zwölf",
        "line\nbreak",
        "tab\t",
        "",
        "'",
        '","',
        "☃",
    ]
    named = Prepared(select(suppressions.c.key).where(OneOf(suppressions.c.key, "keys")))

    def add(connection: Connection) -> None:
        rows = [{"key": key, "reason": "", "at": START} for key in keys]
        connection.execute(insert(suppressions), rows)

    def found(connection: Connection, sought: list[str]) -> list[str]:
        return sorted(named.column(connection, keys=sought))

    database = workers[0].database
    await database.write(add)
    assert await database.read(found, keys) == sorted(keys)
    for key in keys:
        assert await database.read(found, [key, "another"]) == [key]
