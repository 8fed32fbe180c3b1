"""What a condition may ask for, and how each fact is read."""

from dataclasses import field
from datetime import UTC, date, datetime, time

from nurture.core.calendar import Wait
from nurture.core.contact import Contact
from nurture.value import frozen

_MIDNIGHT = time(0)
TEXTS = frozenset(
    (
        "address", "given_name", "family_name", "company", "street", "postal_code", "city",
        "country", "subdivision", "language", "zone", "phone", "notes", "note",
        "relationship", "account",
    )
)  # fmt: skip
NUMBERS = frozenset(("value",))
LISTS = frozenset(("interests", "tags", "observes"))
HOLDERS = ("custom.", "dates.")


@frozen
class Facts:
    """What is known besides the contact: a condition is asked on a day of a walk.

    `last_contact` is the day on which either side last reached the other, None where none is known.
    `sent` are the ids of the steps whose touch reached them in this walk.
    """

    today: date
    has_answered: bool = False
    last_contact: date | None = None
    sent: frozenset[str] = field(default_factory=frozenset)


def plain(text: str) -> str:
    """The text as it is compared: without letter case and with single spaces."""
    return " ".join(text.split()).casefold()


def text_of(contact: Contact, name: str) -> str:
    """The fact of that name in words; empty where it is not known."""
    if name.startswith("custom."):
        return contact.custom.get(name.removeprefix("custom."), "")
    if name.startswith("dates."):
        day = day_of(contact, name)
        return day.isoformat() if day else ""
    known = str(getattr(contact, name) or "")
    return known.replace("_", " ") if name == "relationship" else known


def day_of(contact: Contact, name: str) -> date | None:
    """The contact's own date of that name, such as "dates.renewal"."""
    return contact.dates.get(name.removeprefix("dates."))


def is_over(since: date, wait: Wait, today: date, country: str) -> bool:
    """Whether that stretch has passed between the two days."""
    start, now = (datetime.combine(day, _MIDNIGHT, UTC) for day in (since, today))
    return wait.after(start, "UTC", country) <= now
