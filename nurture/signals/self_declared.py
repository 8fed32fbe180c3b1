"""A mail that says in its subject or its words that nobody typed it."""

import re
from typing import Final

from nurture.core.verdict import Evidence, Weight
from nurture.mail.phrase import by_language
from nurture.mail.read.heard import Heard

_DOMINO: Final = re.compile(
    r"\bis out of (?:the )?office\b|\bist ausser haus\b|\(returning\b|\(ruckkehr\b"
)


def detect(heard: Heard) -> Evidence | None:
    """A responder's subject prefix in front of everything (domain.md D9), or the words themselves.

    "Re: Automatic reply: ..." is a person answering an automatic reply.
    """
    groups = by_language("nurture.signals")
    subject = groups["auto_subject"].opens(heard.opening) or groups["auto_subject"].opens(
        heard.subject
    )
    if subject and not heard.is_reply_subject:
        return Evidence("self_declared", None, Weight.CERTAIN, f"Subject: {subject}", True)
    domino = _DOMINO.search(heard.subject)
    if domino and not heard.is_reply_subject:
        return Evidence("self_declared", None, Weight.CERTAIN, f"Subject: {domino[0]}", True)
    words = groups["automatic"].find(heard.text)
    if words:
        return Evidence("self_declared", None, Weight.CERTAIN, words, True)
    words = groups["noreply"].find(heard.text)
    weight = Weight.HINT if heard.is_answer and heard.is_reply_subject else Weight.LIKELY
    return Evidence("self_declared", None, weight, words, True) if words else None
