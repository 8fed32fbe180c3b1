"""A row of somebody's table becomes a contact, or a refusal that says which cell and why."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from nurture.core.contact.address import BadAddress, address_key
from nurture.core.contact.person import Basis, Consent, Contact, LegalForm, Relationship
from nurture.core.country import read_country
from nurture.core.spelling import did_you_mean, listed

FIELDS = (
    "email", "given_name", "family_name", "company", "relationship", "account", "value",
    "interests", "tags", "observes", "zone", "street", "postal_code", "city", "country",
    "subdivision", "language", "phone", "notes", "note", "legal_form",
    "consent_basis", "consent_since",
    "consent_evidence", "consent_expires", "consent_jurisdiction", "consent_notice",
)  # fmt: skip
"""What a column may be called; besides, `dates.NAME` and `custom.NAME`, however NAME is joined."""

LISTS = frozenset(("interests", "tags", "observes"))
"""Fields that hold several words, which add up where they come from several places."""

_ALSO = {
    "e_mail": "email",
    "mail": "email",
    "address": "email",
    "email_address": "email",
    "first_name": "given_name",
    "firstname": "given_name",
    "last_name": "family_name",
    "lastname": "family_name",
    "surname": "family_name",
    "organisation": "company",
    "organization": "company",
    "time_zone": "zone",
    "timezone": "zone",
    "street_address": "street",
    "zip": "postal_code",
    "zip_code": "postal_code",
    "postcode": "postal_code",
    "plz": "postal_code",
}
_T = TypeVar("_T")
_W = TypeVar("_W", bound=StrEnum)
_KINDS: Mapping[type[StrEnum], str] = {
    Relationship: "relationship",
    LegalForm: "legal form",
    Basis: "basis of a consent",
}
_FREE = re.compile(r"(?:dates|custom)\.[a-z][a-z0-9_]*")
_PART = re.compile("(?:([A-Z]{2})-)?([A-Z0-9]{1,3})")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_EMPTY_WORDS = frozenset(("#n/a", "#ref!", "#name?", "#value!", "null", "n/a", "undefined", "nan"))
_LONGEST = {"notes": 20_000}
_LONG = 500


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row is nobody we can write to; `column` is the field at fault."""

    column: str
    why: str


class _Unusable(ValueError):
    pass


def field_of(column: str) -> str | None:
    """The field that a column's heading names, however it is cased; None for a heading of none."""
    name = re.sub(r"[\s\-]+", "_", column.strip().lower())
    if name in FIELDS or _FREE.fullmatch(name):
        return name
    return _ALSO.get(name)


def fields_of(columns: Iterable[str], mapped: Mapping[str, str]) -> dict[str, str]:
    """The field of every usable column, the mapping of the person first.

    Raises ValueError with words where the mapping names a column or a field that is not there,
    or where two columns would fill one field.
    """
    known = [*columns]
    for column, field in mapped.items():
        if column not in known:
            raise ValueError(f"there is no column {column!r}{did_you_mean(column, known)}")
        if field_of(field) is None:
            hint = did_you_mean(field, FIELDS)
            raise ValueError(f"{field!r} is no field{hint} Others are custom.NAME and dates.NAME")
    fields: dict[str, str] = {}
    for column in known:
        field_name = field_of(mapped.get(column, column))
        if field_name is None:
            continue
        if field_name in fields.values():
            twin = next(other for other, taken in fields.items() if taken == field_name)
            raise ValueError(f"the columns {twin!r} and {column!r} both hold {field_name}")
        fields[column] = field_name
    return fields


def read_row(cells: Mapping[str, str], *, test_domains: bool = False) -> Contact | Refusal:
    """The contact that these cells, by field, describe; empty cells are unknown facts.

    Dates are ISO 8601 only, countries ISO 3166, zones of the tz database.
    """
    filled = {field: text.strip() for field, text in cells.items() if text.strip()}
    for field, text in filled.items():
        if why := _fault(field, text):
            return Refusal(field, why)
    try:
        address = address_key(filled.get("email", ""), test_domains=test_domains)
    except BadAddress as error:
        return Refusal("email", str(error) if "email" in filled else "there is no mail address")
    cell = _Cells(filled)
    try:
        return Contact(
            address=address,
            given_name=cell.words("given_name"),
            family_name=cell.words("family_name"),
            company=cell.words("company"),
            relationship=cell.read("relationship", partial(_one_of, Relationship), None),
            account=cell.words("account"),
            value=cell.read("value", _whole_number, 0),
            interests=cell.read("interests", _list, ()),
            tags=cell.read("tags", _list, ()),
            observes=cell.read("observes", _list, ()),
            dates={name: _date(text) for name, text in cell.below("dates")},
            zone=cell.read("zone", _zone, ""),
            street=cell.read("street", _lines, ""),
            postal_code=cell.words("postal_code"),
            city=cell.words("city"),
            country=cell.read("country", _country, ""),
            subdivision=cell.read("subdivision", _subdivision(filled.get("country", "")), ""),
            language=cell.read("language", _language, ""),
            phone=cell.words("phone"),
            notes=cell.read("notes", str, ""),
            note=cell.words("note"),
            legal_form=cell.read("legal_form", partial(_one_of, LegalForm), None),
            consent=_consent(cell),
            custom={name: _words(text) for name, text in cell.below("custom")},
        )
    except _Unusable as error:
        return Refusal(cell.current, str(error))


