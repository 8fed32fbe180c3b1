"""What a template may say about a person."""

from datetime import date

from nurture.core.account import Account, Owner
from nurture.core.contact import Contact, Relationship
from nurture.core.merge_field import KNOWN, values_for
from nurture.core.sequence import Sequence

ACCOUNT = Account("anna", "anna@x.org", Owner("Anna", "a@x.org", "Europe/Berlin", "Street 1"))
SEQUENCE = Sequence("former", "1", (), title="Former", why="you were a client")


def values(contact: Contact) -> dict[str, object]:
    return values_for(contact, ACCOUNT, SEQUENCE)


def test_every_known_name_has_a_value_and_custom_ones_join_them() -> None:
    contact = Contact("m@x.org", custom={"project": "the roof", "city": "never this"})
    known = values(contact)
    assert known.keys() == {*KNOWN, "project"}
    assert known["project"] == "the roof"
    assert known["custom"] == {"project": "the roof", "city": "never this"}
    assert known["city"] == ""


def test_a_nameless_person_is_not_called_by_their_address() -> None:
    assert values(Contact("m@x.org"))["name"] == ""
    assert values(Contact("m@x.org", given_name="Mara", family_name="Lind"))["name"] == "Mara Lind"


def test_facts_are_spoken_as_words() -> None:
    contact = Contact(
        "m@x.org", relationship=Relationship.FORMER_CLIENT, dates={"start": date(2026, 3, 1)}
    )
    known = values(contact)
    assert known["relationship"] == "former client"
    assert known["value"] == ""
    assert known["dates"] == {"start": date(2026, 3, 1)}
    assert known["owner"] == {"name": "Anna", "address": "a@x.org"}
    assert known["sequence"] == {"name": "former", "title": "Former", "why": "you were a client"}


def test_only_the_names_that_are_wanted_are_looked_up_and_mean_the_same() -> None:
    contact = Contact("anna@example.org", id=1, city="Ulm", custom={"city": "Bern", "plan": "team"})
    wanted = values_for(contact, ACCOUNT, SEQUENCE, {"city", "owner", "plan"})
    known = values_for(contact, ACCOUNT, SEQUENCE)
    assert wanted == {name: known[name] for name in ("city", "owner", "plan")}
    assert wanted["city"] == "Ulm"
