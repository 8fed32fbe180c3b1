"""What the owner promised in a mail of their own becomes promises of tasks."""

from datetime import datetime

from nurture.core.account import Account
from nurture.core.account.workday import Workdays
from nurture.core.calendar import local_day
from nurture.core.calendar.season import Calendar
from nurture.core.contact import Contact
from nurture.core.promise import LONGEST_AGO, Promise, promised_by
from nurture.mail.read.inbound import Inbound
from nurture.mail.words.quoting import visible


def pledges(
    inbound: Inbound, account: Account, contact: Contact, now: datetime
) -> tuple[Promise, ...]:
    """The promises in what the owner wrote above the quotes, none of them said too long ago.

    Days count from the day of the mail where the owner is; each is due on the last day that is a
    working day for both.
    """
    said_at = inbound.date if inbound.date and inbound.date <= now else now
    if said_at < now - LONGEST_AGO:
        return ()
    # Only here: its patterns take a while to make, and a daemon is to be ready before.
    from nurture.mail.words.promise import find_promises

    today = local_day(said_at, account.owner.zone)
    workdays = Workdays.of(account.owner, Calendar(), contact)
    words = visible(inbound.plain, inbound.html).body
    return tuple(
        Promise(
            id=0,
            contact_id=contact.id,
            account=account.name,
            sentence=each.sentence,
            due_on=promised_by(today, each.first, each.last, workdays),
            said_at=said_at,
            is_dated=each.last is not None,
        )
        for each in find_promises(words, today=today)
    )
