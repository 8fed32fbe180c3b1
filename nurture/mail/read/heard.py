"""A mail as its reader hears it: the bytes' meaning beside what its sender wrote himself."""

import re
from datetime import date
from typing import Final

from nurture.mail.phrase import fold
from nurture.mail.read.inbound import Inbound
from nurture.mail.words.quoting import Written, visible
from nurture.value import frozen

_ADDRESS: Final = re.compile(
    r"(?<![\w.@+-])[a-z0-9][\w.+'-]{0,63}@[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){1,5}",
    re.IGNORECASE,
)
_TICKET: Final = re.compile(
    r"^(?:\[[^\]]{1,60}\]|[a-z]{2,10}-\d{1,7}|#\d{1,12})\s{0,3}[:-]?\s{0,3}"
)
_REPLY: Final = re.compile(
    r"^(?:re|aw|sv|vs|antw|odp|ynt|fwd?|wg|tr|rv|i|r|res|enc|ref|bls|balas|回复|回覆|答复|转发|رد|תשובה)"
    r"\s?(?:\[\d{1,3}\]|\(\d{1,3}\))?\s?[:：]\s{0,3}"
)


@frozen
class Heard:
    """An Inbound with the words that count; `body`, `text` and `subject` are folded for search.

    `body` is what the sender wrote without quotes and signature, `text` keeps the signature.
    `today` is the day relative dates are counted from, None where nobody knows it.
    `answers_us` tells that the mail was already matched to something we sent.
    """

    inbound: Inbound
    written: Written
    today: date | None
    answers_us: bool
    body: str
    text: str
    subject: str

    @classmethod
    def of(cls, inbound: Inbound, *, today: date | None, answers_us: bool = False) -> "Heard":
        """Cuts quotes and signature away and folds what is left."""
        written = visible(inbound.plain, inbound.html)
        return cls(
            inbound=inbound,
            written=written,
            today=today,
            answers_us=answers_us,
            body=fold(written.body),
            text=fold(written.text),
            subject=fold(inbound.subject),
        )

    @property
    def is_answer(self) -> bool:
        """Whether the mail claims to answer another one."""
        return self.answers_us or bool(self.inbound.in_reply_to or self.inbound.references)

    @property
    def is_reply_subject(self) -> bool:
        """Whether the subject begins as replies and forwards do."""
        return bool(_REPLY.match(self.subject))

    @property
    def opening(self) -> str:
        """The subject without a ticket tag in front of it."""
        return _TICKET.sub("", self.subject, count=1)

    @property
    def word_count(self) -> int:
        """Words in the body, as far as blanks tell."""
        return len(self.body.split())

    def named_addresses(self) -> tuple[str, ...]:
        """Addresses of others in what was written: neither the sender's nor ours, in order."""
        own = {self.inbound.sender, self.inbound.reply_to, *self.inbound.to, *self.inbound.cc}
        found = (each.lower().rstrip(".'-") for each in _ADDRESS.findall(self.written.text[:16384]))
        return tuple(dict.fromkeys(each for each in found if each not in own))[:20]
