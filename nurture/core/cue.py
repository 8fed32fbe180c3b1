"""A reason to get in touch with somebody, as one notes it on the back of their card."""

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from nurture.core.calendar import Unit, Wait, add_business_days, stretch_of
from nurture.core.contact import Contact
from nurture.core.task import Channel, Task, own_task
from nurture.value import frozen

_LONGEST_TITLE: Final = 90
_FIRST_WORDS: Final = {
    Channel.CALL: ("call", "ring", "phone", "anrufen", "ruf", "telefon", "appeler", "rappeler"),
    Channel.VISIT: ("visit", "see", "drop", "besuch", "vorbei", "visiter", "passer"),
    Channel.LETTER: ("letter", "card", "brief", "karte", "lettre", "carte"),
    Channel.GIFT: ("gift", "present", "geschenk", "cadeau"),
}


@frozen
class Cue:
    """What to say and why, in the owner's words; `on` the next day it comes round, in their zone.

    With a `sequence` that begins on the day, or at once where there is none; else a day makes it a
    task.  With neither it is there for templates alone, as `note`.  `every` is how long after a
    day it comes again.
    """

    id: int
    contact_id: int
    account: str
    text: str
    created_at: datetime
    on: date | None = None
    every: Wait | None = None
    sequence: str = ""
    channel: Channel = Channel.TASK

    def after(self, today: date) -> date | None:
        """Its next day behind today; None where it does not come again."""
        if self.every is None or self.on is None:
            return None
        day = self.on
        while day <= today:
            day = later(day, self.every)
        return day


def later(day: date, wait: Wait) -> date:
    """The day so much later; hours are no part of a calendar's day."""
    if wait.unit is Unit.BUSINESS_DAYS:
        return add_business_days(day, wait.count)
    return day + stretch_of(wait)


def channel_of(text: str) -> Channel:
    """What the first words of a note ask for: a call, a visit, a letter, a gift, or anything."""
    first = text.casefold().split()[:2]
    for channel, words in _FIRST_WORDS.items():
        if any(said.startswith(word) for said in first for word in words):
            return channel
    return Channel.TASK


def task_of_cue(cue: Cue, contact: Contact, due_on: date, now: datetime, why: str = "") -> Task:
    """The task that a note becomes on its day."""
    first = cue.text.partition("\n")[0]
    short = len(first) <= _LONGEST_TITLE
    title = first if short else f"{first[: _LONGEST_TITLE - 1].rstrip()}\u2026"
    task = own_task(contact, cue.account, title, due_on, now)
    noted = f"you noted it on {cue.created_at:%d %b %Y}"
    return replace(
        task, text=cue.text, channel=cue.channel, why=f"{noted}; {why}" if why else noted
    )
