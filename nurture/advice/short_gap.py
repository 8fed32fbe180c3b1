"""Touches that follow one another faster than the limits allow (domain.md E7)."""

from nurture.advice import Advice, Case, Said, are_for_others, is_touch
from nurture.definition.course import next_ones


def _hurries(case: Case) -> Said:
    gap = case.limits.contact_gap
    for before, after, pause in next_ones(tuple(case.definition.sequence.steps), is_touch):
        if pause < gap and not are_for_others(before, after):
            words = (
                f"{pause.days} days behind {before.id!r}, and {gap.days} must lie between two"
                " touches: it will go later; write the wait that you mean"
            )
            yield case.said(words, after.id)


ADVICE = Advice(
    "N208",
    "a gap under the cap",
    "The limits of the account hold every touch back until the gap is over.",
    of_sequence=_hurries,
)
