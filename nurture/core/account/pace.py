"""When to try again, ever more patiently."""

from datetime import datetime, timedelta

from nurture.core.account.tally import DAY
from nurture.core.calendar import spread

_HALF_HOUR = timedelta(minutes=30)
_PATIENCE = timedelta(days=5)


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
