"""The day that a mail promises for a step of the owner's behind it: "I will call you on ..."."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from nurture.core.account.workday import Workdays
from nurture.core.calendar import Unit, Wait, local_day
from nurture.core.sequence import Sequence, Step
from nurture.core.situation import Situation
from nurture.core.touch import Touch

_MONTHS: Final = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
_DAYS: Final = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
}
_WRITTEN: Final = {
    "en": "{weekday} {day} {month}",
    "de": "{weekday}, den {day}. {month}",
    "fr": "{weekday} {day} {month}",
}


def in_words(day: date, language: str) -> str:
    """The day as a letter names it, in English where the language is none of ours."""
    tongue = language if language in _WRITTEN else "en"
    number = "1er" if tongue == "fr" and day.day == 1 else day.day
    return _WRITTEN[tongue].format(
        weekday=_DAYS[tongue].split()[day.weekday()],
        day=number,
        month=_MONTHS[tongue].split()[day.month - 1],
    )


def promised_step(sequence: Sequence, mail: Step | None) -> Step | None:
    """The step of the owner's that this mail promises a day for, if any."""
    name = getattr(mail, "promises", "")
    return sequence.step(name) if name else None


def promised_day(situation: Situation, mail: Step, said_at: datetime) -> date | None:
    """The day for which a mail that left then promises the step behind it; None for no promise.

    It counts the waits between the two, then what the step has `within`, and is a working day
    for the owner and for the contact.
    """
    target = promised_step(situation.sequence, mail)
    within = getattr(target, "within", None)
    if target is None or not isinstance(within, Wait):
        return None
    owner = situation.account.owner
    at = said_at
    for wait in _waits(situation.sequence, mail, target):
        at = wait.after(at, situation.zones[0], situation.contact.country)
    workdays = Workdays.of(owner, situation.calendar, situation.contact)
    if within.unit is Unit.BUSINESS_DAYS:
        return workdays.after(local_day(at, owner.zone), within.count)
    return workdays.from_day(local_day(within.after(at, owner.zone), owner.zone))


def day_promised_before(
    situation: Situation, thread: Iterable[Touch], reached: Iterable[object]
) -> date | None:
    """The day that a mail of this walk has promised for the step where it stands."""
    states, here = frozenset(reached), situation.enrollment.position
    for touch in thread:
        mail = situation.sequence.step(touch.step)
        is_it = mail is not None and getattr(mail, "promises", "") == here
        if mail is not None and is_it and touch.state in states:
            return promised_day(situation, mail, touch.sent_at or touch.begun_at)
    return None


def promise_values(situation: Situation) -> dict[str, str]:
    """What `promise` has in the mail of this step; empty, and so a hole, where none can be kept.

    None can where the promised step is not for this person: a call needs a number.
    """
    contact, mail = situation.contact, situation.step
    target = promised_step(situation.sequence, mail)
    if mail is None or target is None:
        return {"date": ""}
    if target.when and not target.when.holds(contact, situation.facts):
        return {"date": ""}
    day = promised_day(situation, mail, situation.now)
    language = contact.language or situation.account.owner.language
    return {"date": in_words(day, language) if day else ""}


def _waits(sequence: Sequence, mail: Step, target: Step) -> Iterable[Wait]:
    ids = [step.id for step in sequence.steps]
    between = sequence.steps[ids.index(mail.id) + 1 : ids.index(target.id)]
    found = (getattr(step, "wait", None) for step in between)
    return [each for each in found if isinstance(each, Wait)]
