"""Who somebody is, for the human who is about to answer them."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from nurture.core.account import Account
from nurture.core.calendar import OFFICE_HOURS, zone_info
from nurture.core.contact import Contact
from nurture.core.contact.place import zones_of
from nurture.core.handoff.conversation import Handoff
from nurture.core.permission import permission
from nurture.core.sequence import Intent
from nurture.core.task import Task
from nurture.core.wrapping import row, wrapped

_WORK = ("project", "offer", "quote", "order", "purchase", "product", "invoice", "request")
_PROMISE = "promise"
_SHOWN = 5


def person(contact: Contact, account: Account, now: datetime) -> Iterator[str]:
    """Name, company, their clock, the work that was done or offered, and why we may write."""
    yield from wrapped(f"{contact.name} <{contact.address}>")
    relationship = str(contact.relationship or "contact").replace("_", " ")
    place = ", ".join(part for part in (contact.city, contact.country) if part)
    role = contact.custom.get("role", "")
    yield from wrapped(
        " - ".join(part for part in (relationship, role, contact.company, place) if part)
    )
    yield from row("Their clock", _clock(contact, account, now))
    if contact.phone:
        yield from row("Phone", contact.phone)
    yield from _work(contact)
    yield from _rest(contact)
    yield from row("May write because", _consent(contact, now))


def promises(contact: Contact, tasks: Sequence[Task]) -> Iterator[str]:
    """What was promised to them, what there is to do for them, and what was noted."""
    for name, words in contact.custom.items():
        if words and _PROMISE in name.casefold():
            yield from row("Promised", words)
    for task in tasks:
        yield from row("To do", f"{task.title}, by {task.due_on:%a %d %b %Y}")
    if contact.notes:
        yield from row("Notes", contact.notes)


def earlier(before: Sequence[Handoff], zone: ZoneInfo) -> Iterator[str]:
    """How earlier conversations ended, the latest first."""
    latest = sorted(before, key=lambda each: str(each.closed_at), reverse=True)
    for each in latest[:_SHOWN]:
        day = f"{each.closed_at.astimezone(zone):%d %b %Y}" if each.closed_at else "open"
        parts = (
            str(each.outcome or "").replace("_", " "),
            "" if each.amount is None else str(each.amount),
            each.note,
        )
        yield from row("Before", f"{day}: " + ", ".join(part for part in parts if part))


def _clock(contact: Contact, account: Account, now: datetime) -> str:
    zones = zones_of(contact, account.owner.zone)
    local = now.astimezone(zone_info(zones[0]))
    unsure = "" if len(zones) == 1 else ", or another of their country"
    is_open = OFFICE_HOURS.is_open(now, zones, contact.place)
    hours = "" if is_open else ", outside office hours there"
    return f"{local:%a %H:%M} ({zones[0]}{unsure}){hours}"


def _work(contact: Contact) -> Iterator[str]:
    """The last project or offer with its amount and its day, as far as they are on record."""
    words = [text for name, text in contact.custom.items() if text and _is_work(name)]
    if contact.value:
        words.append(f"{contact.value}")
    words += [f"{_plain(name)} {day}" for name, day in _work_days(contact)]
    if words:
        yield from row("Last work or offer", ", ".join(words))


def _rest(contact: Contact) -> Iterator[str]:
    told = {name for name, _ in _work_days(contact)}
    for name, text in contact.custom.items():
        if text and name != "role" and not _is_work(name) and _PROMISE not in name.casefold():
            yield from row(_plain(name), text)
    for name, day in contact.dates.items():
        if name not in told:
            yield from row(_plain(name), str(day))


def _work_days(contact: Contact) -> list[tuple[str, date]]:
    return [(name, day) for name, day in contact.dates.items() if _is_work(name)]


def _is_work(name: str) -> bool:
    return any(word in name.casefold() for word in _WORK)


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _consent(contact: Contact, now: datetime) -> str:
    found = permission(contact, Intent.GIVE, now.date())
    until = f", until {found.until}" if found.until else ""
    return f"{contact.consent}{until}"
