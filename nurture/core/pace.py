"""How much an account may send now: the day's cap and the gap between two mails."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nurture.core.account import Limits
from nurture.core.calendar import spread

DAY = timedelta(days=1)
_HALF_HOUR = timedelta(minutes=30)
_PATIENCE = timedelta(days=5)
_JITTER = 0.5  # a gap is stretched by up to half, so that mails do not tick like a clock


@dataclass(frozen=True, slots=True)
class Room:
    """So many mails may leave now; when there is none, `again_at` is when there will be."""

    count: int
    again_at: datetime | None = None
    why: str = ""


def room(account: str, sent: Sequence[datetime], limits: Limits, now: datetime) -> Room:
    """The room under the cap of any 24 hours and behind the last mail's gap (domain.md P18).

    `sent` holds when the account's touches of the last 24 hours left or may have left, in order.
    """
    left = limits.per_day - len(sent)
    if left <= 0:
        # Where the cap was lowered below what was sent, more than one must leave the 24 hours.
        again_at = (sent[-left] if -left < len(sent) else now) + DAY
        return Room(0, again_at, f"{limits.per_day} mails in 24 hours are enough")
    if sent and limits.gap:
        free_at = (
            sent[-1]
            + limits.gap
            + spread(account, sent[-1].isoformat(), width=limits.gap * _JITTER)
        )
        if now < free_at:
            return Room(0, free_at, "a breath between two mails")
    return Room(1 if limits.gap else min(left, limits.batch))


def retry_at(now: datetime, attempts: int, *key: str | int) -> datetime:
    """When to try again: 30 minutes and more apart, doubling to a day, with full jitter.

    RFC 5321 4.5.4.1 asks for at least 30 minutes; the jitter comes on top of them.
    """
    stretch = min(_HALF_HOUR * (1 << min(attempts, 6)), DAY)
    return now + _HALF_HOUR + spread("retry", attempts, *key, width=stretch)


def is_past_patience(again_at: datetime, tried_since: datetime) -> bool:
    """Whether another try at that time would come too late for a mail tried since then.

    RFC 5321 4.5.4.1 asks for four to five days of trying; the longest wait between two tries is
    a day, so that is when this comes true (domain.md P25).
    """
    return again_at - tried_since > _PATIENCE


def tell_again_at(now: datetime, attempts: int) -> datetime:
    """When to try again to reach the owner: after one minute, then doubling to an hour."""
    return now + min(timedelta(minutes=1) * (1 << min(attempts, 6)), timedelta(hours=1))
