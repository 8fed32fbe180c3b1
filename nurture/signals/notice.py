"""Notices that a program sends of its own accord: invoices, alerts, reports, parcel news."""

import re
from typing import Final

from nurture.core.verdict import Evidence, Meaning, Weight
from nurture.mail.phrase import by_language
from nurture.mail.read.daemon import refuses_answers
from nurture.mail.read.heard import Heard
from nurture.mail.read.inbound import Inbound

# RFC 3834 section 5: "auto-generated" is what answers nothing; Exchange says so of its answers too.
_GENERATED: Final = re.compile(r"auto-(?:generated|notified)\b", re.IGNORECASE)


def detect(heard: Heard) -> Evidence | None:
    """A machine's mail that answers nothing and opens as no responder does.

    Words of absence, of receipt or of a failure outrank it, for it says only what is left over.
    """
    if heard.is_answer or heard.is_reply_subject or _opens_as_responder(heard):
        return None
    mark = _mark(heard.inbound)
    if not mark:
        return None
    return Evidence("notice", Meaning.UNRELATED, Weight.LIKELY, mark[:200], proves_machine=True)


def _opens_as_responder(heard: Heard) -> bool:
    groups = by_language("nurture.signals")
    return any(groups[name].opens(heard.opening) for name in ("auto_subject", "away_subject"))


def _mark(inbound: Inbound) -> str:
    keyword = inbound.header("auto-submitted") or ""
    if _GENERATED.match(keyword.strip()):
        return f"Auto-Submitted: {keyword}"
    if inbound.header("x-cron-env") is not None:
        return "X-Cron-Env"
    return f"From: {inbound.sender}" if refuses_answers(inbound.sender) else ""
