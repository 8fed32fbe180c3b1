"""What a template may say: the facts about a contact and their owner, by name."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from nurture.core.account import Account
from nurture.core.contact import Contact

if TYPE_CHECKING:
    from nurture.core.sequence import Sequence

FIELDS = frozenset(
    (
        "address",
        "given_name",
        "family_name",
        "name",
        "company",
        "street",
        "postal_code",
        "city",
        "country",
        "subdivision",
        "phone",
        "relationship",
        "interests",
        "tags",
        "observes",
        "value",
        "notes",
        "note",
    )
)
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


def values_for(contact: Contact, account: Account, sequence: "Sequence") -> dict[str, object]:
    """The value of every name; what is not known is empty, so that strict rendering stops at it.

    A custom field may be called by its bare name, unless a name of `KNOWN` stands in its way.
    `name` is never the mail address: "Dear anna@example.org" is a hole too.
    """
    both_names = " ".join(part for part in (contact.given_name, contact.family_name) if part)
    return {
        **contact.custom,
        "address": contact.address,
        "given_name": contact.given_name,
        "family_name": contact.family_name,
        "name": both_names,
        "company": contact.company,
        "street": ", ".join(contact.street.splitlines()),
        "postal_code": contact.postal_code,
        "city": contact.city,
        "country": contact.country,
        "subdivision": contact.subdivision,
        "phone": contact.phone,
        "relationship": str(contact.relationship or "").replace("_", " "),
        "interests": contact.interests,
        "tags": contact.tags,
        "observes": contact.observes,
        "value": contact.value or "",
        "notes": contact.notes,
        "note": contact.note,
        "dates": dict(contact.dates),
        "custom": dict(contact.custom),
        "owner": {"name": account.owner.name, "address": account.owner.address},
        "account": {"address": account.address},
        "sequence": {"name": sequence.name, "title": sequence.title, "why": sequence.why},
        "promise": {"date": ""},  # known where a mail of a walk is written: core.pledged
    }
