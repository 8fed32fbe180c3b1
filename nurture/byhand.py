"""Which waiting mail the owner has sent by hand, told by the marks that it still bears; pure."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from nurture import ports
from nurture.mail.read.inbound import Inbound
from nurture.mail.read.trace import first_ids
from nurture.mail.thread import bare_subject
from nurture.mail.tokens import token_in

_ENOUGH = 2  # of the three marks
_WORD = re.compile(r"\w+")
_CLOCKS_DIFFER = timedelta(hours=1)


def ids_of(inbound: Inbound) -> tuple[str, ...]:
    """Every id that it bears, the one it went out under first."""
    return tuple(dict.fromkeys(filter(None, (inbound.message_id, *first_ids(inbound)))))


def sent_as(
    inbound: Inbound, written: str, at: datetime, drafts: Sequence[ports.Draft], key: bytes
) -> ports.Draft | None:
    """The draft that this mail of `at` was; None for what the owner wrote besides.

    It bears the draft's Message-ID, or went to the same person after the draft was made and shows
    two of three marks: the copy's subject without reply prefixes, our Reply-To with their token, at
    least half of the copy's pairs of words in what was `written`, without quotations.  Programs
    give a new id to what they send, and owners change what they read; a letter of their own shows
    one mark at most.
    """
    ids = ids_of(inbound)
    for draft in drafts:
        if draft.sheet.message_id in ids:
            return draft
    recipients = {*inbound.recipients}
    theirs = [
        (_marks(inbound, written, draft, key), draft)
        for draft in drafts
        if draft.sheet.recipient.address in recipients and at >= draft.made_at - _CLOCKS_DIFFER
    ]
    most, best = max(theirs, key=lambda each: each[0], default=(0.0, None))
    return best if most >= _ENOUGH else None


def _marks(inbound: Inbound, written: str, draft: ports.Draft, key: bytes) -> float:
    """How many of the marks it shows, and behind the point how much of the words."""
    if draft.copy is None:
        return 0
    share = _share(draft.copy.text, written)
    subject = bare_subject(draft.copy.subject)
    marks = (
        bool(subject) and bare_subject(inbound.subject) == subject,
        token_in([inbound.reply_to], key) == str(draft.contact_id),
        share >= 1 / 2,
    )
    return sum(marks) + share / 2


def _share(of: str, among: str) -> float:
    wanted, found = _pairs(of), _pairs(among)
    return len(wanted & found) / len(wanted) if wanted else 0.0


def _pairs(text: str) -> set[tuple[str, str]]:
    """Neighbouring words: two letters of one hand have their words in common, not these."""
    words = [word.casefold() for word in _WORD.findall(text)]
    return set(pairwise(["", *words]))
