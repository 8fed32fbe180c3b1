"""Signs of a person: a thread that goes on, a question asked."""

import re
from typing import Final

from nurture.core.verdict import Evidence, Meaning, Weight
from nurture.mail.read.heard import Heard

_LINK: Final = re.compile(r"https?://\S{1,2000}")
_WORDS_LIMIT: Final = 150


def detect(heard: Heard) -> Evidence | None:
    """A question typed in a thread is a likely sign, a thread alone a hint (domain.md D17)."""
    if not heard.is_answer:
        return None
    asked = next((line for line in _LINK.sub("", heard.body).splitlines() if "?" in line), "")
    if asked and heard.word_count <= _WORDS_LIMIT:
        return Evidence("person", Meaning.HUMAN_REPLY, Weight.LIKELY, asked[:200])
    answered = (*heard.inbound.in_reply_to, *heard.inbound.references, "a message of ours")
    return Evidence("person", Meaning.HUMAN_REPLY, Weight.HINT, f"answers {answered[0]}"[:200])
