"""Which pieces are followed by answers, with how much is known of that; nothing is tracked."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from math import sqrt
from typing import Final

from nurture.value import frozen

PATIENCE: Final = timedelta(days=14)
"""Words within this time, and before the next mail, count as an answer to a piece."""

_Z: Final = 1.96  # of 95 in 100


@frozen
class Offered:
    """A piece that reached somebody, or may have, and the first words of theirs after it.

    `said_no` where those words asked for no more mail; `followed_at` is when the next mail of any
    kind reached them.
    """

    piece: str
    contact_id: int
    sent_at: datetime
    answered_at: datetime | None = None
    said_no: bool = False
    followed_at: datetime | None = None


@frozen
class Echo:
    """What came back on a piece: of `counted` people `answered`, and `said_no` to more mail.

    `waiting` had it too lately to count.  The true share of answers lies between `low` and `high`
    in 95 of 100 cases.
    """

    piece: str
    counted: int
    waiting: int
    answered: int
    said_no: int
    low: float
    high: float


def echoes(offered: Iterable[Offered], now: datetime) -> tuple[Echo, ...]:
    """One for each piece that was sent, the surest success first.

    Only those count whose time for an answer is over: who answers at once would else look like
    everybody.
    """
    by_piece: defaultdict[str, list[Offered]] = defaultdict(list)
    for each in offered:
        by_piece[each.piece].append(each)
    found = (_echo(piece, listed, now) for piece, listed in by_piece.items())
    return tuple(sorted(found, key=lambda echo: (-echo.low, -echo.counted, echo.piece)))


def _echo(piece: str, listed: list[Offered], now: datetime) -> Echo:
    counted = [each for each in listed if each.sent_at + PATIENCE <= now]
    heard = [each for each in counted if _is_answer(each)]
    answered = sum(not each.said_no for each in heard)
    low, high = interval(answered, len(counted))
    waiting = len(listed) - len(counted)
    return Echo(piece, len(counted), waiting, answered, len(heard) - answered, low, high)


def _is_answer(offer: Offered) -> bool:
    """Whether their words came in time, and before anything else reached them."""
    if offer.answered_at is None or offer.answered_at > offer.sent_at + PATIENCE:
        return False
    return offer.followed_at is None or offer.answered_at < offer.followed_at


def interval(hits: int, trials: int) -> tuple[float, float]:
    """Between which shares the true one lies in 95 of 100 cases (Wilson 1927); 0 to 1 for none."""
    if trials == 0:
        return 0.0, 1.0
    share, square = hits / trials, _Z * _Z
    middle = share + square / (2 * trials)
    width = _Z * sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    whole = 1 + square / trials
    return max(0.0, (middle - width) / whole), min(1.0, (middle + width) / whole)
