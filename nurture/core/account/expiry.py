"""Something without which an account falls silent, the day it ends, and when to speak of it."""

from datetime import datetime, timedelta

from nurture.value import frozen

_DAY = timedelta(days=1)
_AHEAD = (0, 3, 14)  # days (domain.md P40)


@frozen
class Expiry:
    """What ends at which instant, and what a person does about it before."""

    what: str
    at: datetime
    remedy: str


def warning_stage(expiry: Expiry, now: datetime) -> int | None:
    """The smallest of 0, 3 and 14 days within which it ends; None while it is further away."""
    left = expiry.at - now
    return next((days for days in _AHEAD if left <= days * _DAY), None)
