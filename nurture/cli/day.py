"""A day as people name it: 2026-12-01, Thursday, in two weeks, 3 business days, end of March."""

from datetime import date
from typing import TYPE_CHECKING

from nurture.cli.output import fail
from nurture.core.account.workday import Workdays
from nurture.core.calendar import Unit, local_day
from nurture.core.calendar.stretch import read_wait
from nurture.mail.words.due import find_stretches, plain

if TYPE_CHECKING:
    from nurture.core.contact import Contact
    from nurture.wiring.world import World


def read_day(written: str, today: date, workdays: Workdays) -> date:
    """The day that is meant, today or later; ends the command with words where none is.

    A day that is written as one is taken as it is; of a week or a month the last working day is.
    """
    try:
        day = date.fromisoformat(written)
    except ValueError:
        day = _in_words(written, today, workdays)
    if day < today:
        fail(f"{day} has gone by: name a day from {today} on")
    return day


def _in_words(written: str, today: date, workdays: Workdays) -> date:
    try:
        wait = read_wait(written)
    except ValueError:
        wait = None
    if wait is not None and wait.unit is Unit.BUSINESS_DAYS:
        return workdays.after(today, wait.count)
    said = f"in {written}" if wait else written
    found = find_stretches(plain(said), today)
    if not found:
        fail(f"{written!r} is no day: write 2026-12-01, Friday, in two weeks, or 3 business days")
    return workdays.until_day(found[-1].last, min(found[-1].first, found[-1].last))


def workdays_of(world: "World", account: str, contact: "Contact | None" = None) -> Workdays:
    """The working days of whoever owns this account; with a contact those of both."""
    known = world.accounts.get(account) or next(iter(world.accounts.values()), None)
    if known is None:
        return Workdays()
    return Workdays.of(known.owner, world.shelf.calendar, contact)


def today_of(world: "World", account: str) -> date:
    """The date where the owner of this account is."""
    known = world.accounts.get(account)
    zone = known.owner.zone if known else world.zone
    return local_day(world.clock.now(), zone)
