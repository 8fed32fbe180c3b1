"""Not now, but another time: the day somebody asks to be written to again."""

from nurture.core.verdict import Evidence, Trait, Weight
from nurture.mail.phrase import by_language
from nurture.mail.read.heard import Heard
from nurture.mail.words.written_date import find_later

_WORDS_LIMIT = 200


def detect(heard: Heard) -> Evidence | None:
    """A proposal of a date for the owner; no meaning of its own, a person wrote it."""
    words = by_language("nurture.signals")["later"].find(heard.body)
    if not words or heard.word_count > _WORDS_LIMIT:
        return None
    today = heard.today
    found = find_later(heard.written.body, today=today) if today else None
    return Evidence(
        signal="later",
        meaning=None,
        weight=Weight.LIKELY,
        quote=found.quote if found else words,
        later=found.day if found else None,
        traits=frozenset({Trait.LATER}),
    )
