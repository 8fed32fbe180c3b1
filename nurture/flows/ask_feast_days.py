"""Asks the owner, three weeks ahead, for the days of feasts that are only estimated."""

from datetime import date, timedelta

from nurture import ports
from nurture.core.account import Account
from nurture.core.calendar import local_day
from nurture.core.calendar.on import HolidayOn
from nurture.core.choice.occasion import Occurrence, next_occurrence, unasked, unsure
from nurture.core.contact import Contact
from nurture.core.sequence import Occasion, greets

_AHEAD = timedelta(days=21)


async def ask_feast_days(
    account: Account,
    permits: ports.Permits,
    catalog: ports.Catalog,
    desk: ports.Desk,
    clock: ports.Clock,
) -> None:
    """One alert for each such day that somebody under way would be greeted on (domain.md E3).

    On the day itself an unconfirmed greeting is held, and with the day it is dropped.
    """
    cards = [
        each
        for sequence in catalog.all_today()
        for each in sequence.occasions
        if greets(each.step) and isinstance(each.on, HolidayOn)
    ]
    if not cards:
        return
    today = local_day(clock.now(), account.owner.zone)
    asked: dict[str, Occurrence] = {}
    for anybody in await permits.observers(account.name):
        asked |= {each.name: each for each in _estimated(cards, anybody, catalog, today)}
        clock.now()
    for found in asked.values():
        subject = f"when is {found.name}? It is estimated for {found.falls_on}"
        key = f"feast/{account.name}/{found.name}/{found.falls_on.year}"
        await desk.tell(account.name, subject, _text(found), clock.now(), key)


def _estimated(
    cards: list[Occasion], contact: Contact, catalog: ports.Catalog, today: date
) -> list[Occurrence]:
    """What they would be greeted on within three weeks, on a day that nobody has confirmed."""
    coming = (
        next_occurrence(each.on, contact, today, catalog.calendar, greets=True) for each in cards
    )
    return [
        each
        for each in coming
        if each and each.falls_on <= today + _AHEAD and unsure(each) and not unasked(each, contact)
    ]


def _text(found: Occurrence) -> str:
    return (
        f"{unsure(found)}\n\n"
        f"Greetings for it wait for that line. Without it they are held, and dropped when the day\n"
        f"is over: a card on the wrong day is worse than none.\n"
    )
