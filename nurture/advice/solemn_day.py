"""Days of mourning and remembrance, on which nobody is wished a happy day (domain.md E1)."""

from nurture.advice import Advice, Case, Said, Writing, spoken
from nurture.core.calendar.feast import feasts_called, sounds_solemn
from nurture.core.calendar.on import HolidayOn
from nurture.core.sequence import Intent


def _greets_on_solemn_days(case: Case) -> Said:
    for occasion in case.definition.sequence.occasions:
        on = occasion.on
        if not isinstance(on, HolidayOn) or on.shift or not _is_solemn(on.name):
            continue
        if getattr(occasion.step, "intent", None) is Intent.GREET:
            words = f"{on.name} is a solemn day, on which nobody is greeted: nothing will be sent"
            yield case.said(words, occasion.step.id, "on")


def _rejoices(writing: Writing) -> Said:
    for name in sorted(filter(_is_solemn, writing.holidays)):
        for phrase, place in spoken("joyful", writing):
            yield f"{phrase!r} on {name}, a solemn day: find quieter words", place


def _is_solemn(name: str) -> bool:
    return sounds_solemn(name) or any(feast.is_solemn for feast in feasts_called(name))


ADVICE = Advice(
    "N204",
    "a greeting on a solemn day",
    "Good Friday, Yom Kippur or a day of remembrance is no occasion for happy wishes.",
    of_sequence=_greets_on_solemn_days,
    of_text=_rejoices,
)
