"""What the end of a submission means for the touch, for the account and for the owner."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import assert_never

from nurture.core.account.pace import is_past_patience, retry_at
from nurture.core.account.tally import DAY
from nurture.core.calendar import spread
from nurture.core.contact import Contact
from nurture.core.decision import Advance
from nurture.core.touch import TouchMove
from nurture.core.verdict import FailedRecipient
from nurture.mail.delivery import (
    Accepted,
    Answer,
    Deferred,
    Delivery,
    Phase,
    Rejected,
    Scope,
    Unknown,
)
from nurture.mail.write.smtp_status import advice_on, classify, says_address_is_dead
from nurture.ports import Alert, Settlement
from nurture.value import frozen

_SHORT_REST = timedelta(minutes=30)
_LONG_REST = timedelta(hours=12)
_PERMANENT, _PASSING = 500, 450
_OPENING = (Phase.CONNECT, Phase.AUTH)
_OURS = (Scope.ACCOUNT, Scope.POLICY)

_THEIRS = (Scope.DOMAIN, Scope.POLICY)
_ACCEPTED, _REJECTED = TouchMove.ACCEPTED, TouchMove.REJECTED  # looked up once, not for each mail

NOT_TRIED = Deferred(Answer(Phase.CONNECT, 0, "not tried: the account falls silent"), Scope.ACCOUNT)
"""What becomes of a begun touch behind one that made the account rest: certainly not sent."""


@frozen
class Rest:
    """The account must fall silent until then; `is_alarming` when only a person can mend it."""

    until: datetime
    why: str
    is_alarming: bool
    advice: str = ""


class News(StrEnum):
    """What an answer says about the family of mailboxes that the recipient belongs to."""

    TROUBLE = auto()
    FINE = auto()
    NOTHING = auto()


def news_of(delivery: Delivery) -> News:
    """Whether the family deferred us or refused us by policy (domain.md P21, P23), or took part.

    A recipient that is refused for good was looked up by a server that talks to us.
    """
    match delivery:
        case Accepted() | Rejected(scope=Scope.RECIPIENT):
            return News.FINE
        case Deferred(scope=scope) | Rejected(scope=scope) if scope in _THEIRS:
            return News.TROUBLE
        case _:
            return News.NOTHING


def trouble_told_by(recipients: Iterable[FailedRecipient]) -> str:
    """The status by which a delivery report says that a family defers us or refuses us by policy.

    A submission server takes everything: what the family thinks of us comes by report, later.
    Only codes that need no words to be understood count; empty for none.
    """
    statuses = (each.status for each in recipients if each.status)
    return next((status for status in statuses if _is_trouble(status)), "")


def _is_trouble(status: str) -> bool:
    code = _PERMANENT if status.startswith("5") else _PASSING
    return news_of(classify(Answer(Phase.RCPT, code, status))) is News.TROUBLE


def rest_after(delivery: Delivery, now: datetime) -> Rest | None:
    """The rest that an answer about us, not about the contact, asks for (domain.md P20, P23).

    A 5xx once we are signed in is a spent quota or a closed account: tried again the next day
    (domain.md F1), and a person is told.
    """
    if not isinstance(delivery, Deferred | Rejected) or delivery.scope not in _OURS:
        return None
    phase = delivery.answer.phase
    is_final = delivery.answer.code >= _PERMANENT and phase not in _OPENING
    is_long = is_final or delivery.scope is Scope.POLICY or isinstance(delivery, Rejected)
    stretch = _LONG_REST if is_long else _SHORT_REST
    is_alarming = is_long or phase is Phase.AUTH
    return Rest(now + stretch, str(delivery.answer), is_alarming, advice_on(delivery.answer))


def lengthened(rest: Rest, troubles: int, now: datetime) -> Rest:
    """The rest, doubled for each of the troubles in a row before it, to a day, with jitter (P25).

    What is mended is found by the one mail that is tried after each rest.
    """
    if not troubles:
        return rest
    stretch = min((rest.until - now) * (1 << min(troubles, 6)), DAY)
    jitter = spread("rest", now.isoformat(), width=_SHORT_REST)
    return replace(rest, until=now + stretch + jitter)


def settlement(
    touch_id: int,
    delivery: Delivery,
    onward: Advance,
    attempts: int,
    now: datetime,
    tried_since: datetime | None = None,
) -> Settlement:
    """How a touch is settled; only certain news about the recipient suppresses them.

    An unknown refusal, and a fate nobody knows, leave the step to a person (domain.md P24, P26).
    What is put off again and again for the recipient's or their server's sake is given up after
    five days at the latest, and the walk goes on behind it (P25); what is put off for ours waits
    as long as it takes.
    """
    match delivery:
        case Accepted():
            return Settlement(touch_id, _ACCEPTED, now, delivery, onward)
        case Unknown():
            why = f"nobody knows whether it left: {delivery.answer}"
            return Settlement(touch_id, TouchMove.LOST_SIGHT, now, delivery, why=why)
        case Rejected() if delivery.scope not in _OURS:
            dead = "dead" if says_address_is_dead(delivery) else ""
            why = f"refused: {delivery.answer}"
            return Settlement(touch_id, _REJECTED, now, delivery, suppress=dead, why=why)
        case Deferred() | Rejected():
            again = retry_at(now, attempts, touch_id)
            since = tried_since or now
            if delivery.scope not in _OURS and is_past_patience(again, since):
                why = f"given up after tries since {since:%Y-%m-%d}: {delivery.answer}"
                return Settlement(touch_id, _REJECTED, now, delivery, onward, why=why)
            why = f"not sent yet: {delivery.answer}"
            return Settlement(touch_id, TouchMove.POSTPONED, now, delivery, retry_at=again, why=why)
        case _:
            assert_never(delivery)


def undelivered(settled: Settlement, contact: Contact, subject: str, sequence: str) -> Alert | None:
    """What the owner learns of a mail that will never leave; None where it left or still may."""
    if settled.move is not _REJECTED:
        return None
    if settled.suppress:
        onward = (
            f"Nothing is written to {contact.address} any more: {contact.name} may have another "
            "address by now."
        )
    elif settled.next:
        onward = "The sequence goes on with its next step."
    else:
        onward = f"The sequence waits for you; `nurture resume {contact.address}` lets it go on."
    text = (
        f"{subject!r} to {contact.name} <{contact.address}>, of {sequence}, was not sent and will "
        f"not be: {settled.why}\n{onward}\n"
    )
    return Alert(f"{contact.name} was not reached: {subject}", text)
