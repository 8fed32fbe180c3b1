"""How much left in the last day, kept as one small value however much that was."""

from bisect import bisect
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Final

from nurture.value import frozen

DAY: Final = timedelta(days=1)
SLOT: Final = timedelta(minutes=10)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_KEPT: Final = 3 * DAY // SLOT


@frozen
class Tally:
    """Counts by slots of ten minutes, numbered from 1970, in order.

    A slot counts as a whole: what is said to lie within a day may be ten minutes older, never
    the other way round, so that a cap is kept in any 24 hours.
    """

    slots: tuple[tuple[int, int], ...] = ()

    def plus(self, count: int, at: datetime) -> "Tally":
        """The tally with so many more (or fewer) at that instant; old slots are let go."""
        slot = _slot(at)
        last, in_last = self.slots[-1] if self.slots else (slot, 0)
        if count > 0 and last <= slot:
            kept_from = bisect(self.slots, slot - _KEPT, key=itemgetter(0))
            if last < slot:
                return Tally((*self.slots[kept_from:], (slot, count)))
            return Tally((*self.slots[kept_from:-1], (slot, in_last + count)))
        counts = dict(self.slots)
        counts[slot] = max(0, counts.get(slot, 0) + count)
        kept = sorted((each, n) for each, n in counts.items() if n and each > slot - _KEPT)
        return Tally(tuple(kept))

    def within_day(self, now: datetime) -> int:
        """How many left less than 24 hours before or after `now`.

        Another worker's clock may be ahead of ours; what lies further ahead than a day is a clock
        that was wrong, and does not silence anybody.
        """
        first, last = _slot(now - DAY), _slot(now + DAY)
        return sum(count for slot, count in self.slots if first <= slot <= last)

    def room_at(self, cap: int, now: datetime) -> datetime:
        """When fewer than `cap` will lie within a day, if nothing more leaves."""
        left, last = self.within_day(now), _slot(now + DAY)
        for slot, count in self.slots:
            if slot < _slot(now - DAY) or slot > last:
                continue
            left -= count
            if left < cap:
                return _start(slot + 1) + DAY
        return now + DAY


EMPTY: Final = Tally()


def _slot(at: datetime) -> int:
    return (at - _EPOCH) // SLOT


def _start(slot: int) -> datetime:
    return _EPOCH + slot * SLOT
