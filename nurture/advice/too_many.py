"""More touches than the limits of a month and of a year let through (domain.md E6, E7)."""

from datetime import timedelta

from nurture.advice import Advice, Case, Said, is_noticed_once, is_touch
from nurture.core.calendar import Unit, Wait
from nurture.core.calendar.on import YEARLY, On, OwnDateOn
from nurture.definition.course import moments

_MONTH, _YEAR = timedelta(days=30), timedelta(days=365)
_PER_YEAR = {Unit.WEEKS: 52.0, Unit.MONTHS: 12.0, Unit.YEARS: 1.0}


def _crowds(case: Case) -> Said:
    sequence, limits = case.definition.sequence, case.limits
    ordered = tuple(sequence.steps)
    yearly = sum(_times_a_year(each.on) for each in sequence.occasions if is_touch(each.step))
    for stretch, most, beside, name in (
        (_MONTH, limits.per_contact_month, 0.0, "30 days"),
        (_YEAR, limits.per_contact_year, yearly, "a year"),
    ):
        count, last = _most_within(stretch, moments(ordered, is_noticed_once(ordered)))
        if count + beside > most:
            words = (
                f"{count + beside:.0f} touches within {name}, and {most} are allowed: the rest"
                " will go later; leave some out"
            )
            yield case.said(words, last or sequence.all_steps[-1].id)


def _most_within(stretch: timedelta, found: list[tuple[timedelta, str]]) -> tuple[int, str]:
    """How many touches at most lie in one stretch, and the id of the last one of those."""
    best, last = 0, ""
    for place, (begins, _) in enumerate(found):
        inside = [name for at, name in found[place:] if at - begins < stretch]
        if len(inside) > best:
            best, last = len(inside), inside[-1]
    return best, last


def _times_a_year(on: On) -> float:
    if not isinstance(on, OwnDateOn) or on.every == YEARLY:
        return 1.0
    every: Wait | None = on.every
    return _PER_YEAR.get(every.unit, 1.0) / every.count if every else 0.0


ADVICE = Advice(
    "N209",
    "too many touches",
    "Too many mails is the first reason why people leave.",
    of_sequence=_crowds,
)
