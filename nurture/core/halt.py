"""Why nothing at all is sent: a person said so, or the database may have forgotten mails."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from nurture.value import frozen


class HaltKind(StrEnum):
    """Who or what stopped all sending; each is lifted by a word of its own."""

    STOPPED = "stopped"  # `nurture stop-all`
    RESTORED = "restored"  # the database came back from a copy, or lives somewhere else now


WORD = {
    HaltKind.STOPPED: "nurture resume --all",
    HaltKind.RESTORED: "nurture resume --reconcile",
}
"""What to type to lift a halt."""


@frozen
class Halt:
    """All sending stands still; hearing and telling go on."""

    kind: HaltKind
    why: str
    since: datetime

    def __str__(self) -> str:
        return f"{self.why} (since {self.since:%Y-%m-%d %H:%M} UTC; go on: {WORD[self.kind]})"


def objection_of(halts: Iterable[Halt]) -> str:
    """Why no mail may leave, or nothing; the last look's question (domain.md O15)."""
    return "; ".join(str(halt) for halt in halts)