class _Cells:
    """The filled cells of a row; remembers which one is being read, for the complaint."""

    def __init__(self, filled: Mapping[str, str]) -> None:
        self._filled = filled
        self.current = ""

    def read(self, field: str, reader: Callable[[str], _T], otherwise: _T) -> _T:
        self.current = field
        return reader(self._filled[field]) if field in self._filled else otherwise

    def words(self, field: str) -> str:
        return self.read(field, _words, "")

    def below(self, holder: str) -> Iterator[tuple[str, str]]:
        for field, text in self._filled.items():
            if field.startswith(f"{holder}."):
                self.current = field
                yield field.removeprefix(f"{holder}."), text


def _consent(cell: _Cells) -> Consent:
    return Consent(
        basis=cell.read("consent_basis", partial(_one_of, Basis), None),
        since=cell.read("consent_since", _date, None),
        evidence=cell.words("consent_evidence"),
        expires=cell.read("consent_expires", _date, None),
        jurisdiction=cell.read("consent_jurisdiction", _country, ""),
        notice=cell.read("consent_notice", _yes_or_no, otherwise=False),
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


def _fault(field: str, text: str) -> str | None:
    longest = _LONGEST.get(field, _LONG)
    if len(text) > longest:
        return f"longer than {longest} characters"
    if any(ord(sign) < ord(" ") and sign not in "\t\r\n" for sign in text):
        return "a control character in it"
    if text.casefold() in _EMPTY_WORDS:
        return f"{text!r} is a program's word for nothing: leave the cell empty"
    return None


def _date(text: str) -> date:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError as error:
        raise _Unusable(f"{text!r} is no day of the calendar") from error
    raise _Unusable(f"{text!r} is not a date like 2026-03-31 (year, month, day)")


def _one_of(words: type[_W], text: str) -> _W:
    word = re.sub(r"[\s\-]+", "_", text.lower())
    try:
        return words(word)
    except ValueError as error:
        kind = _KINDS[words]
        hint = did_you_mean(word, words)
        raise _Unusable(f"{text!r} is no {kind}: {listed(words)}{hint}") from error


def _yes_or_no(text: str) -> bool:
    if text.lower() not in {"yes", "no"}:
        raise _Unusable(f"{text!r} is neither yes nor no")
    return text.lower() == "yes"


def _whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise _Unusable(f"{text!r} is not a whole number") from error


def _country(text: str) -> str:
    try:
        return read_country(text)
    except ValueError as error:
        raise _Unusable(str(error)) from error


def _subdivision(country: str) -> Callable[[str], str]:
    """Reads the part of that country, as ISO 3166-2 has it with the country or without."""

    def read(text: str) -> str:
        found = _PART.fullmatch(text.upper())
        if not found:
            raise _Unusable(f"{text!r} is no part of a country: write its code, like CA or BY")
        if found[1] and found[1] != country.upper():
            raise _Unusable(
                f"{text!r} names a country: write {found[1]} into country, {found[2]} here"
            )
        return found[2]

    return read


def _language(text: str) -> str:
    if not re.fullmatch("[a-z]{2}", text.lower()):
        raise _Unusable(f"{text!r} is no language: write its two letters, like en or de")
    return text.lower()


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        hint = did_you_mean(text, available_timezones())
        raise _Unusable(f"{text!r} is no time zone, like Europe/Berlin{hint}") from error
    return text


def _list(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in re.split("[;,]", text) if part.strip()))


def _lines(text: str) -> str:
    """Lines, which a table may join by semicolons."""
    return "\n".join(words for part in re.split("[;\n]", text) if (words := _words(part)))


def _words(text: str) -> str:
    return " ".join(text.split())
