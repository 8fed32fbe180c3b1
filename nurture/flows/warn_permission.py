"""Tells the owner, 60 and 30 days ahead, whom they soon may write to no more."""

from datetime import date

from nurture import ports
from nurture.core.account import Account
from nurture.core.calendar import local_day
from nurture.core.contact import Contact
from nurture.core.permission import Denied, Granted, lapse_stage, permission
from nurture.core.sequence import Intent

_LISTED = 50
_ADVICE = """
From that day on their mails are held. What to do: ask them before then whether you may go on
writing (the question is a mail like any other), and write their yes down; or write down what
happened since:
  nurture contacts set EMAIL consent_basis=express consent_since=DAY consent_evidence=TEXT
"""


async def warn_permission(account: Account, permits: ports.Permits, clock: ports.Clock) -> None:
    """One alert for everybody who came within 60 or 30 days, each person once for each.

    Only those are spoken of who are under way for this account.
    """
    today = local_day(clock.now(), account.owner.zone)
    ending: list[tuple[date, Contact, Granted]] = []
    marks: dict[int, str] = {}
    page = await permits.walkers(account.name)
    while page:
        for contact, known in page:
            allowed = permission(contact, Intent.GIVE, today)
            stage = lapse_stage(allowed.until, today)
            if isinstance(allowed, Denied) or allowed.until is None or stage is None:
                continue
            mark = f"{allowed.until}/{stage}"
            if mark != known:
                marks[contact.id] = mark
                ending.append((allowed.until, contact, allowed))
        clock.now()
        page = await permits.walkers(account.name, page[-1][0].id)
    if not marks:
        return
    who = "one person" if len(marks) == 1 else f"{len(marks)} people"
    subject = f"your permission to write to {who} ends within {_furthest(ending, today)} days"
    await permits.warn(account.name, subject, _text(ending), clock.now(), marks)


def _furthest(ending: list[tuple[date, Contact, Granted]], today: date) -> int:
    return max((until - today).days for until, _, _ in ending)


def _text(ending: list[tuple[date, Contact, Granted]]) -> str:
    ordered = sorted(ending, key=lambda each: (each[0], each[1].address))
    lines = [
        f"{until}  {contact.name} <{contact.address}>: {allowed.why}"
        for until, contact, allowed in ordered[:_LISTED]
    ]
    if len(ordered) > _LISTED:
        lines.append(f"and {len(ordered) - _LISTED} more")
    return "\n".join(lines) + "\n" + _ADVICE
