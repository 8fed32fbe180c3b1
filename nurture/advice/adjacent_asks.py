"""Two asks one behind the other (domain.md E8)."""

from nurture.advice import Advice, Case, Said, are_for_others, is_touch
from nurture.core.sequence import Intent
from nurture.definition.course import next_ones


def _asks_twice(case: Case) -> Said:
    steps = tuple(case.definition.sequence.steps)
    for before, after, _ in next_ones(steps, is_touch):
        asks = getattr(before, "intent", None) is getattr(after, "intent", None) is Intent.ASK
        if asks and not are_for_others(before, after):
            words = f"asks again right behind {before.id!r}: give something in between"
            yield case.said(words, after.id, "intent")


ADVICE = Advice(
    "N207",
    "two asks in a row",
    "Who did not answer one question is not won by a second.",
    of_sequence=_asks_twice,
)
