"""Read receipts: displayed, or deleted unread (RFC 8098)."""

import re
from typing import Final

from nurture.core.verdict import Evidence, Meaning, Weight
from nurture.mail.phrase import by_language, fold
from nurture.mail.read.heard import Heard

_DISPOSITION: Final = re.compile(r"^disposition:[^\n]{0,200}", re.IGNORECASE | re.MULTILINE)
_WORDS_LIMIT: Final = 60
_CHARS_LIMIT: Final = 1000


def detect(heard: Heard) -> Evidence | None:
    """A disposition part is certain; a receipt in words needs its subject and its sentence."""
    inbound = heard.inbound
    if inbound.disposition or inbound.report_type == "disposition-notification":
        match = _DISPOSITION.search(inbound.disposition)
        return _certain(match[0] if match else "report-type=disposition-notification")
    groups = by_language("nurture.signals")
    subject = groups["receipt_subject"].opens(heard.subject)
    # Outlook repeats the mail's own headers in the receipt, which the quote cutter takes away.
    told = fold(inbound.plain) if subject and len(inbound.plain) < _CHARS_LIMIT else heard.body
    words = groups["receipt"].find(told) if len(told.split()) <= _WORDS_LIMIT else ""
    return _certain(f"{subject} ... {words}") if subject and words else None


def _certain(quote: str) -> Evidence:
    return Evidence("read_receipt", Meaning.READ_RECEIPT, Weight.CERTAIN, quote, True)
