"""Thanks in a short answer."""

from nurture.core.verdict import Evidence, Trait, Weight
from nurture.mail.phrase import by_language
from nurture.mail.read.heard import Heard

_WORDS_LIMIT = 60


def detect(heard: Heard) -> Evidence | None:
    """Words of thanks; a trait for the owner's card, without meaning of its own."""
    words = by_language("nurture.signals")["thanks"].find(heard.body)
    if not words or heard.word_count > _WORDS_LIMIT:
        return None
    return Evidence("thanks", None, Weight.HINT, words, traits=frozenset({Trait.THANKS}))
