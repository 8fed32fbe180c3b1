"""Invitations and the answers to them (RFC 5546, RFC 6047)."""

import re
from typing import Final

from nurture.core.verdict import Evidence, Meaning, Weight
from nurture.mail.phrase import by_language
from nurture.mail.read.heard import Heard

_METHOD: Final = re.compile(
    r"^METHOD:\s?(REPLY|REQUEST|CANCEL|COUNTER|DECLINECOUNTER|REFRESH|PUBLISH|ADD)",
    re.IGNORECASE | re.MULTILINE,
)
_PARTSTAT: Final = re.compile(r"PARTSTAT=([A-Za-z-]{1,20})")
_TYPED_WORDS: Final = 25


def detect(heard: Heard) -> Evidence | None:
    """A calendar part with a method; words typed beside it keep it from being certain."""
    method = _METHOD.search(heard.inbound.calendar)
    if method is None:
        return None
    status = _PARTSTAT.search(heard.inbound.calendar) if method[1].upper() == "REPLY" else None
    quote = method[0] + (f", {status[0]}" if status else "")
    subject = by_language("nurture.signals")["calendar_subject"].opens(heard.subject)
    typed = heard.word_count > _TYPED_WORDS and "?" in heard.body and not subject
    if typed and method[1].upper() == "REPLY":
        return Evidence("calendar", Meaning.CALENDAR, Weight.HINT, quote)
    return Evidence("calendar", Meaning.CALENDAR, Weight.CERTAIN, quote, proves_machine=True)
