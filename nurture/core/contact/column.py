"""How the columns of somebody's table are called, and which field each of them fills."""

import re
from collections.abc import Iterable, Mapping

from nurture.core.spelling import did_you_mean

FIELDS = (
    "email", "given_name", "family_name", "company", "relationship", "account", "value",
    "interests", "tags", "observes", "zone", "street", "postal_code", "city", "country",
    "subdivision", "language", "phone", "notes", "note", "legal_form",
    "consent_basis", "consent_since",
    "consent_evidence", "consent_expires", "consent_jurisdiction", "consent_notice",
)  # fmt: skip
"""What a column may be called; besides, `dates.NAME` and `custom.NAME`, however NAME is joined."""
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
_FREE = re.compile(r"(?:dates|custom)\.[a-z][a-z0-9_]*")


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
