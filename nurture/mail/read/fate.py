"""What a failure says about the address: gone for good, or only this time."""

import re
from enum import StrEnum
from typing import Final

from nurture.mail.phrase import fold, phrases


class Fate(StrEnum):
    """What became of one recipient of one message."""

    HARD = "hard"
    SOFT = "soft"
    DELAYED = "delayed"
    DELIVERED = "delivered"


# An enhanced status code (RFC 3463): not a piece of an IP address, a version or a date.
_STATUS: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
# SMTP replies without enhanced codes (RFC 5321 section 4.2.3).
_REPLY: Final = re.compile(r"(?<![\d.:/-])(4[25]\d|5[05]\d)(?![\d.:/])(?=[ -])")

_ACTIONS: Final = {
    "delayed": Fate.DELAYED,
    "delivered": Fate.DELIVERED,
    "relayed": Fate.DELIVERED,
    "expanded": Fate.DELIVERED,
}
# RFC 3463 section 3.2 and 3.3, Microsoft's 5.1.10 and 5.4.310, by subject.detail (domain.md P22).
_ADDRESS: Final = frozenset({"1.1", "1.2", "1.3", "1.4", "1.6", "1.10", "2.1", "4.310", "0.310"})
_PASSING: Final = frozenset({"2.2", "2.3", "3.1", "3.4", "4.7", "1.7", "1.8", "7.26", "7.515"})
_REPLIES: Final = {"550": Fate.HARD, "551": Fate.HARD, "553": Fate.HARD,
                   "552": Fate.SOFT, "554": Fate.SOFT}  # fmt: skip


def status_in(text: str) -> str:
    """The most telling enhanced status code in a text, `""` where there is none.

    A code with a detail (5.1.1) goes before one without (5.0.0).
    """
    found = _STATUS.findall(text)
    return next((code for code in found if not code.endswith(".0.0")), next(iter(found), ""))


def fate_of(action: str, status: str, diagnostic: str) -> Fate:
    """Reads one recipient's outcome: the action first (RFC 3464 section 2.3.3), then the words.

    A final failure counts against the address only when code or words name the address;
    full mailboxes, policy, size and our own limits never do (domain.md P20 to P24).
    """
    told = _ACTIONS.get(action.strip().lower())
    if told is not None:
        return told
    said = status_in(diagnostic)
    for code in (said, status):
        detail = code.partition(".")[2]
        if detail in _PASSING:
            return Fate.SOFT
        if detail in _ADDRESS and code.startswith("5"):
            return Fate.HARD
    worded = _by_words(diagnostic)
    if worded is not None:
        return worded
    return _by_class(status or said, diagnostic)


def _by_words(diagnostic: str) -> Fate | None:
    groups = phrases("nurture.mail.read", "delivery")
    folded = fold(diagnostic)
    for group, fate in (("address_surely", Fate.HARD), ("passing_surely", Fate.SOFT),
                        ("address", Fate.HARD), ("passing", Fate.SOFT)):  # fmt: skip
        if groups[group].find(folded):
            return fate
    return None


def _by_class(status: str, diagnostic: str) -> Fate:
    reply = _REPLY.search(diagnostic)
    if status.startswith("5.0") or not status:
        by_reply = _REPLIES.get(reply[1]) if reply else None
        return by_reply or (Fate.HARD if status else Fate.SOFT)
    return Fate.HARD if status.startswith("5.1") else Fate.SOFT
