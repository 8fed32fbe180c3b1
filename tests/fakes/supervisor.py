"""A supervisor that remembers what it was told, and when."""

from collections.abc import Callable
from datetime import datetime, timedelta


class FakeSupervisor:
    """ports.Supervisor; `told` holds each word with its time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.told: list[tuple[str, datetime]] = []
        self.status = ""

    def ready(self) -> None:
        """See the port."""
        self._note("ready")

    def alive(self) -> None:
        """See the port."""
        self._note("alive")

    def takes_longer(self, stretch: timedelta) -> None:
        """See the port."""
        self._note("takes_longer")

    def reloading(self) -> None:
        """See the port."""
        self._note("reloading")

    def stopping(self) -> None:
        """See the port."""
        self._note("stopping")

    def say(self, status: str) -> None:
        """See the port."""
        self.status = status

    def times(self, word: str) -> list[datetime]:
        """When this was said."""
        return [at for each, at in self.told if each == word]

    @property
    def words(self) -> list[str]:
        """What was said but for the signs of life, in order."""
        return [each for each, _ in self.told if each not in {"alive", "takes_longer"}]

    def _note(self, word: str) -> None:
        self.told.append((word, self._now()))
