"""Requests to erase personal data (GDPR article 17 and its like)."""

from nurture.core.verdict import Evidence, Meaning, Trait, Weight
from nurture.mail.phrase import by_language
from nurture.mail.read.heard import Heard

_WORDS_LIMIT = 200


def detect(heard: Heard) -> Evidence | None:
    """Erasure words in the new text: an opt-out too, and a privacy task (domain.md D16)."""
    if heard.word_count > _WORDS_LIMIT:
        return None
    words = by_language("nurture.signals")["erasure"].find(heard.body)
    if not words:
        return None
    return Evidence(
        "erasure", Meaning.UNSUBSCRIBE, Weight.LIKELY, words, traits=frozenset({Trait.ERASURE})
    )
