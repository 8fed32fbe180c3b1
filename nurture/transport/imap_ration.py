"""What reading may cost a day: who reads too much locks the owner out of their own mail."""

from time import monotonic
from typing import Final

_DAY: Final = 24 * 60 * 60.0


class Ration:
    """So many bytes in any stretch of 24 hours that begins with the first of them."""

    def __init__(self, daily_bytes: int) -> None:
        self._limit = daily_bytes
        self._taken = 0
        self._began = monotonic()

    def take(self, amount: int) -> None:
        """So many bytes were fetched."""
        if monotonic() - self._began >= _DAY:
            self._began, self._taken = monotonic(), 0
        self._taken += amount

    @property
    def is_spent(self) -> bool:
        """Whether no whole message should be fetched before this day is over."""
        return self._taken >= self._limit and monotonic() - self._began < _DAY
