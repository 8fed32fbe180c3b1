"""Challenge-response of spam guards: the mail waits until its writer proves to be a person."""

from nurture.core.verdict import Evidence, Meaning, Weight
from nurture.mail.phrase import by_language
from nurture.mail.read.heard import Heard

_WORDS_LIMIT = 150
_CUES_IN_THREAD = 3


def detect(heard: Heard) -> Evidence | None:
    """Two cues of one language: the mail is held, and something must be clicked or answered.

    They prove a machine (domain.md D14); inside a thread, where people talk of filters and links
    too, only three of them do.
    """
    groups = by_language("nurture.signals")
    text = heard.subject + "\n" + heard.text
    held = groups["held"].languages(text)
    prove = groups["prove"].languages(text)
    both = next((language for language in held if language in prove), "")
    if not both or heard.word_count > _WORDS_LIMIT:
        return None
    cues = len(groups["held"].several(text, 3)) + len(groups["prove"].several(text, 3))
    return Evidence(
        "challenge",
        Meaning.CHALLENGE,
        Weight.LIKELY,
        f"{held[both]} ... {prove[both]}",
        proves_machine=not heard.is_answer or cues >= _CUES_IN_THREAD,
    )
