"""Asking more than one gives (domain.md E8)."""

from nurture.advice import Advice, Case, Said, is_noticed_once
from nurture.core.sequence import Intent

_GIVES_PER_ASK = 3


def _asks_too_much(case: Case) -> Said:
    every = case.definition.sequence.all_steps
    steps = [*filter(is_noticed_once(every), every)]
    intents = [getattr(step, "intent", Intent.GIVE) for step in steps]
    gives, asks = intents.count(Intent.GIVE), intents.count(Intent.ASK)
    if gives >= _GIVES_PER_ASK * asks:
        return
    first = next(step for step in steps if getattr(step, "intent", None) is Intent.ASK)
    words = f"gives: {gives}, asks: {asks}; give {_GIVES_PER_ASK} times before you ask once"
    yield case.said(words, first.id, "intent")


ADVICE = Advice(
    "N206",
    "more asks than gives allow",
    "People stay with those who are of use; three to one is a rule of thumb.",
    of_sequence=_asks_too_much,
)
