"""Notices that the person has left, retired, or changed address, with the successor named."""

import re
from typing import Final

from nurture.core.verdict import Evidence, Meaning, Weight
from nurture.mail.phrase import by_language, fold
from nurture.mail.read.heard import Heard

_WORDS_LIMIT: Final = 200
_LEAST_NAME: Final = 3
_SENTENCE: Final = re.compile(r"(?<=[.!?;])\s|\n")
_FIRST_PERSON: Final = re.compile(r"\b(?:i|i'm|i've|my|ich|mein\w*|je|j'ai|yo|io|eu|ik|jag|jeg)\b")


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
        proves_machine=_is_of_the_sender(heard, words),
    )


def _is_of_the_sender(heard: Heard, words: str) -> bool:
    """Whether the mail tells of its own sender as of somebody else: no person does."""
    if heard.written.quoted or "?" in heard.body:
        return False
    sentence = next((each for each in _SENTENCE.split(heard.body) if words in each), "")
    name = fold(heard.inbound.sender_name).split()
    named = bool(name) and len(name[-1]) >= _LEAST_NAME and name[-1] in sentence.split()
    formula = by_language("nurture.signals")["responder"].find(sentence)
    return (named or "trying to" in formula) and not _FIRST_PERSON.search(sentence)
