"""What a template may say: the facts about a contact and their owner, by name."""

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING

from nurture.core.account import Account
from nurture.core.contact import Contact

if TYPE_CHECKING:
    from nurture.core.sequence import Sequence


def _both_names(contact: Contact) -> str:
    return " ".join(part for part in (contact.given_name, contact.family_name) if part)


_FACTS: Mapping[str, Callable[[Contact], object]] = {
    "address": attrgetter("address"),
    "given_name": attrgetter("given_name"),
    "family_name": attrgetter("family_name"),
    "name": _both_names,
    "company": attrgetter("company"),
    "street": lambda contact: ", ".join(contact.street.splitlines()),
    "postal_code": attrgetter("postal_code"),
    "city": attrgetter("city"),
    "country": attrgetter("country"),
    "subdivision": attrgetter("subdivision"),
    "phone": attrgetter("phone"),
    "relationship": lambda contact: str(contact.relationship or "").replace("_", " "),
    "interests": attrgetter("interests"),
    "tags": attrgetter("tags"),
    "observes": attrgetter("observes"),
    "value": lambda contact: contact.value or "",
    "notes": attrgetter("notes"),
    "note": attrgetter("note"),
    "dates": lambda contact: dict(contact.dates),
    "custom": lambda contact: dict(contact.custom),
}


@lru_cache(maxsize=256)
def _facts(names: frozenset[str]) -> tuple[tuple[str, Callable[[Contact], object]], ...]:
    """Those among the names that are single facts or the contact's own; a template asks again."""
    return tuple((name, fact) for name, fact in _FACTS.items() if name in names)


FIELDS = frozenset(_FACTS) - {"dates", "custom"}
"""Names of single facts about the contact."""

PARTS: Mapping[str, frozenset[str] | None] = {
    "dates": None,
    "custom": None,
    "owner": frozenset(("name", "address")),
    "account": frozenset(("address",)),
    "sequence": frozenset(("name", "title", "why")),
    "promise": frozenset(("date",)),
}
"""Names that hold further names: which ones, or None where the contact decides."""

KNOWN = FIELDS | PARTS.keys()
"""Every name that means the same for everybody; any other is looked up among custom fields."""

MEANT: Mapping[str, str] = {
    "first_name": "given_name",
    "firstname": "given_name",
    "last_name": "family_name",
    "lastname": "family_name",
    "surname": "family_name",
    "email": "address",
    "e_mail": "address",
    "full_name": "name",
    "organisation": "company",
    "organization": "company",
    "mobile": "phone",
    "zip": "postal_code",
    "postcode": "postal_code",
}
"""What other programs call the same facts."""


def values_for(
    contact: Contact, account: Account, sequence: "Sequence", names: Collection[str] = KNOWN
) -> dict[str, object]:
    """The value of every custom field, and of those `names` that mean the same for everybody.

    What is not known is empty, so that strict rendering stops at it.  A custom field may be called
    by its bare name, unless a name of `KNOWN` stands in its way.  `name` is never the mail
    address: "Dear anna@example.org" is a hole too.
    """
    values: dict[str, object] = dict(contact.custom)
    for name, fact in _facts(frozenset(names)):
        values[name] = fact(contact)
    if "owner" in names:
        values["owner"] = {"name": account.owner.name, "address": account.owner.address}
    if "account" in names:
        values["account"] = {"address": account.address}
    if "sequence" in names:
        named = {"name": sequence.name, "title": sequence.title, "why": sequence.why}
        values["sequence"] = named
    if "promise" in names:
        values["promise"] = {"date": ""}  # known where a mail of a walk is written: core.pledged
    return values
