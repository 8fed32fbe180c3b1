"""Somebody else is named to write to."""

from nurture.core.verdict import Evidence, Trait, Weight
from nurture.mail.phrase import by_language
from nurture.mail.read.heard import Heard

_WORDS_LIMIT = 200


def detect(heard: Heard) -> Evidence | None:
    """Words of referral, with the other address where one is named: a proposal, never a target."""
    words = by_language("nurture.signals")["referral"].find(heard.body)
    if not words or heard.word_count > _WORDS_LIMIT:
        return None
    named = heard.named_addresses()
    return Evidence(
        signal="referral",
        meaning=None,
        weight=Weight.HINT,
        quote=words,
        new_contact=named[0] if named else "",
        traits=frozenset({Trait.REFERRAL}),
    )
