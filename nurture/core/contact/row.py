"""A row of somebody's table becomes a contact, or a refusal that says which cell and why."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeVar

from nurture.core.contact.address import BadAddress, address_key
from nurture.core.contact.cell import (
    Unusable,
    country_of,
    fault_of,
    read_date,
    read_language,
    read_lines,
    read_list,
    read_member,
    read_number,
    read_words,
    read_yes_no,
    read_zone,
    subdivision_reader,
)
from nurture.core.contact.person import Basis, Consent, Contact, LegalForm, Relationship
from nurture.value import frozen

LISTS = frozenset(("interests", "tags", "observes"))
"""Fields that hold several words, which add up where they come from several places."""

_T = TypeVar("_T")


@frozen
class Refusal:
    """Why a row is nobody we can write to; `column` is the field at fault."""

    column: str
    why: str


def read_row(cells: Mapping[str, str], *, test_domains: bool = False) -> Contact | Refusal:
    """The contact that these cells, by field, describe; empty cells are unknown facts.

    Dates are ISO 8601 only, countries ISO 3166, zones of the tz database.
    """
    filled = {field: text.strip() for field, text in cells.items() if text.strip()}
    for field, text in filled.items():
        if why := fault_of(field, text):
            return Refusal(field, why)
    try:
        address = address_key(filled.get("email", ""), test_domains=test_domains)
    except BadAddress as error:
        return Refusal("email", str(error) if "email" in filled else "there is no mail address")
    cell = _Cells(filled)
    try:
        return _contact(address, cell)
    except Unusable as error:
        return Refusal(cell.current, str(error))


def _contact(address: str, cell: "_Cells") -> Contact:
    return Contact(
        address=address,
        given_name=cell.words("given_name"),
        family_name=cell.words("family_name"),
        company=cell.words("company"),
        relationship=cell.read("relationship", partial(read_member, Relationship), None),
        account=cell.words("account"),
        value=cell.read("value", read_number, 0),
        interests=cell.read("interests", read_list, ()),
        tags=cell.read("tags", read_list, ()),
        observes=cell.read("observes", read_list, ()),
        dates={name: read_date(text) for name, text in cell.below("dates")},
        zone=cell.read("zone", read_zone, ""),
        street=cell.read("street", read_lines, ""),
        postal_code=cell.words("postal_code"),
        city=cell.words("city"),
        country=cell.read("country", country_of, ""),
        subdivision=cell.read("subdivision", subdivision_reader(cell.words("country")), ""),
        language=cell.read("language", read_language, ""),
        phone=cell.words("phone"),
        notes=cell.read("notes", str, ""),
        note=cell.words("note"),
        legal_form=cell.read("legal_form", partial(read_member, LegalForm), None),
        consent=_consent(cell),
        custom={name: read_words(text) for name, text in cell.below("custom")},
    )


class _Cells:
    """The filled cells of a row; remembers which one is being read, for the complaint."""

    def __init__(self, filled: Mapping[str, str]) -> None:
        self._filled = filled
        self.current = ""

    def read(self, field: str, reader: Callable[[str], _T], otherwise: _T) -> _T:
        self.current = field
        return reader(self._filled[field]) if field in self._filled else otherwise

    def words(self, field: str) -> str:
        return self.read(field, read_words, "")

    def below(self, holder: str) -> Iterator[tuple[str, str]]:
        for field, text in self._filled.items():
            if field.startswith(f"{holder}."):
                self.current = field
                yield field.removeprefix(f"{holder}."), text


def _consent(cell: _Cells) -> Consent:
    return Consent(
        basis=cell.read("consent_basis", partial(read_member, Basis), None),
        since=cell.read("consent_since", read_date, None),
        evidence=cell.words("consent_evidence"),
        expires=cell.read("consent_expires", read_date, None),
        jurisdiction=cell.read("consent_jurisdiction", country_of, ""),
        notice=cell.read("consent_notice", read_yes_no, otherwise=False),
    )


def contradiction(one: Mapping[str, str], other: Mapping[str, str]) -> str | None:
    """The first field that both rows fill, each differently; the address is not compared.

    Lists add up, and so contradict nothing.
    """
    for field in sorted((one.keys() & other.keys()) - {"email"} - LISTS):
        first, second = one[field].strip(), other[field].strip()
        if first and second and first != second:
            return field
    return None


def facts_of(contact: Contact) -> dict[str, object]:
    """The contact by the same fields that `read_row` reads, for people and for JSON."""
    consent = contact.consent
    return {
        "email": contact.address,
        "given_name": contact.given_name,
        "family_name": contact.family_name,
        "company": contact.company,
        "relationship": str(contact.relationship or ""),
        "account": contact.account,
        "value": contact.value,
        "interests": list(contact.interests),
        "tags": list(contact.tags),
        "observes": list(contact.observes),
        "zone": contact.zone,
        "street": contact.street,
        "postal_code": contact.postal_code,
        "city": contact.city,
        "country": contact.country,
        "subdivision": contact.subdivision,
        "language": contact.language,
        "phone": contact.phone,
        "notes": contact.notes,
        "note": contact.note,
        "legal_form": str(contact.legal_form or ""),
        "consent_basis": str(consent.basis or ""),
        "consent_since": consent.since.isoformat() if consent.since else "",
        "consent_evidence": consent.evidence,
        "consent_expires": consent.expires.isoformat() if consent.expires else "",
        "consent_jurisdiction": consent.jurisdiction,
        "consent_notice": "yes" if consent.notice else "",
        "aliases": list(contact.aliases),
        **{f"dates.{name}": day.isoformat() for name, day in sorted(contact.dates.items())},
        **{f"custom.{name}": text for name, text in sorted(contact.custom.items())},
    }
