"""Notices that the person has left, retired, or changed address, with the successor named."""

from nurture.core.verdict import Evidence, Meaning, Weight
from nurture.mail.heard import Heard
from nurture.mail.phrase import by_language

_WORDS_LIMIT = 200


def detect(heard: Heard) -> Evidence | None:
    """Words of departure in the new text; the first other address is the proposal (domain.md D13).

    No proof of a machine: a colleague who takes over writes the same words.
    """
    groups = by_language("nurture.signals")
    words = groups["left"].find(heard.text) or groups["left"].find(heard.subject)
    if not words or heard.word_count > _WORDS_LIMIT:
        return None
    named = heard.named_addresses()
    return Evidence(
        signal="left_company",
        meaning=Meaning.LEFT_COMPANY,
        weight=Weight.LIKELY,
        quote=words,
        new_contact=named[0] if named else "",
    )
