"""Thanks in a short answer, and answers that are nothing else."""

import re
from functools import cache

from nurture.core.verdict import Evidence, Trait, Weight
from nurture.mail.phrase import by_language, fold
from nurture.mail.read.heard import Heard

_WORDS_LIMIT = 60
_PLAIN_LIMIT = 25
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_ASKS = re.compile(r"[?\d]|https?:|www\.")


def detect(heard: Heard) -> Evidence | None:
    """Words of thanks; a trait for the owner's card, without meaning of its own."""
    words = by_language("nurture.signals")["thanks"].find(heard.body)
    if not words or heard.word_count > _WORDS_LIMIT:
        return None
    traits = {Trait.THANKS, Trait.ONLY_THANKS} if _is_plain(heard) else {Trait.THANKS}
    return Evidence("thanks", None, Weight.HINT, words, traits=frozenset(traits))


def _is_plain(heard: Heard) -> bool:
    """Whether every word is one that asks for nothing, or somebody's name.

    A yes, a "perfect" or a figure may answer what the owner asked: those want a person.
    """
    if heard.word_count > _PLAIN_LIMIT or _ASKS.search(heard.body) or heard.inbound.attachments:
        return False
    inbound = heard.inbound
    people = (inbound.sender_name, inbound.sender, *inbound.to, *inbound.cc)
    names = {name for each in people for name in _WORD.findall(fold(each))}
    return set(_WORD.findall(heard.body)) <= names | _harmless()


@cache
def _harmless() -> frozenset[str]:
    return frozenset(each.words for each in by_language("nurture.signals")["beside_thanks"])
