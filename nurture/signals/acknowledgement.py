"""Acknowledgements of ticket systems, contact forms and front desks (domain.md D14)."""

import re
from typing import Final

from nurture.core.verdict import Evidence, Meaning, Weight
from nurture.mail.phrase import by_language
from nurture.mail.read.heard import Heard

_TICKET: Final = re.compile(
    r"\[[^\]]{0,40}#\s?\d{2,20}\]|\[(?:ticket|case|request|anfrage)[^\]]{0,40}\]|"
    r"\b(?:ticket|case|vorgang|incident|sr)\s?[#:]?\s?\d{3,20}\b|##-.{0,60}-##"
)


# "Please do not reply" and "do not reply to this" are two phrases of one order.
_ORDERS: Final = 2


def detect(heard: Heard) -> Evidence | None:
    """Words of receipt in body or subject.

    A proof only where the subject states the receipt, the body repeats it, and nothing is asked.
    """
    groups = by_language("nurture.signals")
    subject = groups["ack_subject"].opens(heard.subject) or _ticket(heard)
    words = groups["ack"].find(heard.body) or groups["ack"].find(heard.text)
    if heard.is_reply_subject and not _ticket(heard):
        subject = ""
    if not words and not subject:
        return None
    return Evidence(
        signal="acknowledgement",
        meaning=Meaning.AUTO_ACK,
        weight=Weight.LIKELY if words else Weight.HINT,
        quote=" ... ".join(each for each in (subject, words) if each),
        proves_machine=bool(words and "?" not in heard.body)
        and bool(_stated(heard) or _refuses_answers(heard)),
    )


def _stated(heard: Heard) -> str:
    """A subject of its own that states the receipt itself: nobody retitles an answer so."""
    if heard.is_reply_subject:
        return ""
    return by_language("nurture.signals")["ack_stated"].opens(heard.subject)


def _refuses_answers(heard: Heard) -> bool:
    """A plain order not to answer, above no quotation; "no need to reply" is a person's."""
    said = by_language("nurture.signals")["noreply"].several(heard.body, _ORDERS)
    return not heard.written.quoted and len(said) >= _ORDERS


def _ticket(heard: Heard) -> str:
    match = _TICKET.search(heard.subject)
    return match[0] if match else ""
