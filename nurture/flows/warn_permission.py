"""Tells the owner, 60 and 30 days ahead, whom they soon may write to no more."""

from datetime import date
from heapq import nsmallest

from nurture import ports
from nurture.core.account import Account
from nurture.core.calendar import local_day
from nurture.core.contact import Contact
from nurture.core.permission import Denied, lapse_stage, permission
from nurture.core.sequence import Intent
from nurture.value import frozen

_LISTED = 50
_ADVICE = """
From that day on their mails are held. What to do: ask them before then whether you may go on
writing (the question is a mail like any other), and write their yes down; or write down what
happened since:
  nurture contacts set EMAIL consent_basis=express consent_since=DAY consent_evidence=TEXT
"""


@frozen
class _End:
    """The day until which a permission holds, why it did, and what to remember of this warning."""

    until: date
    why: str
    mark: str


_Line = tuple[date, str, str]
"""The day until which somebody may be written to, their address, and the words about them."""


async def warn_permission(account: Account, permits: ports.Permits, clock: ports.Clock) -> None:
    """One alert for everybody who came within 60 or 30 days, each person once for each.

    Only those are spoken of who are under way for this account.
    """
    today = local_day(clock.now(), account.owner.zone)
    marks: dict[int, str] = {}
    days: set[date] = set()
    listed: list[_Line] = []
    stretch = await permits.next_stretch(account.name)
    while stretch:
        if ends := _ends(stretch, today):
            found = await permits.standing_on(account.name, stretch, ends)
            told = [(contact, ends[ground]) for contact, ground in found]
            marks |= {contact.id: end.mark for contact, end in told}
            days |= {end.until for _, end in told}
            listed = nsmallest(_LISTED, (*listed, *(_line(*each) for each in told)))
        clock.now()
        stretch = await permits.next_stretch(account.name, stretch.upto)
    if not marks:
        return
    who = "one person" if len(marks) == 1 else f"{len(marks)} people"
    left = (max(days) - today).days
    subject = f"your permission to write to {who} ends within {left} days"
    text = _text(listed, more=len(marks) - len(listed))
    await permits.warn(account.name, subject, text, clock.now(), marks)


def _ends(stretch: ports.Stretch, today: date) -> dict[str, _End]:
    """The grounds that end soon, and of whose end their people were not told yet."""
    ends = ((ground, _end(ground.anybody, today)) for ground in stretch.grounds)
    return {ground.name: end for ground, end in ends if end and end.mark != ground.mark}


def _end(anybody: Contact, today: date) -> _End | None:
    allowed = permission(anybody, Intent.GIVE, today)
    stage = lapse_stage(allowed.until, today)
    if isinstance(allowed, Denied) or allowed.until is None or stage is None:
        return None
    return _End(allowed.until, allowed.why, f"{allowed.until}/{stage}")


def _line(contact: Contact, end: _End) -> _Line:
    words = f"{end.until}  {contact.name} <{contact.address}>: {end.why}"
    return end.until, contact.address, words


def _text(listed: list[_Line], more: int) -> str:
    lines = [words for _, _, words in listed]
    if more:
        lines.append(f"and {more} more")
    return "\n".join(lines) + "\n" + _ADVICE
