"""Complaints: feedback reports (RFC 5965), their look-alikes, and angry words."""

import re
from typing import Final

from nurture.core.verdict import Evidence, Meaning, Weight
from nurture.mail.phrase import by_language
from nurture.mail.read.heard import Heard

_WORDS_LIMIT: Final = 150
# Feedback loops that send the message back without a report part (Hotmail's JMRP and the like).
_LOOP_SENDER: Final = re.compile(
    r"^(?:staff@hotmail\.|scomp@aol\.|feedback(?:loop)?@|fbl[-+@]|abuse@|abuse-?reports?@|complaints?@|arf@)"
)
_RETURNED: Final = frozenset({"x-hmxmroriginalrecipient", "x-reporter-ip"})
_TYPE: Final = re.compile(r"^feedback-type:\s*([\w-]{1,40})", re.IGNORECASE | re.MULTILINE)


def detect(heard: Heard) -> Evidence | None:
    """A feedback report is certain (domain.md P4, D4); words of complaint are likely."""
    return _report(heard) or _look_alike(heard) or _words(heard)


def _report(heard: Heard) -> Evidence | None:
    inbound = heard.inbound
    if not inbound.feedback and inbound.report_type != "feedback-report":
        return None
    kind = _TYPE.search(inbound.feedback)
    # RFC 6591: authentication failures are about our own set-up, nobody complained.
    if kind and kind[1].lower() in {"auth-failure", "dmarc", "not-spam"}:
        return Evidence("complaint", Meaning.UNRELATED, Weight.CERTAIN, kind[0], True)
    return _certain(f"feedback report, {kind[0] if kind else inbound.report_type}")


def _look_alike(heard: Heard) -> Evidence | None:
    inbound = heard.inbound
    words = by_language("nurture.signals")["complaint_report"]
    said = words.find(heard.subject) or words.find(heard.body[:600])
    returned = any(key in _RETURNED for part in inbound.originals for key, _ in part.fields)
    from_loop = bool(_LOOP_SENDER.match(inbound.sender))
    if returned and inbound.originals and (said or from_loop):
        return _certain(said or inbound.sender)
    if from_loop and said and not heard.is_answer:
        return _certain(said)
    if inbound.header("x-spamcop-sourceip") is not None or heard.subject.startswith("[spamcop ("):
        return _certain(f"SpamCop: {inbound.subject[:100]}")
    return None


def _words(heard: Heard) -> Evidence | None:
    if heard.word_count > _WORDS_LIMIT:
        return None
    words = by_language("nurture.signals")["complaint"].find(heard.body)
    return Evidence("complaint", Meaning.COMPLAINT, Weight.LIKELY, words) if words else None


def _certain(quote: str) -> Evidence:
    return Evidence("complaint", Meaning.COMPLAINT, Weight.CERTAIN, quote, proves_machine=True)
